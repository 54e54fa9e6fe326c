//! Lines of text, with those that are not UTF-8 put aside.

use crate::Broken;
use crate::walk::Rejected;

/// Lines of bytes, without their ends.
#[derive(Clone, Debug)]
pub(crate) struct Lines<'a> {
    bytes: &'a [u8],
    /// The part of `bytes` from `base` on that is UTF-8.
    text: &'a str,
    base: usize,
    /// Where the next line begins, in `text`.
    at: usize,
}

impl<'a> Lines<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        let mut lines = Self { bytes, text: "", base: 0, at: 0 };
        lines.window(if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 });
        lines
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

    /// The next line and where it begins; a line that is not UTF-8 is rejected.
    #[inline]
    pub(crate) fn next(&mut self) -> Option<Result<(&'a str, usize), Rejected<'a>>> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let at = self.base + self.at;
        if let Some(end) = memchr::memchr(b'\n', rest.as_bytes()) {
            self.at += end + 1;
            return Some(Ok((rest.get(..end).unwrap_or_default(), at)));
        }
        let cut = self.base + self.text.len();
        if cut < self.bytes.len() {
            return Some(Err(self.invalid(at, cut)));
        }
        self.at = self.text.len();
        if rest.is_empty() { None } else { Some(Ok((rest, at))) }
    }

    /// A line that was given, with the lines that follow while a quote is open in it; the line alone when the quote
    /// does not end within `most` bytes.
    pub(crate) fn whole_quoted(&mut self, line: &'a str, at: usize, most: usize) -> &'a str {
        let start = at.saturating_sub(self.base);
        let rest = self.text.get(start..).unwrap_or_default();
        let mut open = false;
        for (index, byte) in rest.bytes().enumerate().take(most) {
            match byte {
                b'"' => open = !open,
                b'\n' if !open => {
                    self.at = start + index + 1;
                    return rest.get(..index).unwrap_or(line);
                }
                _ => {}
            }
        }
        if !open && rest.len() <= most {
            self.at = self.text.len();
            return rest;
        }
        line
    }

    /// The line from `start` on, whose byte at `cut` is not UTF-8.
    #[cold]
    fn invalid(&mut self, start: usize, cut: usize) -> Rejected<'a> {
        let after = self.bytes.get(cut..).unwrap_or_default();
        let end = memchr::memchr(b'\n', after).map_or(self.bytes.len(), |end| cut + end);
        let raw = self.bytes.get(start..end).unwrap_or_default();
        self.window((end + 1).min(self.bytes.len()));
        let broken = Broken { reason: format!("byte {cut}: not UTF-8") };
        Rejected { raw, at: start, broken, foreign: false }
    }
}
