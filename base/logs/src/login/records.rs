//! The logins that a log tells of, whichever server wrote it.

use std::borrow::Cow;

use super::postgres::{Connections, Entry};
use super::{Login, csv, instance_of, mysql, prefix};
use crate::json::{Fault, Scan};
use crate::lines::Lines;
use crate::walk::{self, Format, Origin, Rejected};
use crate::{Broken, MAX_RECORD};

/// The logins in a piece of text: lines of PostgreSQL's or MySQL's logs, PostgreSQL's JSON lines, or CloudWatch
/// Logs' envelopes around any of them.
#[derive(Debug)]
pub struct Records<'a> {
    reader: Reader<'a>,
}

#[derive(Debug)]
enum Reader<'a> {
    Lines(Lines<'a>, Box<Log>, Origin<'a>),
    Envelopes(Box<walk::Records<'a, Log>>),
}

/// What has been learned from a log so far.
#[derive(Debug, Default)]
pub(crate) struct Log {
    connections: Connections,
    /// What the last message that was looked at tells of.
    ready: Option<Result<Login<'static>, Broken>>,
}

impl<'a> Records<'a> {
    /// The logins in these bytes. `connections` is what [`Records::finish`] of the same log's earlier bytes gave.
    #[must_use]
    pub fn new(bytes: &'a [u8], origin: Origin<'a>, connections: Connections) -> Self {
        let log = Log { connections, ready: None };
        let reader = match bytes.trim_ascii_start().first() {
            Some(b'{' | b'[') => Reader::Envelopes(Box::new(walk::Records::with(bytes, log).from(origin))),
            _ => Reader::Lines(Lines::new(bytes), Box::new(log), origin),
        };
        Self { reader }
    }

    /// The next login, or text that can't be read; `None` at the end. Lines that tell of something else are passed.
    pub fn read(&mut self) -> Option<Result<Login<'_>, Rejected<'a>>> {
        let (lines, log, origin) = match &mut self.reader {
            Reader::Lines(lines, log, origin) => (lines, log, *origin),
            Reader::Envelopes(records) => return records.read(),
        };
        loop {
            let (line, at) = match lines.next()? {
                Ok(found) => found,
                Err(rejected) => return Some(Err(rejected)),
            };
            let whole = if csv::is_csv(line) { lines.whole_quoted(line, at, MAX_RECORD) } else { line };
            match log.line(whole.trim_end()) {
                Ok(None) => {}
                Ok(Some(mut login)) => {
                    place(&mut login, origin);
                    return Some(Ok(login));
                }
                Err(broken) => {
                    return Some(Err(Rejected { raw: whole.as_bytes(), at, broken, foreign: false }));
                }
            }
        }
    }

    /// What is remembered for the log's next bytes.
    #[must_use]
    pub fn finish(self) -> Connections {
        match self.reader {
            Reader::Lines(_, log, _) => log.connections,
            Reader::Envelopes(records) => records.into_format().connections,
        }
    }
}

impl Log {
    /// The login that a line tells of.
    fn line<'a>(&mut self, line: &'a str) -> Result<Option<Login<'a>>, Broken> {
        // PostgreSQL begins the further lines of a message with a tab.
        if line.is_empty() || line.starts_with('\t') {
            return Ok(None);
        }
        if let Some((time, rest)) = mysql::audit_moment(line) {
            return mysql::audit(time, rest);
        }
        // The error log of MySQL, and the time that CloudWatch Logs' exports write before each message.
        if line.as_bytes().get(10) == Some(&b'T')
            && let Some((moment, rest)) = line.split_once(' ')
            && let Some(time) = crate::time::iso8601(moment)
        {
            let nested = prefix::moment(rest).is_some() || mysql::audit_moment(rest).is_some();
            return if nested { self.line(rest) } else { Ok(mysql::error(time, rest)) };
        }
        if csv::is_csv(line) {
            return Ok(self.connections.judge(csv::entry(line)?));
        }
        match prefix::entry(line)? {
            Some(entry) => Ok(self.connections.judge(entry)),
            None => Ok(None),
        }
    }
}

/// Fills in what the log does not say of itself.
fn place<'a>(login: &mut Login<'a>, origin: Origin<'a>) {
    login.account = Cow::Borrowed(origin.account);
    login.region = Cow::Borrowed(origin.region);
    login.instance = Cow::Borrowed(instance_of(origin.log_group).unwrap_or_default());
}

impl Format for Log {
    type Record<'a> = Login<'a>;

    /// PostgreSQL's `jsonlog`, or what holds messages.
    fn record<'a>(&mut self, scan: &mut Scan<'a>) -> Result<Login<'a>, Fault> {
        let mut entry = Entry::default();
        let mut severity = Cow::Borrowed("");
        let mut time = Cow::Borrowed("");
        let mut message = None;
        let mut first = true;
        scan.open()?;
        while let Some(key) = scan.key(&mut first)? {
            match key {
                "timestamp" => time = scan.text("timestamp")?,
                "user" => entry.user = scan.text("user")?,
                "dbname" => entry.database = scan.text("dbname")?,
                "pid" => entry.pid = number(&scan.text("pid")?, "pid")?,
                "remote_host" => entry.source = crate::flow::address(scan.text("remote_host")?.as_bytes()),
                "remote_port" => entry.port = number(&scan.text("remote_port")?, "remote_port")?,
                "application_name" => entry.application = scan.text("application_name")?,
                "error_severity" => severity = scan.text("error_severity")?,
                "message" => {
                    message = Some(scan.at());
                    entry.message = scan.text("message")?;
                }
                "logEvents" | "events" => return Err(Fault::Holder(scan.at())),
                _ => scan.skip_value()?,
            }
        }
        if severity.is_empty() {
            return Err(message.map_or(Fault::Missing("error_severity"), Fault::Holder));
        }
        let moment = prefix::moment(&time).ok_or(Fault::Member { name: "timestamp", wanted: "a moment" })?;
        entry.time = moment.0;
        entry.severity = if severity == "FATAL" { "FATAL" } else { "" };
        self.connections.judge(entry).ok_or(Fault::Nothing)
    }

    fn wants(&mut self, message: &str) -> bool {
        let found = self.line(message.trim_end()).transpose();
        self.ready = found.map(|found| found.map(Login::into_owned));
        self.ready.is_some()
    }

    fn message<'a>(&mut self, _message: &'a str) -> Result<Login<'a>, Fault> {
        match self.ready.take() {
            Some(Ok(login)) => Ok(login),
            Some(Err(broken)) => Err(Fault::Wrong(broken.reason)),
            None => Err(Fault::Nothing),
        }
    }

    fn place<'a>(&self, login: &mut Login<'a>, origin: Origin<'a>) {
        place(login, origin);
    }
}

fn number<T: std::str::FromStr + Default>(text: &str, name: &'static str) -> Result<T, Fault> {
    if text.is_empty() {
        return Ok(T::default());
    }
    text.parse().map_err(|_| Fault::Member { name, wanted: "a number" })
}
