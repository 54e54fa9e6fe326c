//! The formats of lists.

mod csv;
mod entry;
mod feeds;
mod pattern;
mod plain;
mod stix;

use std::io;

pub(crate) use entry::Entry;

use crate::build::Store;

/// The format of a list. All but [`Format::Misp`] are GuardDuty's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// An address, network, domain or access key a line; what follows `#` or `;` names the threat.
    Txt,
    /// STIX: 1.x as XML, or a bundle of 2.x as JSON, whose indicators' patterns count.
    Stix,
    /// AlienVault OTX's CSV: `Indicator type, Indicator, Description`.
    OtxCsv,
    /// AlienVault's reputation file: fields between `#`, the address first.
    AlienVault,
    /// Proofpoint ET's CSV: `ip, category, score, …` or `domain, category, …`.
    ProofPoint,
    /// FireEye iSIGHT's CSV, with a heading that names the columns.
    FireEye,
    /// MISP's CSV of attributes, or its plain text of values.
    Misp,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Txt, Self::Stix, Self::OtxCsv, Self::AlienVault, Self::ProofPoint, Self::FireEye, Self::Misp];

    /// Its name in GuardDuty's API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Txt => "TXT",
            Self::Stix => "STIX",
            Self::OtxCsv => "OTX_CSV",
            Self::AlienVault => "ALIEN_VAULT",
            Self::ProofPoint => "PROOF_POINT",
            Self::FireEye => "FIRE_EYE",
            Self::Misp => "MISP",
        }
    }

    /// The format of a name.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.as_str() == name)
    }
}

/// What reading a list came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Entries that are addresses or networks.
    pub addresses: u64,
    /// Entries that are domains.
    pub domains: u64,
    /// Entries that are access keys.
    pub access_keys: u64,
    /// Entries of kinds that no log shows: hashes of files, mail addresses, paths.
    pub skipped: u64,
    /// Entries that can't be read.
    pub broken: u64,
    /// The first of these.
    pub examples: Vec<Broken>,
}

impl Report {
    /// How many entries count.
    #[must_use]
    pub fn entries(&self) -> u64 {
        self.addresses + self.domains + self.access_keys
    }
}

/// An entry that can't be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The line it is on; of JSON the number of the object; from 1.
    pub line: u64,
    /// Why, for the operator.
    pub reason: &'static str,
}

/// Why a list counts for nothing.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// It can't be read.
    #[error("the list can't be read: {0}")]
    Io(#[from] io::Error),
    /// It has too many bytes.
    #[error("the list is larger than {limit} bytes; split it")]
    TooLarge {
        /// How many it may have.
        limit: u64,
    },
    /// It has too many entries.
    #[error("the list has more than {limit} entries; split it")]
    TooMany {
        /// How many it may have.
        limit: u64,
    },
    /// There are 65,535 lists already.
    #[error("there are too many lists")]
    TooManyLists,
    /// It isn't of the format.
    #[error("the list isn't {format}: {reason}")]
    Format {
        /// The format.
        format: &'static str,
        /// What is wrong.
        reason: String,
    },
}

/// How many entries that can't be read are told one by one.
const EXAMPLES: usize = 20;
/// The longest name of a threat, in bytes.
const THREAT: usize = 128;

/// Takes what a format's reader finds.
pub(crate) struct Sink<'a, 'b> {
    store: &'a mut Store<'b>,
    limit: u64,
    report: Report,
}

impl<'a, 'b> Sink<'a, 'b> {
    pub(crate) fn new(store: &'a mut Store<'b>, limit: u64) -> Self {
        Self { store, limit, report: Report::default() }
    }

    /// An entry as text, found at a line, and the threat it is for.
    fn entry(&mut self, line: u64, text: &str, threat: &str) -> Result<(), ListError> {
        match entry::parse(text) {
            Ok(entry) => self.take(line, entry, threat),
            Err(reason) => {
                self.broken(line, reason);
                Ok(())
            }
        }
    }

    fn take(&mut self, line: u64, entry: Entry<'_>, threat: &str) -> Result<(), ListError> {
        if self.report.entries() >= self.limit {
            return Err(ListError::TooMany { limit: self.limit });
        }
        let threat = threat.trim();
        let threat = threat.get(..threat.floor_char_boundary(THREAT)).unwrap_or_default();
        let count = match &entry {
            Entry::V4(..) | Entry::V6(..) => &mut self.report.addresses,
            Entry::Domain(_) => &mut self.report.domains,
            Entry::AccessKey(_) => &mut self.report.access_keys,
        };
        match self.store.take(entry, threat) {
            Ok(()) => *count += 1,
            Err(reason) => self.broken(line, reason),
        }
        Ok(())
    }

    fn broken(&mut self, line: u64, reason: &'static str) {
        self.report.broken += 1;
        if self.report.examples.len() < EXAMPLES {
            self.report.examples.push(Broken { line, reason });
        }
    }

    fn skipped(&mut self) {
        self.report.skipped += 1;
    }
}

pub(crate) fn read(format: Format, bytes: &[u8], sink: &mut Sink<'_, '_>) -> Result<Report, ListError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match format {
        Format::Txt => plain::read(bytes, sink)?,
        Format::Stix => stix::read(bytes, sink)?,
        Format::OtxCsv => feeds::otx(bytes, sink)?,
        Format::AlienVault => feeds::alien_vault(bytes, sink)?,
        Format::ProofPoint => feeds::proof_point(bytes, sink)?,
        Format::FireEye => feeds::fire_eye(bytes, sink)?,
        Format::Misp => feeds::misp(bytes, sink)?,
    }
    Ok(std::mem::take(&mut sink.report))
}
