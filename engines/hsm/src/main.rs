//! An HSM without the rest of bastide: `bastide-hsm --dir FOLDER --listen ADDRESS`, for tests.

use std::process::ExitCode;

use bastide_hsm::RunOptions;

#[allow(clippy::print_stderr, reason = "why the program ends must be seen")]
fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let value = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1)
    };
    let (Some(dir), Some(listen)) = (value("--dir"), value("--listen").and_then(|text| text.parse().ok()))
    else {
        eprintln!("bastide-hsm: --dir FOLDER and --listen ADDRESS are needed");
        return ExitCode::FAILURE;
    };
    match bastide_hsm::run(&RunOptions { dir: dir.into(), listen }) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bastide-hsm: {error}");
            ExitCode::FAILURE
        }
    }
}
