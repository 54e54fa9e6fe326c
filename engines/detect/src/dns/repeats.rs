//! The same thing again and again: said at once, then counted and said anew every few minutes.

use std::collections::BTreeMap;

use bastide_finding::Detection;
use bastide_ids::Timestamp;

/// How long what is repeated is only counted: 5 minutes, in milliseconds.
const QUIET: i64 = 300_000;

/// More things than these at a time are not kept apart: all are said, and counting begins again.
const LIMIT: usize = 8192;

/// What was said lately. A bot that asks for its server each second makes a detection every 5 minutes, with a count.
#[derive(Debug, Default)]
pub(crate) struct Repeats {
    said: BTreeMap<u64, Said>,
}

#[derive(Debug)]
struct Said {
    at: i64,
    /// What came since; its count is 0 when nothing did.
    since: Detection,
}

impl Repeats {
    /// It happened, at `time`. `make` says what, and is only asked when it has not been said lately.
    pub(crate) fn hit(
        &mut self,
        key: u64,
        time: Timestamp,
        make: impl FnOnce() -> Detection,
        out: &mut Vec<Detection>,
    ) {
        if let Some(said) = self.said.get_mut(&key) {
            let since = &mut said.since;
            if since.count == 0 {
                since.first = time;
                since.last = time;
            }
            since.count += 1;
            since.first = since.first.min(time);
            since.last = since.last.max(time);
            if time.millis() >= said.at.saturating_add(QUIET) {
                said.flush(time.millis(), out);
            }
            return;
        }
        if self.said.len() >= LIMIT {
            for said in self.said.values_mut() {
                said.flush(time.millis(), out);
            }
            self.said.clear();
        }
        let detection = make();
        out.push(detection.clone());
        self.said.insert(key, Said { at: time.millis(), since: Detection { count: 0, ..detection } });
    }

    /// The log's time has come to `now`.
    pub(crate) fn tick(&mut self, now: Timestamp, out: &mut Vec<Detection>) {
        let now = now.millis();
        self.said.retain(|_, said| {
            if now < said.at.saturating_add(QUIET) {
                return true;
            }
            let more = said.since.count > 0;
            said.flush(now, out);
            more
        });
    }
}

impl Said {
    fn flush(&mut self, now: i64, out: &mut Vec<Detection>) {
        if self.since.count > 0 {
            out.push(self.since.clone());
        }
        self.since.count = 0;
        self.at = now;
    }
}
