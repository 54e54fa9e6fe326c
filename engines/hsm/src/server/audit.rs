//! The audit log of an HSM: one JSON object a line, each with the hash of the one before.
//!
//! `hash` is SHA-256 of the line before it (its `hash`) and this line without `hash` and `mac`; `mac` is HMAC-SHA256
//! of `hash` under a key of the folder, so that only the HSM itself can write a line that it takes for its own.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bastide_ids::{Clock as _, SystemClock};
use serde::{Deserialize, Serialize};

use super::state::broken;
use crate::sealing::SealKey;
use crate::wire::{Code, Fault};

/// The longest line that is read back.
const MAX_LINE: u64 = 16 << 10;
/// Characters of a name in a line.
const MAX_NAME: usize = 256;
/// Lines in one answer.
const MAX_LINES: u32 = 1000;

/// What happened.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Line {
    sequence: u64,
    time: String,
    /// How often the HSM had been started.
    reboot: u64,
    command: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<String>,
    /// Of the client's certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    client: Option<String>,
    /// Object or user that it was about.
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    response: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    hash: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    mac: String,
}

/// What is to be written.
#[derive(Clone, Debug, Default)]
pub(crate) struct Event<'a> {
    pub(crate) command: &'a str,
    pub(crate) user: Option<&'a str>,
    pub(crate) role: Option<&'a str>,
    pub(crate) client: Option<String>,
    pub(crate) subject: Option<String>,
    pub(crate) response: &'a str,
}

/// The log, open for writing.
pub(crate) struct Audit {
    path: PathBuf,
    key: SealKey,
    writing: Mutex<Writing>,
}

struct Writing {
    file: File,
    sequence: u64,
    reboot: u64,
    hash: Vec<u8>,
}

impl Audit {
    /// Opens the log, holds it against its hashes, and writes that the HSM started.
    pub(crate) fn open(folder: &Path, unlock: &[u8]) -> Result<Self, Fault> {
        let failed = |error: io::Error| broken(&error);
        let key = SealKey::from_slice(unlock).and_then(|key| key.derive(b"", &[b"bastide hsm audit"]));
        let key = key.map_err(|error| broken(&error))?;
        let path = folder.join("audit.log");
        let mut options = OpenOptions::new();
        let file = options.append(true).create(true).mode(0o600).open(&path).map_err(failed)?;
        let (end, good) = walk(&path, &key)?;
        file.set_len(good).map_err(failed)?;
        let reboot = end.reboot + 1;
        let writing = Writing { file, sequence: end.sequence, reboot, hash: end.hash };
        let audit = Self { path, key, writing: Mutex::new(writing) };
        audit.write(&Event { command: "START", response: "SUCCESS", ..Event::default() })?;
        Ok(audit)
    }

    /// Writes one line.
    pub(crate) fn write(&self, event: &Event<'_>) -> Result<(), Fault> {
        let mut writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut line = Line {
            sequence: writing.sequence + 1,
            time: SystemClock.now().iso8601_millis(),
            reboot: writing.reboot,
            command: event.command.to_owned(),
            user: event.user.map(short),
            role: event.role.map(str::to_owned),
            client: event.client.clone(),
            subject: event.subject.as_deref().map(short),
            response: event.response.to_owned(),
            hash: String::new(),
            mac: String::new(),
        };
        let hash = line.hash_after(&writing.hash)?;
        line.hash = STANDARD.encode(&hash);
        line.mac = STANDARD.encode(self.key.mac(&hash));
        let mut text = serde_json::to_string(&line).map_err(|error| broken(&error))?;
        text.push('\n');
        writing.file.write_all(text.as_bytes()).map_err(|error| broken(&error))?;
        writing.sequence += 1;
        writing.hash = hash;
        Ok(())
    }

    /// Lines from a sequence number on.
    pub(crate) fn lines(&self, from: u64, count: u32) -> Result<Vec<String>, Fault> {
        let file = File::open(&self.path).map_err(|error| broken(&error))?;
        let skip = usize::try_from(from.saturating_sub(1)).unwrap_or(usize::MAX);
        let lines = BufReader::new(file).lines().skip(skip).take(count.min(MAX_LINES) as usize);
        lines.collect::<Result<_, _>>().map_err(|error| broken(&error))
    }

    /// Whether no line was changed, taken out or added by other hands.
    pub(crate) fn verify(&self) -> Result<(), Fault> {
        let writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let (end, _) = walk(&self.path, &self.key)?;
        if end.sequence == writing.sequence && end.hash == writing.hash {
            Ok(())
        } else {
            Err(Fault::new(Code::Device, format!("the audit log ends after line {}", end.sequence)))
        }
    }
}

/// What a client named, no longer than a line can hold.
fn short(text: &str) -> String {
    text.chars().take(MAX_NAME).collect()
}

/// The last line, and how many bytes stand up to its end: what a crash cut is left out.
fn walk(path: &Path, key: &SealKey) -> Result<(End, u64), Fault> {
    let mut reader = BufReader::new(File::open(path).map_err(|error| broken(&error))?);
    let (mut end, mut good) = (End::default(), 0);
    let mut text = Vec::new();
    loop {
        text.clear();
        let read = io::Read::take(&mut reader, MAX_LINE).read_until(b'\n', &mut text);
        let read = read.map_err(|error| broken(&error))?;
        if read == 0 || text.last() != Some(&b'\n') {
            return Ok((end, good));
        }
        let torn = || {
            let after = end.sequence;
            Fault::new(Code::Device, format!("the audit log was changed by other hands after line {after}"))
        };
        let mut line: Line = serde_json::from_slice(&text).map_err(|_| torn())?;
        let (hash, mac) = (std::mem::take(&mut line.hash), std::mem::take(&mut line.mac));
        let expected = line.hash_after(&end.hash)?;
        let mac = STANDARD.decode(mac).map_err(|_| torn())?;
        let whole = STANDARD.encode(&expected) == hash && key.mac_matches(&expected, &mac);
        if !whole || line.sequence != end.sequence + 1 {
            return Err(torn());
        }
        end = End { sequence: line.sequence, reboot: line.reboot, hash: expected };
        good += read as u64;
    }
}

#[derive(Default)]
struct End {
    sequence: u64,
    reboot: u64,
    hash: Vec<u8>,
}

impl Line {
    /// The hash of this line, which has no `hash` and `mac` yet, behind another one.
    fn hash_after(&self, before: &[u8]) -> Result<Vec<u8>, Fault> {
        let text = serde_json::to_vec(self).map_err(|error| broken(&error))?;
        Ok(digest::digest(&digest::SHA256, &[before, &text].concat()).as_ref().to_vec())
    }
}
