//! How a new HSM takes a cluster's state over: from another HSM, or from a backup.

use aws_lc_rs::agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral};
use aws_lc_rs::rand::SystemRandom;
use minicbor::{Decode, Encode};

use super::hsm::Hsm;
use super::record::{Entry, setting};
use super::state::{broken, unmask};
use crate::client::LinkError;
use crate::sealing::{SealFailure, SealKey, derive};
use crate::wire::{
    Code, EntryName, Fault, Member, PeerReply, PeerRequest, Reply, Request, Secret, State as Phase, Version,
};

const CONTEXT: &[u8] = b"bastide hsm masking key";

/// Takes over everything that `from` has. Only for an HSM that has nothing yet.
pub(crate) fn join(hsm: &Hsm, from: &Member) -> Result<(), Fault> {
    is_new(hsm)?;
    let peer = hsm.peers.peer(from, &hsm.trust)?;
    let unreachable = |error: LinkError| match error {
        LinkError::Refused(fault) => fault,
        other => Fault::new(Code::Unavailable, format!("the HSM `{}` does not answer: {other}", from.hsm)),
    };
    let masking = ask_masking_key(|request| peer.call(&request)).map_err(unreachable)?;
    let names: Vec<EntryName> =
        peer.versions().map_err(unreachable)?.into_iter().map(|(name, _)| name).collect();
    let mut entries = own_entries(hsm, &masking);
    for some in names.chunks(256) {
        for sealed in peer.fetch(some).map_err(unreachable)? {
            entries.push(unmask(&masking, sealed)?);
        }
    }
    hsm.replace(&entries)
}

/// A backup: everything that the cluster's HSMs share, under a key of its own, which is under the fleet's.
#[derive(Encode, Decode)]
struct Backup {
    #[n(0)]
    version: u8,
    /// The cluster that it was made of.
    #[n(1)]
    cluster: String,
    #[n(2)]
    fips: bool,
    /// The backup's key, under the fleet's.
    #[n(3)]
    #[cbor(with = "minicbor::bytes")]
    key: Vec<u8>,
    /// The masking key and the entries, under the backup's key.
    #[n(4)]
    #[cbor(with = "minicbor::bytes")]
    body: Vec<u8>,
}

#[derive(Encode, Decode)]
struct Whole {
    #[n(0)]
    masking: Secret,
    #[n(1)]
    entries: Vec<Entry>,
}

/// Makes a backup.
pub(crate) fn backup(hsm: &Hsm) -> Result<Vec<u8>, Fault> {
    let failed = |error: SealFailure| broken(&error);
    let mut entries = hsm.state.read().durable();
    entries.retain(|entry| !matches!(&entry.name, EntryName::Setting(name) if setting::is_local(name)));
    let whole = Whole { masking: Secret::from(hsm.keys().masking.as_bytes()), entries };
    let plain = super::record::encoded(&whole);
    let (key, about) = (SealKey::random(), about(&hsm.cluster, hsm.fips));
    let backup = Backup {
        version: 1,
        cluster: hsm.cluster.clone(),
        fips: hsm.fips,
        key: hsm.backup_key.seal(&about, key.as_bytes()).map_err(failed)?,
        body: key.seal(&about, &plain).map_err(failed)?,
    };
    minicbor::to_vec(&backup).map_err(|error| broken(&error))
}

/// Takes a backup over. Only for an HSM that has nothing yet, and of the same mode.
pub(crate) fn restore(hsm: &Hsm, bytes: &[u8]) -> Result<(), Fault> {
    is_new(hsm)?;
    let refused = |why: &str| Fault::new(Code::Backup, why);
    let backup: Backup = crate::wire::decode(bytes).map_err(|_| refused("it is not a backup"))?;
    if backup.version != 1 {
        return Err(refused("the backup is of a newer version: upgrade bastide"));
    }
    if backup.fips != hsm.fips {
        return Err(refused("the backup is of a cluster of another mode"));
    }
    let about = about(&backup.cluster, backup.fips);
    let closed = |_| refused("the backup does not open: it was changed, or is another installation's");
    let key = hsm.backup_key.open(&about, &backup.key).map_err(closed)?;
    let plain = SealKey::from_slice(&key).and_then(|key| key.open(&about, &backup.body)).map_err(closed)?;
    let whole: Whole = crate::wire::decode(&plain).map_err(|_| refused("the backup does not decode"))?;
    let masking = SealKey::from_slice(&whole.masking).map_err(closed)?;
    let mut entries = own_entries(hsm, &masking);
    entries.extend(whole.entries);
    hsm.replace(&entries)
}

fn about(cluster: &str, fips: bool) -> Vec<u8> {
    [b"bastide hsm backup", &[u8::from(fips)][..], cluster.as_bytes()].concat()
}

fn is_new(hsm: &Hsm) -> Result<(), Fault> {
    if hsm.info()?.state == Phase::Uninitialized && hsm.info()?.objects == 0 {
        Ok(())
    } else {
        Err(Fault::new(Code::AlreadyDone, "the HSM is in use: only a new one can take a state over"))
    }
}

/// What a new HSM keeps of its own, and the cluster's masking key.
fn own_entries(hsm: &Hsm, masking: &SealKey) -> Vec<Entry> {
    let local = |name: &str, body: Secret| Entry {
        name: EntryName::Setting(name.to_owned()),
        version: Version::default(),
        session: false,
        operation: None,
        body: Some(body),
    };
    let mut own = vec![local(setting::MASKING, Secret::from(masking.as_bytes()))];
    own.extend(hsm.state.read().setting(setting::HARDWARE).map(|key| local(setting::HARDWARE, key.clone())));
    own
}

/// Gets the masking key over a key agreement of both HSMs' ephemeral keys, inside the connection that their
/// certificates protect.
fn ask_masking_key(call: impl FnOnce(Request) -> Result<Reply, LinkError>) -> Result<SealKey, LinkError> {
    let failed = |_| Fault::new(Code::Device, "the key agreement failed");
    let own = EphemeralPrivateKey::generate(&ECDH_P256, &SystemRandom::new()).map_err(failed)?;
    let own_public = own.compute_public_key().map_err(failed)?.as_ref().to_vec();
    let request = PeerRequest::MaskingKey { public: own_public.clone() };
    let Reply::Peer(PeerReply::MaskingKey { public, sealed }) = call(Request::Peer(request))? else {
        return Err(LinkError::Protocol);
    };
    let key = agreed(own, &public, &own_public, &public)?;
    let opened = key.open(CONTEXT, &sealed).map_err(|error| broken(&error))?;
    Ok(SealKey::from_slice(&opened).map_err(|error| broken(&error))?)
}

/// The other side of it.
pub(crate) fn give_masking_key(masking: &SealKey, asker: &[u8]) -> Result<PeerReply, Fault> {
    let failed = |_| Fault::new(Code::Device, "the key agreement failed");
    let own = EphemeralPrivateKey::generate(&ECDH_P256, &SystemRandom::new()).map_err(failed)?;
    let public = own.compute_public_key().map_err(failed)?.as_ref().to_vec();
    let key = agreed(own, asker, asker, &public)?;
    let sealed = key.seal(CONTEXT, masking.as_bytes()).map_err(|error| broken(&error))?;
    Ok(PeerReply::MaskingKey { public, sealed })
}

fn agreed(own: EphemeralPrivateKey, other: &[u8], asker: &[u8], giver: &[u8]) -> Result<SealKey, Fault> {
    let failed = Fault::new(Code::Arguments, "the other HSM's public key is not one");
    let other = UnparsedPublicKey::new(&ECDH_P256, other);
    agree_ephemeral(own, other, failed, |secret| {
        derive(secret, b"bastide-hsm v1", &[CONTEXT, asker, giver]).map_err(|error| broken(&error))
    })
}
