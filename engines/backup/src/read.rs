use std::io::{self, Read};

use aws_lc_rs::digest::{Context, SHA256};
use tar::{Archive, Entry, EntryType};
use zstd::Decoder;

use crate::manifest::{FORMAT, check_name, hex};
use crate::{BackupError, File, HEAD, Head, MANIFEST, Manifest};

/// The most files of a backup.
pub const MAX_FILES: usize = 1_000_000;
/// The largest head and manifest.
const MAX_HEAD: u64 = 64 << 10;
const MAX_MANIFEST: u64 = 512 << 20;

type Entries<'a, 'b, R> = Entry<'a, Decoder<'b, io::BufReader<R>>>;

/// Reads all of an archive and holds it against its manifest. `each` gets every file's name, length and content, in
/// order; what it does not read is read past. Only when this returns is it known that they are what was backed up.
///
/// # Errors
/// [`BackupError`]; those of `each` among them.
pub fn read<R: Read>(
    input: R,
    mut each: impl FnMut(&str, u64, &mut dyn Read) -> io::Result<()>,
) -> Result<(Head, Manifest), BackupError> {
    let mut archive = Archive::new(Decoder::new(input)?);
    let (mut head, mut files, mut manifest) = (None, Vec::new(), None::<Manifest>);
    for entry in archive.entries().map_err(broken)? {
        let mut entry = entry.map_err(broken)?;
        let name = str::from_utf8(&entry.path_bytes()).map(str::to_owned);
        let name = name.map_err(|_| BackupError::Malformed("a file without a name".to_owned()))?;
        if entry.header().entry_type() != EntryType::Regular {
            return Err(BackupError::Malformed(format!("`{name}` is not a file")));
        }
        match (&head, name.as_str()) {
            _ if manifest.is_some() => {
                return Err(BackupError::Malformed("something stands after its end".to_owned()));
            }
            (None, HEAD) => head = Some(read_head(&mut entry)?),
            (None, _) => return Err(BackupError::Malformed("it does not begin as one".to_owned())),
            (Some(_), MANIFEST) => manifest = Some(read_json(&mut entry, MAX_MANIFEST)?),
            (Some(_), _) => {
                check_name(&name)?;
                if files.len() >= MAX_FILES {
                    return Err(BackupError::Malformed("it has too many files".to_owned()));
                }
                files.push(file(&name, &mut entry, &mut each)?);
            }
        }
    }
    // To the very end, where the compression has a checksum of its own.
    let mut rest = archive.into_inner().take(MAX_HEAD + 1);
    if io::copy(&mut rest, &mut io::sink()).map_err(broken)? > MAX_HEAD {
        return Err(BackupError::Malformed("something stands after its end".to_owned()));
    }
    let (Some(head), Some(manifest)) = (head, manifest) else { return Err(BackupError::CutOff) };
    compare(&manifest.files, &files)?;
    Ok((head, manifest))
}

fn read_head<R: Read>(entry: &mut Entries<'_, '_, R>) -> Result<Head, BackupError> {
    #[derive(serde::Deserialize)]
    struct Format {
        format: u32,
    }
    let value: serde_json::Value = read_json(entry, MAX_HEAD)?;
    let unknown = |_| BackupError::Malformed("its head is not one".to_owned());
    let Format { format } = serde::Deserialize::deserialize(&value).map_err(unknown)?;
    if format > FORMAT {
        return Err(BackupError::Newer(format));
    }
    serde_json::from_value(value).map_err(unknown)
}

fn read_json<T: serde::de::DeserializeOwned>(entry: &mut impl Read, most: u64) -> Result<T, BackupError> {
    let mut bytes = Vec::new();
    entry.take(most + 1).read_to_end(&mut bytes).map_err(broken)?;
    if bytes.len() as u64 > most {
        return Err(BackupError::Malformed("its head or manifest is too long".to_owned()));
    }
    serde_json::from_slice(&bytes)
        .map_err(|_| BackupError::Malformed("its head or manifest is not one".to_owned()))
}

fn file<R: Read>(
    name: &str,
    entry: &mut Entries<'_, '_, R>,
    each: &mut impl FnMut(&str, u64, &mut dyn Read) -> io::Result<()>,
) -> Result<File, BackupError> {
    let size = entry.size();
    let mut hashed = Hashed { entry, hash: Context::new(&SHA256), read: 0 };
    each(name, size, &mut hashed).map_err(broken)?;
    io::copy(&mut hashed, &mut io::sink()).map_err(broken)?;
    if hashed.read != size {
        return Err(BackupError::CutOff);
    }
    Ok(File { name: name.to_owned(), size, sha256: hex(hashed.hash.finish().as_ref()) })
}

fn compare(wanted: &[File], found: &[File]) -> Result<(), BackupError> {
    for (wanted, found) in wanted.iter().zip(found) {
        if wanted != found {
            return Err(BackupError::Damaged(found.name.clone()));
        }
    }
    let missing = wanted.get(found.len()).or_else(|| found.get(wanted.len()));
    missing.map_or(Ok(()), |file| Err(BackupError::Damaged(file.name.clone())))
}

/// Bytes that end early are a backup that was cut off; other errors are told as they are.
fn broken(error: io::Error) -> BackupError {
    let text = error.to_string();
    match error.kind() {
        io::ErrorKind::UnexpectedEof => BackupError::CutOff,
        _ if text.contains("incomplete frame") || text.contains("unexpected EOF") => BackupError::CutOff,
        io::ErrorKind::Other | io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => {
            BackupError::Malformed(text)
        }
        _ => BackupError::Io(error),
    }
}

struct Hashed<'a, R: Read> {
    entry: &'a mut R,
    hash: Context,
    read: u64,
}

impl<R: Read> Read for Hashed<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.entry.read(buffer)?;
        self.hash.update(buffer.get(..read).unwrap_or_default());
        self.read += read as u64;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::io::Write as _;

    use proptest::prelude::*;

    use super::*;
    use crate::Writer;

    fn head(format: u32) -> Head {
        Head { format, made_by: "0.1.0".into(), created: "2026-11-21T09:30:00Z".into() }
    }

    fn written(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = Writer::new(Vec::new(), &head(FORMAT)).unwrap();
        for (name, content) in files {
            writer.add(name, content.len() as u64, |out| out.write_all(content)).unwrap();
        }
        writer.finish(serde_json::json!({ "documents": 3 })).unwrap()
    }

    fn contents(bytes: &[u8]) -> Result<BTreeMap<String, Vec<u8>>, BackupError> {
        let mut found = BTreeMap::new();
        read(bytes, |name, _, content| {
            let mut bytes = Vec::new();
            content.read_to_end(&mut bytes)?;
            found.insert(name.to_owned(), bytes);
            Ok(())
        })?;
        Ok(found)
    }

    #[test]
    fn what_goes_in_comes_out() {
        let large: Vec<u8> = (0..3_000_000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        let files: [(&str, &[u8]); 4] =
            [("resources.db", &large), ("events/1.log", b"x"), ("events/2.log", b""), ("node", b"name")];
        let bytes = written(&files);
        let found = contents(&bytes).unwrap();
        assert_eq!(found.len(), 4);
        assert!(files.iter().all(|(name, content)| found[*name] == *content));
        // What is not read is held against its hash all the same.
        let (_, manifest) = read(&bytes[..], |_, _, _| Ok(())).unwrap();
        assert_eq!(manifest.notes["documents"], 3);
    }

    #[test]
    fn no_change_and_no_cut_goes_unseen() {
        let bytes = written(&[("resources.db", &[5; 2000]), ("keyring.json", b"{}")]);
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 0x10;
            if let Ok(found) = contents(&changed) {
                assert_eq!(found["resources.db"], [5; 2000], "byte {at}");
            }
            assert!(contents(&bytes[..at]).is_err(), "cut at {at}");
        }
    }

    /// An archive made by hand, from entries of any kind.
    fn forged(entries: &[(&str, &[u8], EntryType)]) -> Vec<u8> {
        let mut tar = tar::Builder::new(zstd::Encoder::new(Vec::new(), 1).unwrap());
        for (name, content, kind) in entries {
            let mut header = tar::Header::new_ustar();
            header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
            header.set_entry_type(*kind);
            header.set_size(content.len() as u64);
            header.set_cksum();
            tar.get_mut().write_all(header.as_bytes()).unwrap();
            tar.get_mut().write_all(content).unwrap();
            let padding = (512 - content.len() % 512) % 512;
            tar.get_mut().write_all(&vec![0; padding]).unwrap();
        }
        tar.into_inner().unwrap().finish().unwrap()
    }

    #[test]
    fn what_is_no_backup_is_refused() {
        const FILE: EntryType = EntryType::Regular;
        let head = serde_json::to_vec(&head(FORMAT)).unwrap();
        let begin = (HEAD, &head[..], FILE);
        let newer = serde_json::to_vec(&super::tests::head(2)).unwrap();
        assert!(matches!(contents(&forged(&[(HEAD, &newer, FILE)])), Err(BackupError::Newer(2))));
        assert!(matches!(contents(&forged(&[begin])), Err(BackupError::CutOff)));
        assert!(matches!(contents(b"nonsense"), Err(BackupError::Malformed(_) | BackupError::CutOff)));
        for name in ["../x", "/etc/passwd", "a/../b", ".ssh/x", "a//b", "a b", "a\\b", HEAD] {
            let bytes = forged(&[begin, (name, b"x", FILE)]);
            assert!(matches!(contents(&bytes), Err(BackupError::Name(_))), "{name}");
        }
        for kind in [EntryType::Symlink, EntryType::Link, EntryType::Directory, EntryType::Char] {
            assert!(contents(&forged(&[begin, ("x", b"", kind)])).is_err(), "{kind:?}");
        }
        let empty = br#"{"files":[]}"#;
        let unlisted = forged(&[begin, ("x", b"x", FILE), (MANIFEST, empty, FILE)]);
        assert!(matches!(contents(&unlisted), Err(BackupError::Damaged(name)) if name == "x"));
        let listed = br#"{"files":[{"name":"x","size":0,"sha256":""}]}"#;
        assert!(matches!(
            contents(&forged(&[begin, (MANIFEST, listed, FILE)])),
            Err(BackupError::Damaged(_))
        ));
        let after = forged(&[begin, (MANIFEST, empty, FILE), ("x", b"x", FILE)]);
        assert!(matches!(contents(&after), Err(BackupError::Malformed(_))));
    }

    #[test]
    fn a_file_that_changes_its_length_is_refused() {
        let mut writer = Writer::new(Vec::new(), &head(FORMAT)).unwrap();
        let short = writer.add("a", 5, |out| out.write_all(b"four"));
        assert!(matches!(short, Err(BackupError::Length(_))));
        let mut writer = Writer::new(Vec::new(), &head(FORMAT)).unwrap();
        assert!(matches!(writer.add("../a", 0, |_| Ok(())), Err(BackupError::Name(_))));
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_backup_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
            let _ = contents(&bytes);
            let _ = contents(&zstd::encode_all(&bytes[..], 1).unwrap());
        }
    }
}
