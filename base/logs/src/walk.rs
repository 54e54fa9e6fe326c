//! Finding the records in what logs are delivered in: files of `Records`, arrays, one record a line, records that
//! follow each other, CloudWatch Logs' exports and subscriptions, EventBridge's envelopes.

mod resync;

use bastide_ids::Timestamp;

use crate::Broken;
use crate::json::{self, Fault, Scan};

/// The longest record that is read, in bytes. AWS's are 256 KB and less.
pub const MAX_RECORD: usize = 10 << 20;

/// How many holders of records may stand within each other.
const MAX_FRAMES: usize = 8;

/// A kind of record that is written as a JSON object.
pub trait Format {
    /// The record.
    type Record<'a>;

    /// Reads one object, leaving the scan behind it.
    #[doc(hidden)]
    #[allow(private_interfaces, reason = "only this crate has formats")]
    fn record<'a>(&mut self, scan: &mut Scan<'a>) -> Result<Self::Record<'a>, Fault>;

    /// Whether there is a record in a message that is no JSON. What it tells of later ones is remembered.
    #[doc(hidden)]
    fn wants(&mut self, _message: &str) -> bool {
        true
    }

    /// Reads a message that is no JSON, and that is wanted.
    #[doc(hidden)]
    #[allow(private_interfaces, reason = "only this crate has formats")]
    fn message<'a>(&mut self, _message: &'a str) -> Result<Self::Record<'a>, Fault> {
        Err(Fault::Foreign("a message without a record"))
    }

    /// Adds what the envelope says of where a record is from.
    #[doc(hidden)]
    fn place<'a>(&self, _record: &mut Self::Record<'a>, _origin: Origin<'a>) {}
}

/// Text that is no record to read, with where it stood: kept aside, never lost silently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected<'a> {
    /// The bytes, as they were.
    pub raw: &'a [u8],
    /// Where they begin in the bytes that were given.
    pub at: usize,
    /// Why.
    pub broken: Broken,
    /// It is well, but something else than the records asked for: a digest, a control message.
    pub foreign: bool,
}

/// What is known of where records are from, for what they don't say themselves: the reader knows it from a file's
/// name, or an envelope of CloudWatch Logs says it. Empty where nothing is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Origin<'a> {
    /// The account whose log it is; `owner` of an envelope.
    pub account: &'a str,
    /// The region.
    pub region: &'a str,
    /// `logGroup`, such as `/aws/eks/NAME/cluster` or `/aws/rds/instance/NAME/postgresql`.
    pub log_group: &'a str,
    /// `logStream`.
    pub log_stream: &'a str,
    /// The moment of records that name none, such as that in the file's name.
    pub time: Timestamp,
}

/// The records in a piece of text, one after the other.
#[derive(Debug)]
pub struct Records<'a, F> {
    bytes: &'a [u8],
    /// The part of `bytes` from `base` on that is UTF-8.
    text: &'a str,
    base: usize,
    /// Where reading goes on, in `text`.
    at: usize,
    frames: Vec<Frame>,
    /// After damage, brackets may close that this reader has not seen open.
    loose: bool,
    origin: Origin<'a>,
    unescaped: String,
    format: F,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Frame {
    /// Within an array whose elements are records.
    Array,
    /// Within an object, behind a member that held records.
    Object,
    /// At the value that holds them.
    Value,
}

/// Reads the one record that a text is.
pub(crate) fn one<F: Format + Default>(text: &str) -> Result<F::Record<'_>, Broken> {
    if text.len() > MAX_RECORD {
        return Err(Broken { reason: format!("a record of {} bytes; the most is {MAX_RECORD}", text.len()) });
    }
    let mut scan = Scan::new(text);
    let record = F::default().record(&mut scan).map_err(|fault| fault.broken(0))?;
    scan.space();
    match scan.peek() {
        None => Ok(record),
        Some(_) => Err(scan.bad("nothing should follow the record").broken(0)),
    }
}

/// What stands at the next place.
enum Step<'a> {
    End,
    Object,
    /// A string that holds a record.
    Text(&'a str, usize),
    Rejected(Rejected<'a>),
}

impl<'a, F: Format> Records<'a, F> {
    /// The records in these bytes.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self
    where
        F: Default,
    {
        Self::with(bytes, F::default())
    }

    /// The records in these bytes, read by a form that may know something already.
    pub(crate) fn with(bytes: &'a [u8], format: F) -> Self {
        let mut records = Self {
            bytes,
            text: "",
            base: 0,
            at: 0,
            frames: Vec::new(),
            loose: false,
            origin: Origin::default(),
            unescaped: String::new(),
            format,
        };
        records.window(if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 });
        records
    }

    /// The same records, from a place that the reader knows.
    #[must_use]
    pub fn from(mut self, origin: Origin<'a>) -> Self {
        self.origin = origin;
        self
    }

    /// What is known of where the last record came from.
    #[must_use]
    pub fn origin(&self) -> Origin<'a> {
        self.origin
    }

    /// What the form has learned.
    pub(crate) fn into_format(self) -> F {
        self.format
    }

    /// The next record, or text that is none; `None` at the end.
    pub fn read(&mut self) -> Option<Result<F::Record<'_>, Rejected<'a>>> {
        loop {
            match self.step() {
                Step::End => return None,
                Step::Rejected(rejected) => return Some(Err(rejected)),
                Step::Text(content, start) => {
                    if let Some(rejected) = self.unwrap(content, start) {
                        return Some(Err(rejected));
                    }
                    let json = self.unescaped.trim_start().starts_with('{');
                    if json || self.format.wants(&self.unescaped) {
                        return Some(self.held(start));
                    }
                }
                Step::Object => {
                    let mut scan = Scan::from(self.text, self.at);
                    match self.format.record(&mut scan) {
                        Ok(mut record) if scan.at() - self.at <= MAX_RECORD => {
                            self.at = scan.at();
                            self.format.place(&mut record, self.origin);
                            return Some(Ok(record));
                        }
                        Ok(_) => return Some(Err(self.too_long(scan.at()))),
                        Err(Fault::Holder(at)) if self.frames.len() < MAX_FRAMES => self.enter(at),
                        Err(Fault::Nothing) => self.at = scan.at(),
                        Err(fault) => return Some(Err(self.resync(&fault))),
                    }
                }
            }
        }
    }

    /// Goes on at a byte, with all the text from there that is UTF-8.
    fn window(&mut self, base: usize) {
        let rest = self.bytes.get(base..).unwrap_or_default();
        self.base = base;
        self.at = 0;
        self.text = match str::from_utf8(rest) {
            Ok(text) => text,
            Err(error) => {
                let valid = rest.get(..error.valid_up_to()).unwrap_or_default();
                str::from_utf8(valid).unwrap_or_default()
            }
        };
    }

    /// Passes what stands between records.
    fn step(&mut self) -> Step<'a> {
        loop {
            let here = self.text.as_bytes().get(self.at).copied();
            match (here, self.frames.last()) {
                (Some(b' ' | b'\n' | b'\r' | b'\t'), _) => self.at += 1,
                (Some(b','), None | Some(Frame::Array)) => self.at += 1,
                (Some(0x1e), None) => self.at += 1,
                (Some(b']'), Some(Frame::Array)) => {
                    self.frames.pop();
                    self.at += 1;
                }
                (Some(b']' | b'}'), None) if self.loose => self.at += 1,
                (Some(byte), Some(Frame::Value)) => {
                    self.frames.pop();
                    if byte == b'[' {
                        self.frames.push(Frame::Array);
                        self.at += 1;
                    } else if byte == b'{' {
                        return Step::Object;
                    } else if byte == b'"' {
                        return self.text_step();
                    } else {
                        let mut scan = Scan::from(self.text, self.at);
                        if let Err(fault) = scan.skip_value() {
                            return Step::Rejected(self.resync(&fault));
                        }
                        self.at = scan.at();
                    }
                }
                (Some(_), Some(Frame::Object)) => {
                    if let Err(fault) = self.rest_of_object() {
                        return Step::Rejected(self.resync(&fault));
                    }
                }
                (Some(b'['), _) if self.frames.len() < MAX_FRAMES => {
                    self.frames.push(Frame::Array);
                    self.at += 1;
                }
                (Some(b'{'), _) => return Step::Object,
                (Some(b'"'), _) => return self.text_step(),
                (Some(_), _) => {
                    if let Some(rejected) = self.other() {
                        return Step::Rejected(rejected);
                    }
                }
                (None, _) => {
                    let ended = self.base + self.at >= self.bytes.len();
                    if ended && self.frames.is_empty() {
                        return Step::End;
                    }
                    if ended {
                        self.frames.clear();
                        return Step::Rejected(self.cut_off());
                    }
                    return Step::Rejected(self.resync(&Fault::End));
                }
            }
        }
    }

    fn text_step(&mut self) -> Step<'a> {
        let start = self.at;
        let mut scan = Scan::from(self.text, start);
        match scan.raw_value() {
            Ok(raw) => {
                self.at = scan.at();
                Step::Text(raw, start)
            }
            Err(fault) => Step::Rejected(self.resync(&fault)),
        }
    }

    /// Passes one of the members of a holder that follow the one that held records.
    fn rest_of_object(&mut self) -> Result<(), Fault> {
        let mut scan = Scan::from(self.text, self.at);
        let mut first = false;
        if scan.key(&mut first)?.is_none() {
            self.frames.pop();
        } else {
            scan.skip_value()?;
        }
        self.at = scan.at();
        Ok(())
    }

    /// What stands where a record should begin but doesn't look like one. CloudWatch Logs' exports write the time
    /// before each message.
    fn other(&mut self) -> Option<Rejected<'a>> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let line = rest.split('\n').next().unwrap_or_default();
        if let Some((before, after)) = line.split_once(' ')
            && after.starts_with('{')
            && crate::time::iso8601(before).is_some()
        {
            self.at += before.len() + 1;
            return None;
        }
        if self.frames.is_empty() {
            return Some(self.resync(&Fault::Bad { at: self.at, wanted: "a record should begin with `{`" }));
        }
        // A number or null among records.
        let start = self.at;
        let mut scan = Scan::from(self.text, start);
        let fault = Fault::Bad { at: start, wanted: "a record should be an object" };
        if scan.skip_value().is_err() {
            return Some(self.resync(&fault));
        }
        Some(self.reject(start, scan.at(), &fault))
    }

    /// Goes into the value of a holder's member.
    fn enter(&mut self, at: usize) {
        let envelope = self.text.get(self.at..at).unwrap_or_default();
        for (name, raw) in json::members(envelope) {
            let text = raw.trim_matches('"');
            match name.as_ref() {
                "owner" => self.origin.account = text,
                "logGroup" => self.origin.log_group = text,
                "logStream" => self.origin.log_stream = text,
                _ => {}
            }
        }
        self.frames.extend([Frame::Object, Frame::Value]);
        self.at = at;
    }

    /// Makes `unescaped` the text of a record that was held in a string.
    fn unwrap(&mut self, content: &str, start: usize) -> Option<Rejected<'a>> {
        self.unescaped.clear();
        let text = json::scalar(content).unwrap_or_default();
        if text.len() > MAX_RECORD {
            return Some(self.too_long_from(start));
        }
        self.unescaped.push_str(&text);
        None
    }

    /// The record in `unescaped`, which stood in the text from `start`.
    fn held(&mut self, start: usize) -> Result<F::Record<'_>, Rejected<'a>> {
        let end = self.at;
        let begin = self.unescaped.len() - self.unescaped.trim_start().len();
        let rejected = |fault: &Fault| Rejected {
            raw: self.bytes.get(self.base + start..self.base + end).unwrap_or_default(),
            at: self.base + start,
            broken: fault.broken(self.base + start),
            foreign: matches!(fault, Fault::Foreign(_) | Fault::Nothing),
        };
        if self.unescaped.as_bytes().get(begin) != Some(&b'{') {
            let mut record = self.format.message(&self.unescaped).map_err(|fault| rejected(&fault))?;
            self.format.place(&mut record, self.origin);
            return Ok(record);
        }
        let mut at = begin;
        for _ in 0..MAX_FRAMES {
            match self.format.record(&mut Scan::from(&self.unescaped, at)) {
                Ok(mut record) => {
                    self.format.place(&mut record, self.origin);
                    return Ok(record);
                }
                Err(Fault::Holder(inner)) => at = inner,
                Err(fault) => return Err(rejected(&fault)),
            }
        }
        Err(rejected(&Fault::Holder(0)))
    }
}
