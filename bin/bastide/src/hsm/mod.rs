//! `bastide hsm`: the HSM itself, and what people do with a cluster of them.

mod keys;
mod manage;
mod quorum;

use std::net::SocketAddr;
use std::path::PathBuf;

use bastide_hsm::RunOptions;
use clap::{Args, Subcommand};

#[derive(Subcommand)]
pub(crate) enum HsmCommand {
    /// Be an HSM: started by `bastide serve`, which says on standard input which one
    Run(Run),
    #[command(flatten)]
    Manage(manage::Manage),
}

/// Where an HSM is.
#[derive(Args)]
pub(crate) struct Run {
    /// Folder of the HSM; made on first start
    #[arg(long, value_name = "FOLDER")]
    dir: PathBuf,

    /// Address and port to listen on; port 0 is one that is free
    #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDRESS")]
    listen: SocketAddr,
}

/// Runs a command of `bastide hsm`.
///
/// # Errors
/// Why it could not be done.
pub(crate) fn run(command: HsmCommand) -> Result<(), String> {
    match command {
        HsmCommand::Manage(command) => manage::run(command),
        HsmCommand::Run(Run { dir, listen }) => {
            bastide_hsm::run(&RunOptions { dir, listen }).map_err(|error| error.to_string())
        }
    }
}
