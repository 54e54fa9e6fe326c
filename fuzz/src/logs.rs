//! What must hold of the records that are found in any bytes.

use bastide_logs::Rejected;

/// What was found, in order: records and what was put aside.
#[derive(Default)]
pub struct Found {
    records: usize,
    rejected: usize,
    end: usize,
}

impl Found {
    /// Holds a piece that was put aside against the bytes it came from: it is a part of them, and none is given
    /// twice.
    pub fn reject(&mut self, bytes: &[u8], rejected: &Rejected<'_>) {
        let end = rejected.at + rejected.raw.len();
        assert_eq!(bytes.get(rejected.at..end), Some(rejected.raw), "it is where it says");
        assert!(rejected.at >= self.end, "no byte is put aside twice");
        assert!(!rejected.broken.reason.is_empty());
        self.end = end;
        self.rejected += 1;
        self.limit(bytes);
    }

    /// Counts a record.
    pub fn record(&mut self, bytes: &[u8]) {
        self.records += 1;
        self.limit(bytes);
    }

    /// No more is found than there are bytes, or reading would not end.
    fn limit(&self, bytes: &[u8]) {
        assert!(self.records + self.rejected <= bytes.len() + 1);
    }
}
