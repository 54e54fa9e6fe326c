//! Going on behind damage: what can't be read is handed out as it is, and reading begins again where a record can.

use super::{Format, MAX_RECORD, Records, Rejected};
use crate::Broken;
use crate::json::Fault;

impl<'a, F: Format> Records<'a, F> {
    /// Hands out the text from here to where reading can go on.
    pub(super) fn resync(&mut self, fault: &Fault) -> Rejected<'a> {
        let start = self.base + self.at;
        // The text ended where bytes follow that are not UTF-8.
        let cut = self.base + self.text.len();
        let invalid = matches!(fault, Fault::End) && cut < self.bytes.len();
        let failed = match fault {
            Fault::Bad { at, .. } => self.base + at,
            _ if invalid => cut + 1,
            _ => start,
        };
        let rest = self.bytes.get(start..).unwrap_or_default();
        let end = match extent(rest) {
            // Within damage brackets may seem to close too early.
            Some(length) if start + length >= failed => start + length,
            _ => {
                self.frames.clear();
                self.loose = true;
                line_of_record(self.bytes, failed.max(start))
            }
        };
        let mut rejected = self.reject_bytes(start, end, fault);
        if invalid {
            rejected.broken = Broken { reason: format!("byte {cut}: not UTF-8") };
        }
        if end > cut {
            self.window(end);
        } else {
            self.at = end - self.base;
        }
        rejected
    }

    /// Hands out a part of the text and goes on behind it.
    pub(super) fn reject(&mut self, start: usize, end: usize, fault: &Fault) -> Rejected<'a> {
        self.at = end;
        self.reject_bytes(self.base + start, self.base + end, fault)
    }

    pub(super) fn too_long(&mut self, end: usize) -> Rejected<'a> {
        let start = self.at;
        self.at = end;
        self.too_long_from(start)
    }

    pub(super) fn too_long_from(&self, start: usize) -> Rejected<'a> {
        let mut rejected = self.reject_bytes(self.base + start, self.base + self.at, &Fault::End);
        let reason = format!("a record of {} bytes; the most is {MAX_RECORD}", rejected.raw.len());
        rejected.broken = Broken { reason };
        rejected
    }

    /// The text ended within a holder whose records have all been read.
    pub(super) fn cut_off(&self) -> Rejected<'a> {
        let end = self.bytes.len();
        let mut rejected = self.reject_bytes(end, end, &Fault::End);
        rejected.broken = Broken { reason: "the text ends before its last bracket".to_owned() };
        rejected
    }

    fn reject_bytes(&self, start: usize, end: usize, fault: &Fault) -> Rejected<'a> {
        let raw = self.bytes.get(start..end).unwrap_or_default();
        Rejected {
            raw,
            at: start,
            broken: fault.broken(self.base),
            foreign: matches!(fault, Fault::Foreign(_) | Fault::Nothing),
        }
    }
}

/// The length of the object, array or string that the bytes begin with, however deep and whatever it holds; `None`
/// when it does not end before a line begins that looks like another record.
fn extent(bytes: &[u8]) -> Option<usize> {
    let mut depth = 0_usize;
    let mut quoted = false;
    let mut rest = bytes.iter().enumerate();
    while let Some((index, byte)) = rest.next() {
        match byte {
            b'\\' if quoted => {
                rest.next();
            }
            b'"' => quoted = !quoted,
            b'\n' if quoted || starts_record(bytes.get(index + 1..)) => return None,
            b'{' | b'[' if !quoted => depth += 1,
            b'}' | b']' if !quoted => depth = depth.checked_sub(1)?,
            _ if depth == 0 && !quoted => return None,
            _ => {}
        }
        if depth == 0 && !quoted {
            return Some(index + 1);
        }
    }
    None
}

/// Where the next line behind a byte begins that looks like a record; the end when there is none.
fn line_of_record(bytes: &[u8], from: usize) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    let newlines = rest.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
    let next = newlines.map(|(index, _)| from + index + 1).find(|at| starts_record(bytes.get(*at..)));
    next.unwrap_or(bytes.len())
}

/// A record, a list of them, or the time before a message begins here.
fn starts_record(line: Option<&[u8]>) -> bool {
    matches!(line, Some([b'{' | b'[', ..] | [b'1' | b'2', b'0' | b'9', b'0'..=b'9', b'0'..=b'9', b'-', ..]))
}
