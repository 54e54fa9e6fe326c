//! A file that is there as a whole, in memory.

use std::io::{Cursor, Read};
use std::sync::Arc;

use bastide_lake::Kind;

use crate::parse::kind_of;
use crate::reader::HEAD;
use crate::source::{Item, Source, SourceError};
use crate::unpack::{Limits, UnpackError, Unpacked};

/// One file, held in memory.
pub struct Whole {
    name: String,
    stamp: u64,
    bytes: Arc<[u8]>,
}

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Looked {
    /// Bytes that it unpacks to.
    pub unpacked: u64,
    /// The kind of log; `None` when it is none that is known here.
    pub kind: Option<Kind>,
    /// Whether nothing but white space is in it.
    pub empty: bool,
}

impl Whole {
    /// A file of a name. Files of the same name and `stamp` have the same bytes.
    #[must_use]
    pub fn new(name: impl Into<String>, stamp: u64, bytes: Arc<[u8]>) -> Self {
        Self { name: name.into(), stamp, bytes }
    }

    /// Unpacks all of it to learn what it is, and keeps nothing.
    ///
    /// # Errors
    /// [`UnpackError`]: it cannot be unpacked to its end.
    pub fn look(&self, limits: Limits) -> Result<Looked, UnpackError> {
        let start = self.bytes.get(..4).unwrap_or(&self.bytes);
        let mut unpacked =
            Unpacked::new(start.to_vec(), self.reader(start.len() as u64), limits, self.bytes.len());
        let mut head = Vec::new();
        let mut more = unpacked.read(HEAD, &mut head)?;
        let mut length = head.len() as u64;
        let mut piece = Vec::new();
        while more {
            more = unpacked.read(PIECE, &mut piece)?;
            length += piece.len() as u64;
            piece.clear();
        }
        let kind = if head.starts_with(b"PAR1") { Some(Kind::Flow) } else { kind_of(&head, &self.name).ok() };
        Ok(Looked { unpacked: length, kind, empty: head.iter().all(u8::is_ascii_whitespace) })
    }

    fn reader(&self, from: u64) -> Box<dyn Read + Send> {
        let mut reader = Cursor::new(Arc::clone(&self.bytes));
        reader.set_position(from);
        Box::new(reader)
    }
}

/// Bytes that are unpacked at once.
const PIECE: usize = 1 << 20;

impl Source for Whole {
    fn name(&self) -> &str {
        &self.name
    }

    fn list(&self, each: &mut dyn FnMut(Item)) -> Result<(), SourceError> {
        each(Item { name: String::new(), size: self.bytes.len() as u64, stamp: self.stamp });
        Ok(())
    }

    fn open(&self, _: &Item, from: u64) -> Result<Box<dyn Read + Send>, SourceError> {
        Ok(self.reader(from))
    }
}
