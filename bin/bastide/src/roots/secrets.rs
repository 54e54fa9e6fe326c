//! Where secrets come from: a file, the environment, or a person at a terminal. Never from an argument, which every
//! user of the machine can read.

use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::Path;

use zeroize::Zeroizing;

use crate::data::secret;

/// The most that is read of a file with secrets.
const LONGEST: u64 = 64 << 10;

/// A secret: of this file, else of the environment, else of whoever sits at the terminal.
///
/// # Errors
/// When it is nowhere.
pub(super) fn given(
    file: Option<&Path>,
    variable: &str,
    question: impl FnOnce() -> String,
) -> Result<Zeroizing<String>, String> {
    if let Some(path) = file {
        return from_file(path);
    }
    if let Some(found) = secret(variable) {
        return Ok(found);
    }
    let question = question();
    prompt(&question)?.ok_or_else(|| {
        format!("{question}: name a file with it, set {variable}, or start at a terminal to be asked for it")
    })
}

/// What a file holds, without the end of its last line.
///
/// # Errors
/// When it cannot be read, is empty or too long, or everybody may read it. A group may: that is how orchestrators hand
/// secrets over.
pub(super) fn from_file(path: &Path) -> Result<Zeroizing<String>, String> {
    use std::os::unix::fs::PermissionsExt as _;
    let told = |error: std::io::Error| format!("cannot read `{}`: {error}", path.display());
    let file = File::open(path).map_err(told)?;
    let mode = file.metadata().map_err(told)?.permissions().mode();
    if mode & 0o007 != 0 {
        let mode = mode & 0o777;
        return Err(format!(
            "`{0}` is open to everybody (mode {mode:o}): run `chmod 600 {0}`",
            path.display()
        ));
    }
    // The whole room at once, so that a growing text leaves no copy behind.
    let mut text = Zeroizing::new(String::with_capacity(usize::try_from(LONGEST).unwrap_or_default() + 1));
    file.take(LONGEST + 1).read_to_string(&mut text).map_err(told)?;
    let end = text.trim_end_matches(['\r', '\n']).len();
    text.truncate(end);
    match text.len() as u64 {
        0 => Err(format!("`{}` is empty", path.display())),
        length if length > LONGEST => Err(format!("`{}` is too long for a secret", path.display())),
        _ => Ok(text),
    }
}

/// Asks the person at the terminal, without showing the answer; `None` when there is no terminal.
///
/// # Errors
/// When the terminal fails, or nothing is answered.
pub(super) fn prompt(question: &str) -> Result<Option<Zeroizing<String>>, String> {
    match rpassword::prompt_password(format!("{question}: ")).map(Zeroizing::new) {
        Ok(answer) if answer.is_empty() => Err(format!("{question}: nothing was entered")),
        Ok(answer) => Ok(Some(answer)),
        // Opening /dev/tty says so where there is none.
        Err(error) if error.kind() == ErrorKind::NotFound || error.raw_os_error() == Some(6) => Ok(None),
        Err(error) => Err(format!("the terminal cannot be asked: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn files_are_for_few_and_short() {
        let path = std::env::temp_dir().join(format!("bastide-secret-{}", std::process::id()));
        let write = |text: &str, mode: u32| {
            std::fs::write(&path, text).unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        };
        write("a secret \r\n", 0o640);
        assert_eq!(from_file(&path).unwrap().as_str(), "a secret ");
        write("secret", 0o644);
        assert!(from_file(&path).unwrap_err().contains("mode 644"));
        write("\n", 0o600);
        assert!(from_file(&path).unwrap_err().contains("is empty"));
        write(&"x".repeat(70_000), 0o600);
        assert!(from_file(&path).unwrap_err().contains("too long"));
        std::fs::remove_file(&path).unwrap();
        assert!(from_file(&path).is_err());
    }
}
