//! The `bastide` binary: the only crate that names every service.

mod arguments;
mod backup;
mod cloudhsm;
mod data;
mod detection;
mod hsm;
mod ingest;
mod k8s_kms;
mod key_stores;
mod keyring;
mod operator;
mod push;
mod reseal;
mod roots;
mod seal;
mod serve;
mod source;
mod startup;
mod tls;
mod xks_proxy;

use std::io::IsTerminal as _;
use std::process::ExitCode;

use clap::Parser;

use crate::arguments::{Cli, Command, LogFormat};

/// A call makes a few dozen small allocations; under load this halves what they cost, and gives memory back.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let command = cli.command.unwrap_or(Command::Serve(Box::new(cli.serve)));
    match &command {
        Command::Serve(arguments) => start_logging(arguments.log_format, "info,hyper=error"),
        Command::K8sKms(_) | Command::Hsm(_) => start_logging(LogFormat::Text, "info,hyper=error"),
        Command::Seal(_) | Command::Backup(_) | Command::Ingest(_) | Command::Source(_) => {
            start_logging(LogFormat::Text, "warn");
        }
    }
    // An HSM and its clients block in threads of their own.
    if let Command::Hsm(command) = command {
        return match hsm::run(command) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => fail(&error),
        };
    }
    // Threads of its own read; nothing waits.
    if let Command::Ingest(arguments) = &command {
        return ingest::run(arguments);
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&format!("the tokio runtime did not start: {error}")),
    };
    let done = match command {
        Command::Serve(arguments) => runtime.block_on(serve::serve(*arguments)),
        Command::K8sKms(arguments) => runtime.block_on(k8s_kms::run(arguments)),
        Command::Seal(command) => seal::run(&command.action),
        Command::Hsm(command) => hsm::run(command),
        Command::Backup(command) => backup::run(&command.action),
        Command::Source(command) => source::run(&command.action),
        // Done above.
        Command::Ingest(_) => Ok(()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

#[allow(clippy::print_stderr, reason = "the log may be filtered; why the program ends must be seen")]
fn fail(why: &str) -> ExitCode {
    eprintln!("bastide: {why}");
    ExitCode::FAILURE
}

/// Logs go to standard error, so that standard output holds only what a person or script asked for.
fn start_logging(format: LogFormat, by_default: &str) {
    let filter = tracing_subscriber::EnvFilter::try_from_env("BASTIDE_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(by_default));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    match format {
        LogFormat::Text => builder.init(),
        LogFormat::Json => builder.json().init(),
    }
}
