use std::io::{self, Write};

use aws_lc_rs::digest::{Context, SHA256};
use tar::{Builder, EntryType, Header};
use zstd::Encoder;

use crate::manifest::{check_name, hex};
use crate::{BackupError, File, HEAD, Head, MANIFEST, Manifest};

/// zstd's default: event segments are compressed already, and the rest is small.
const LEVEL: i32 = 3;

/// Writes an archive.
pub struct Writer<W: Write> {
    tar: Builder<Encoder<'static, W>>,
    files: Vec<File>,
}

impl<W: Write> Writer<W> {
    /// An archive into `out`.
    ///
    /// # Errors
    /// [`BackupError::Io`]
    pub fn new(out: W, head: &Head) -> Result<Self, BackupError> {
        let mut encoder = Encoder::new(out, LEVEL)?;
        encoder.include_checksum(true)?;
        let mut writer = Self { tar: Builder::new(encoder), files: Vec::new() };
        let bytes = serde_json::to_vec_pretty(head).map_err(io::Error::other)?;
        writer.entry(HEAD, &bytes)?;
        Ok(writer)
    }

    /// Adds a file of `size` bytes, which `content` writes.
    ///
    /// # Errors
    /// [`BackupError::Name`], [`BackupError::Length`] when the content has another length, [`BackupError::Io`].
    pub fn add(
        &mut self,
        name: &str,
        size: u64,
        content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), BackupError> {
        check_name(name)?;
        let mut header = header(size);
        // The entry is written by hand so that its content can be hashed on the way.
        header.set_path(name)?;
        header.set_cksum();
        let out = self.tar.get_mut();
        out.write_all(header.as_bytes())?;
        let mut hashed = Hashed { out, hash: Context::new(&SHA256), written: 0 };
        content(&mut hashed)?;
        let Hashed { out, hash, written } = hashed;
        if written != size {
            return Err(BackupError::Length(name.to_owned()));
        }
        let padding = usize::try_from((512 - written % 512) % 512).unwrap_or_default();
        out.write_all([0; 512].get(..padding).unwrap_or_default())?;
        let sha256 = hex(hash.finish().as_ref());
        self.files.push(File { name: name.to_owned(), size, sha256 });
        Ok(())
    }

    /// Ends the archive with its manifest. Gives what was written to, which is not synced.
    ///
    /// # Errors
    /// [`BackupError::Io`]
    pub fn finish(mut self, notes: serde_json::Value) -> Result<W, BackupError> {
        let manifest = Manifest { files: std::mem::take(&mut self.files), notes };
        let bytes = serde_json::to_vec_pretty(&manifest).map_err(io::Error::other)?;
        self.entry(MANIFEST, &bytes)?;
        Ok(self.tar.into_inner()?.finish()?)
    }

    fn entry(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let mut header = header(bytes.len() as u64);
        self.tar.append_data(&mut header, name, bytes)
    }
}

fn header(size: u64) -> Header {
    let mut header = Header::new_ustar();
    header.set_entry_type(EntryType::Regular);
    header.set_mode(0o600);
    header.set_size(size);
    header
}

struct Hashed<'a, W: Write> {
    out: &'a mut W,
    hash: Context,
    written: u64,
}

impl<W: Write> Write for Hashed<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.hash.update(bytes.get(..written).unwrap_or_default());
        self.written += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
