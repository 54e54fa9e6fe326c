//! Comma-separated values (RFC 4180), lenient in what surrounds quotes.

/// The longest record, in bytes: an open quote doesn't swallow the rest of a file.
const LONGEST: usize = 1 << 20;

/// Records of a text, one after the other, each with its line's number.
pub(super) struct Records<'a> {
    rest: &'a [u8],
    line: u64,
}

/// A record's fields, or why it has none.
pub(super) type Record = Result<Vec<String>, &'static str>;

impl<'a> Records<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, line: 0 }
    }

    /// The bytes of the next record: up to a line's end that is not within quotes.
    fn cut(&mut self) -> Result<&'a [u8], &'static str> {
        let mut quoted = false;
        let mut lines = 0;
        for (index, byte) in self.rest.iter().enumerate().take(LONGEST) {
            match byte {
                b'"' => quoted = !quoted,
                b'\n' if !quoted => {
                    let record = self.rest.get(..index).unwrap_or_default();
                    self.rest = self.rest.get(index + 1..).unwrap_or_default();
                    self.line += lines;
                    return Ok(record);
                }
                b'\n' => lines += 1,
                _ => {}
            }
        }
        if self.rest.len() < LONGEST && !quoted {
            return Ok(std::mem::take(&mut self.rest));
        }
        let end = self.rest.iter().position(|byte| *byte == b'\n').map_or(self.rest.len(), |end| end + 1);
        self.rest = self.rest.get(end..).unwrap_or_default();
        Err("a quote is open, or the record is longer than 1 MiB")
    }
}

impl Iterator for Records<'_> {
    type Item = (u64, Record);

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        self.line += 1;
        let line = self.line;
        let fields = self.cut().and_then(|record| match std::str::from_utf8(record) {
            Ok(record) => Ok(fields(record)),
            Err(_) => Err("not UTF-8"),
        });
        Some((line, fields))
    }
}

fn fields(record: &str) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut quoted = false;
    let mut letters = record.trim_end_matches('\r').chars().peekable();
    while let Some(letter) = letters.next() {
        let Some(field) = all.last_mut() else { break };
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                field.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => all.push(String::new()),
            _ => field.push(letter),
        }
    }
    for field in &mut all {
        let trimmed = field.trim();
        if trimmed.len() != field.len() {
            *field = trimmed.to_owned();
        }
    }
    all
}

/// Where a heading has a column of this name, whatever its case.
pub(super) fn column(heading: &[String], name: &str) -> Option<usize> {
    heading.iter().position(|column| column.eq_ignore_ascii_case(name))
}
