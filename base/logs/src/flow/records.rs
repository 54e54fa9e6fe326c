//! The flow records of a file or of messages.

use bastide_ids::Timestamp;

use super::columns::fill;
use super::{Columns, Flow, parse};
use crate::json::{Fault, Scan};
use crate::lines::Lines;
use crate::walk::{self, Format, Origin, Rejected};

/// The flow records in a piece of text: lines, with headers or without, or CloudWatch Logs' envelopes around them.
#[derive(Debug)]
pub struct Records<'a> {
    reader: Reader<'a>,
}

#[derive(Debug)]
enum Reader<'a> {
    Lines(Lines<'a>, FlowLog, Origin<'a>),
    Envelopes(Box<walk::Records<'a, FlowLog>>),
}

/// What is known of a flow log.
#[derive(Debug)]
pub(crate) struct FlowLog {
    columns: Columns,
}

impl<'a> Records<'a> {
    /// The records in these bytes. `columns` is the format until a header says otherwise; without one it is the
    /// default format.
    #[must_use]
    pub fn new(bytes: &'a [u8], columns: Option<Columns>, origin: Origin<'a>) -> Self {
        let log = FlowLog { columns: columns.unwrap_or_default() };
        let reader = match bytes.trim_ascii_start().first() {
            Some(b'{' | b'[') => Reader::Envelopes(Box::new(walk::Records::with(bytes, log).from(origin))),
            _ => Reader::Lines(Lines::new(bytes), log, origin),
        };
        Self { reader }
    }

    /// The columns as the last header said, for the log's next bytes.
    #[must_use]
    pub fn finish(self) -> Columns {
        match self.reader {
            Reader::Lines(_, log, _) => log.columns,
            Reader::Envelopes(records) => records.into_format().columns,
        }
    }

    /// Shows all records, and text that is none.
    pub fn each(&mut self, each: &mut dyn FnMut(Result<&Flow<'_>, Rejected<'_>>)) {
        match &mut self.reader {
            Reader::Lines(lines, log, origin) => of_lines(lines, log, *origin, each),
            Reader::Envelopes(records) => {
                while let Some(record) = records.read() {
                    match record {
                        Ok(flow) => each(Ok(&flow)),
                        Err(rejected) => each(Err(rejected)),
                    }
                }
            }
        }
    }
}

fn of_lines<'a>(
    lines: &mut Lines<'a>,
    log: &mut FlowLog,
    origin: Origin<'a>,
    each: &mut dyn FnMut(Result<&Flow<'_>, Rejected<'_>>),
) {
    while let Some(next) = lines.next() {
        let (line, at) = match next {
            Ok(found) => found,
            Err(rejected) => {
                each(Err(rejected));
                continue;
            }
        };
        let text = message(line);
        if text.is_empty() || log.is_header(text) {
            continue;
        }
        // It is large, and is shown where it is made.
        let mut flow = Flow::default();
        match fill(&mut flow, text, &log.columns, origin) {
            Ok(()) => each(Ok(&flow)),
            Err(broken) => each(Err(Rejected { raw: line.as_bytes(), at, broken, foreign: false })),
        }
    }
}

impl FlowLog {
    /// Takes over the columns of a header.
    #[inline]
    fn is_header(&mut self, line: &str) -> bool {
        if !line.as_bytes().first().is_some_and(u8::is_ascii_lowercase) {
            return false;
        }
        let header = Columns::of_header(line);
        let found = header.is_some();
        if let Some(columns) = header {
            self.columns = columns;
        }
        found
    }
}

/// A line without the time that CloudWatch Logs' exports write before it, and without spaces at its ends.
#[inline]
fn message(line: &str) -> &str {
    let line = line.trim_ascii();
    if line.as_bytes().get(10) != Some(&b'T') {
        return line;
    }
    match line.split_once(' ') {
        Some((time, rest)) if crate::time::iso8601(time).is_some() => rest.trim_ascii_start(),
        _ => line,
    }
}

impl Format for FlowLog {
    type Record<'b> = Flow<'b>;

    fn record<'b>(&mut self, scan: &mut Scan<'b>) -> Result<Flow<'b>, Fault> {
        let mut first = true;
        scan.open()?;
        while let Some(key) = scan.key(&mut first)? {
            match key {
                "logEvents" | "events" | "message" => return Err(Fault::Holder(scan.at())),
                _ => scan.skip_value()?,
            }
        }
        Err(Fault::Foreign("an object without messages"))
    }

    fn wants(&mut self, line: &str) -> bool {
        !self.is_header(line)
    }

    fn message<'b>(&mut self, line: &'b str) -> Result<Flow<'b>, Fault> {
        let found = parse(line.trim_ascii(), &self.columns, Origin::default());
        found.map_err(|broken| Fault::Wrong(broken.reason))
    }

    fn place<'b>(&self, flow: &mut Flow<'b>, origin: Origin<'b>) {
        if flow.account.is_empty() {
            flow.account = origin.account;
        }
        if flow.region.is_empty() {
            flow.region = origin.region;
        }
        if flow.start == Timestamp::default() {
            (flow.start, flow.end) = (origin.time, origin.time);
        }
    }
}
