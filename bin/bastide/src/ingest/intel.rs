//! Threat lists and places, out of the operator's files.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use bastide_intel::{Builder, Category, Format, Intel};

/// Reads folders of lists and files of places.
///
/// # Errors
/// Which file cannot be read, and why.
pub(crate) fn load(folders: &[PathBuf], places: &[PathBuf]) -> Result<Intel, String> {
    let mut builder = Intel::builder();
    read(&mut builder, folders, places)?;
    Ok(builder.build())
}

/// The same, for who has more to add.
///
/// # Errors
/// As [`load`]; what was read before is kept.
pub(crate) fn read(builder: &mut Builder, folders: &[PathBuf], places: &[PathBuf]) -> Result<(), String> {
    for folder in folders {
        let told = |error: std::io::Error| format!("`{}`: {error}", folder.display());
        if !folder.is_dir() {
            return Err(format!("`{}` is no folder of threat lists", folder.display()));
        }
        let mut entries: Vec<PathBuf> = fs::read_dir(folder)
            .map_err(told)?
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<_, _>>()
            .map_err(told)?;
        entries.sort();
        for path in entries {
            if hidden(&path) {
                continue;
            }
            let category = category(&path)?;
            if path.is_dir() {
                let mut files: Vec<PathBuf> =
                    fs::read_dir(&path).map_err(told)?.flatten().map(|entry| entry.path()).collect();
                files.sort();
                for file in files.iter().filter(|file| file.is_file() && !hidden(file)) {
                    list(builder, file, category)?;
                }
            } else {
                list(builder, &path, category)?;
            }
        }
    }
    for path in places {
        let bytes = fs::read(path).map_err(|error| format!("`{}`: {error}", path.display()))?;
        builder.places(bytes).map_err(|error| format!("`{}`: {error}", path.display()))?;
    }
    Ok(())
}

fn hidden(path: &Path) -> bool {
    path.file_name().is_none_or(|name| name.to_string_lossy().starts_with('.'))
}

/// `tor-exit`, `tor-exit.txt` and `tor-exit.dan.txt` are all lists of Tor's exits.
fn category(path: &Path) -> Result<Category, String> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let word = name.split('.').next().unwrap_or_default();
    Category::find(word).ok_or_else(|| {
        let known: Vec<&str> = Category::ALL.iter().map(|category| category.as_str()).collect();
        format!("`{}`: the name should begin with a category: {}", path.display(), known.join(", "))
    })
}

fn list(builder: &mut Builder, path: &Path, category: Category) -> Result<(), String> {
    let told = |error: &dyn std::fmt::Display| format!("`{}`: {error}", path.display());
    let mut head = Vec::new();
    File::open(path)
        .and_then(|file| file.take(4_096).read_to_end(&mut head))
        .map_err(|error| told(&error))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let file = File::open(path).map_err(|error| told(&error))?;
    let report = builder.list(&name, category, format(&head), file).map_err(|error| told(&error))?;
    if report.broken > 0 {
        let first = report.examples.first();
        let first = first.map(|first| format!("; line {}: {}", first.line, first.reason)).unwrap_or_default();
        tracing::warn!("`{}`: {} entries cannot be read{first}", path.display(), report.broken);
    }
    tracing::info!("`{}`: {} entries", path.display(), report.entries());
    Ok(())
}

/// What a list's first bytes say it is.
fn format(head: &[u8]) -> Format {
    let text = String::from_utf8_lossy(head);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let line = text.lines().next().unwrap_or_default().to_ascii_lowercase();
    if text.starts_with('<') || text.starts_with('{') {
        Format::Stix
    } else if line.contains("indicator type") {
        Format::OtxCsv
    } else if line.contains("\"uuid\"") || line.starts_with("uuid,") || line.contains("event_id,category") {
        Format::Misp
    } else if line.contains("reportid") || line.contains("reportlink") {
        Format::FireEye
    } else if line.starts_with("ip,") || line.starts_with("domain,") {
        Format::ProofPoint
    } else if line.matches('#').count() >= 4 && !line.starts_with('#') {
        Format::AlienVault
    } else {
        Format::Txt
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    #[test]
    fn a_folder_of_lists_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        fs::write(path.join("tor-exit.txt"), "192.0.2.7\n").unwrap();
        fs::create_dir(path.join("malicious")).unwrap();
        fs::write(
            path.join("malicious/one.csv"),
            "Indicator type,Indicator,Description\nIPv4,192.0.2.8,bad\n",
        )
        .unwrap();
        let intel = load(&[path.to_owned()], &[]).unwrap();
        let has = |text: &str, category| {
            let address: IpAddr = text.parse().unwrap();
            intel.address(address).is_some_and(|hit| hit.has(category))
        };
        assert!(has("192.0.2.7", Category::TorExit) && has("192.0.2.8", Category::Malicious));
        fs::write(path.join("other.txt"), "").unwrap();
        assert!(load(&[path.to_owned()], &[]).unwrap_err().contains("category"));
    }
}
