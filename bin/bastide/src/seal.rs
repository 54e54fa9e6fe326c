//! `bastide seal`: what opens the secrets.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;

use bastide_ids::{Clock as _, SystemClock};
use bastide_resources::Store;
use bastide_seal::{Keyring, Seal, SealStatus, Sealer, Status};
use clap::{Args, Subcommand};
use serde_json::json;

use crate::arguments::Data;
use crate::data;
use crate::roots::{self, HELP, Made, Spec};

/// What opens the secrets: the seals of the keyring, any one of which opens it.
///
/// Every secret is sealed under a generation of the master key, those are wrapped by the keyring's key, and that by
/// the root of each seal. All this works while the server runs, which follows within seconds, and while it is stopped.
#[derive(Args)]
#[command(after_help = HELP)]
pub(crate) struct SealCommand {
    #[command(subcommand)]
    pub(crate) action: SealAction,
}

#[derive(Subcommand)]
pub(crate) enum SealAction {
    /// Show the seals and the generations of the master key
    Status {
        /// Open the keyring too, by the seal that the server would use, to see that it does and that nobody has
        /// changed the keyring
        #[arg(long)]
        check: bool,
        /// As one JSON object
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        data: Data,
    },
    /// Make the keyring before the first start, with these seals and no root key file
    Init {
        /// The seals; any one of them will open the keyring
        #[arg(required = true, value_name = "SEAL")]
        new: Vec<Spec>,
        #[command(flatten)]
        data: Data,
    },
    /// Add a seal, which opens the keyring beside those that there are
    Add {
        /// The new seal
        #[arg(value_name = "SEAL")]
        new: Spec,
        #[command(flatten)]
        data: Data,
    },
    /// Remove a seal; the last one stays. When its root has leaked, `replace` the seals instead
    Remove {
        /// The seal's id, as `status` shows it
        #[arg(value_name = "ID")]
        id: String,
        #[command(flatten)]
        data: Data,
    },
    /// Make a new generation of the master key. The server seals anew under it what it has, without a pause
    Rotate {
        #[command(flatten)]
        data: Data,
    },
    /// Put these seals in the place of all others, under a new keyring key, and rotate: for when a root has leaked.
    /// The server must be stopped
    Replace {
        /// The seals that open the keyring from then on
        #[arg(required = true, value_name = "SEAL")]
        new: Vec<Spec>,
        #[command(flatten)]
        data: Data,
    },
}

/// Does what is asked, and tells it on standard output.
///
/// # Errors
/// Why it was not done.
pub(crate) fn run(action: &SealAction) -> Result<(), String> {
    let text = match action {
        SealAction::Status { check, json, data } => status(data, *check, *json)?,
        SealAction::Init { new, data } => init(data, new)?,
        SealAction::Add { new, data } => add(data, new)?,
        SealAction::Remove { id, data } => remove(data, id)?,
        SealAction::Rotate { data } => rotate(data)?,
        SealAction::Replace { new, data } => replace(data, new)?,
    };
    let mut out = std::io::stdout();
    let told = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    told.map_err(|error| format!("standard output: {error}"))
}

fn status(data: &Data, check: bool, json: bool) -> Result<String, String> {
    let status = if check { open(data)?.status() } else { stored(data)?.status("") };
    if json {
        return Ok(format!("{:#}\n", as_json(&status, check)));
    }
    let mut text = format!("keyring {} in {}\n\n", status.keyring, place(data));
    text.push_str("Seals; any one of them opens it:\n");
    for seal in &status.seals {
        let used = if seal.in_use { "  (opened by this one now)" } else { "" };
        let SealStatus { id, kind, created, .. } = seal;
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  {id}  {kind:10}  {}  {}{used}", created.iso8601(), about(seal));
    }
    text.push_str("\nGenerations of the master key:\n");
    for (number, created) in status.generations.iter().rev() {
        let used = if *number == status.current { "seals" } else { "opens what it has sealed" };
        let _ = writeln!(text, "  {number:<4}  {}  {used}", created.iso8601());
    }
    if check {
        text.push_str("\nThe keyring opens, and nobody has changed it.\n");
    }
    Ok(text)
}

/// What is known of a seal's root.
fn about(seal: &SealStatus) -> String {
    let of = |name: &str| seal.parameters.get(name).cloned().unwrap_or_default();
    match seal.kind.as_str() {
        "shares" => format!("any {} of {} shares, set {}", of("threshold"), of("shares"), of("set")),
        "pkcs11" => {
            format!(
                "key `{}` in token `{}`, serial {} ({})",
                of("object"),
                of("token"),
                of("serial"),
                of("mechanism")
            )
        }
        "kms" => format!("key `{}` of {} in {}", of("key"), of("endpoint"), of("region")),
        "passphrase" => {
            format!("Argon2id, {} MiB", of("memory-kib").parse::<u32>().unwrap_or_default() / 1024)
        }
        _ => String::new(),
    }
}

fn as_json(status: &Status, checked: bool) -> serde_json::Value {
    let seals: Vec<_> = status
        .seals
        .iter()
        .map(|seal| {
            let SealStatus { id, kind, created, in_use, .. } = seal;
            json!({ "id": id, "kind": kind, "created": created.iso8601(), "about": about(seal), "opened": in_use })
        })
        .collect();
    let generations: Vec<_> = status
        .generations
        .iter()
        .map(|(number, created)| json!({ "number": number, "created": created.iso8601() }))
        .collect();
    json!({
        "keyring": status.keyring,
        "checked": checked,
        "seals": seals,
        "current": status.current,
        "generations": generations,
    })
}

fn init(data: &Data, new: &[Spec]) -> Result<String, String> {
    data::make_private(&data.data_dir)?;
    let keyring = data::keyring(data);
    if keyring.load().map_err(|error| error.to_string())?.is_some() {
        return Err(format!("there is a keyring in {}: `bastide seal add` adds seals to it", place(data)));
    }
    if data.store.is_none() && data.data_dir.join("resources.db").exists() {
        return Err(format!(
            "`{}` holds data, but the keyring that opens it is missing: restore it from a backup",
            data.data_dir.display()
        ));
    }
    let (sealer, made) = roots::create(new, data, &keyring, SystemClock.now())?;
    let mut text = format!("made a keyring in {}\n", place(data));
    for seal in sealer.status().seals {
        let _ = writeln!(text, "  seal {}: {} {}", seal.id, seal.kind, about(&seal));
    }
    made.iter().try_for_each(|one| hand_over(one, &mut text))?;
    Ok(text)
}

fn add(data: &Data, new: &Spec) -> Result<String, String> {
    // First, so that nothing is asked for a new root that cannot be added.
    let sealer = open(data)?;
    let made = new.make(data)?;
    let id = sealer.add_seal(&*made.root, SystemClock.now()).map_err(|error| error.to_string())?;
    let seal = sealer.status().seals.into_iter().find(|seal| seal.id == id);
    let about = seal.map(|seal| format!("{} {}", seal.kind, about(&seal))).unwrap_or_default();
    let mut text = format!("added seal {id}: {about}\n");
    hand_over(&made, &mut text)?;
    Ok(text)
}

/// Gives new shares to those who will keep them.
fn hand_over(made: &Made, text: &mut String) -> Result<(), String> {
    let Some(first) = made.shares.first() else { return Ok(()) };
    let (threshold, count) = (first.threshold(), first.count());
    let Some(folder) = &made.folder else {
        let _ = writeln!(
            text,
            "\nThese {count} shares are shown once, and kept nowhere. Any {threshold} of them open the keyring; give \
             each to another person:\n"
        );
        for share in &made.shares {
            text.push_str(&share.to_text());
            text.push('\n');
        }
        return Ok(());
    };
    let files: Vec<PathBuf> = roots::write_shares(&made.shares, folder)?;
    let _ = writeln!(text, "any {threshold} of these {count} files open it; give each to another person:");
    for file in files {
        let _ = writeln!(text, "  {}", file.display());
    }
    Ok(())
}

fn remove(data: &Data, id: &str) -> Result<String, String> {
    let sealer = open(data)?;
    sealer.remove_seal(id).map_err(|error| error.to_string())?;
    let left: Vec<String> =
        sealer.status().seals.into_iter().map(|seal| format!("{} {}", seal.kind, seal.id)).collect();
    Ok(format!("removed seal {id}\nWhat opens the keyring now: {}\n", left.join(", ")))
}

fn rotate(data: &Data) -> Result<String, String> {
    let sealer = open(data)?;
    let number = sealer.rotate_master(SystemClock.now()).map_err(|error| error.to_string())?;
    Ok(format!(
        "generation {number} of the master key seals from now on\nA server that runs follows within seconds, or does \
         so when it starts, and then seals anew what earlier generations have sealed\n"
    ))
}

fn replace(data: &Data, new: &[Spec]) -> Result<String, String> {
    let address = data.address();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    // Held through the change: a server that runs could not follow it.
    let _store = match Store::is_shared(&address) {
        true => None,
        false => Some(runtime.block_on(Store::open(&address)).map_err(|error| error.to_string())?),
    };
    let sealer = open(data)?;
    let made: Vec<Made> = new.iter().map(|spec| spec.make(data)).collect::<Result<_, _>>()?;
    let roots: Vec<&dyn Seal> = made.iter().map(|one| &*one.root).collect();
    let now = SystemClock.now();
    let ids = sealer.replace_seals(&roots, now).map_err(|error| error.to_string())?;
    let number = sealer.rotate_master(now).map_err(|error| error.to_string())?;
    let mut text = format!("the seals are now: {}\n", ids.join(", "));
    made.iter().try_for_each(|one| hand_over(one, &mut text))?;
    let _ = writeln!(
        text,
        "generation {number} of the master key seals from now on; earlier backups open with the old seals still"
    );
    if Store::is_shared(&address) {
        text.push_str("Start every node again with one of them\n");
    }
    Ok(text)
}

/// Opens the keyring as the server would.
fn open(data: &Data) -> Result<Sealer, String> {
    stored(data)?;
    roots::open(&roots::chosen(data), data, &data::keyring(data), SystemClock.now())
}

fn stored(data: &Data) -> Result<Keyring, String> {
    let stored = data::keyring(data).load().map_err(|error| error.to_string())?;
    let none = || {
        format!("there is no keyring in {}: the first start makes one, or `bastide seal init`", place(data))
    };
    Keyring::parse(&stored.ok_or_else(none)?).map_err(|error| error.to_string())
}

/// Where the keyring is, for a person; without the password that an address may hold.
fn place(data: &Data) -> String {
    if Store::is_shared(&data.address()) {
        "the shared store".to_owned()
    } else {
        format!("`{}`", data::keyring_file(data).display())
    }
}
