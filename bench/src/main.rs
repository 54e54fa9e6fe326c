//! Benchmarks, each beside its yardstick in the same run.

mod crypto;
mod events;
mod flows;
mod http;
mod ingest;
mod intel;
mod live;
mod logs;
mod memory;
mod pkcs11;
mod policy;
mod profile;
mod resources;

use std::process::ExitCode;

/// As the server has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let rest = args.get(1..).unwrap_or_default();
    let done = match args.first().map(String::as_str) {
        Some("crypto") => crypto::run(),
        Some("events") => events::run(rest),
        Some("encrypt") => http::encrypt(rest),
        Some("start") => http::start(rest),
        Some("flows") => flows::run(),
        Some("ingest") => ingest::run(rest),
        Some("intel") => intel::run(),
        Some("echo") => http::echo(),
        Some("live") => live::run(rest),
        Some("logs") => logs::run(rest),
        Some("memory") => memory::run(),
        Some("pkcs11") => pkcs11::run(rest),
        Some("pkcs11-load") => pkcs11::one(rest),
        Some("policy") => policy::run(),
        Some("profile") => profile::run(),
        Some("resources") => resources::run(rest),
        other => Err(format!(
            "unknown benchmark `{}`: say `crypto`, `encrypt`, `events`, `flows`, `ingest`, `intel`, `live`, `logs`, `memory`, `pkcs11`, `policy`, `profile`, `resources` or `start`",
            other.unwrap_or_default()
        )
        .into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            #[allow(clippy::print_stderr, reason = "a command-line program tells its errors there")]
            {
                eprintln!("bench: {error}");
            }
            ExitCode::FAILURE
        }
    }
}
