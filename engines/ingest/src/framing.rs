//! Where records of a text end: at lines' ends, or within one JSON document.

/// How records stand in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    /// Each line is for itself.
    Lines,
    /// One JSON document holds all: `{"Records": […]}`, an array, or objects over several lines.
    Document,
}

impl Framing {
    /// Told by the first bytes of a file.
    pub(crate) fn of(head: &[u8]) -> Self {
        let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
        match text.first() {
            Some(b'[') => Self::Document,
            Some(b'{') if wraps(text) => Self::Document,
            Some(b'{') => match memchr::memchr(b'\n', text).and_then(|end| text.get(..end)) {
                Some(line) if !balanced(line) => Self::Document,
                _ => Self::Lines,
            },
            _ => Self::Lines,
        }
    }
}

/// Whether an object's first member is a list of records.
fn wraps(text: &[u8]) -> bool {
    let inside = text.get(1..).unwrap_or_default().trim_ascii_start();
    [&b"\"Records\""[..], b"\"records\"", b"\"Events\""].iter().any(|name| inside.starts_with(name))
}

fn balanced(line: &[u8]) -> bool {
    let mut scan = Scan::default();
    line.iter().for_each(|byte| scan.step(*byte));
    scan.depth == 0 && !scan.quoted
}

/// Where a walk over JSON stands.
#[derive(Clone, Copy, Debug, Default)]
struct Scan {
    depth: u32,
    quoted: bool,
    escaped: bool,
}

impl Scan {
    fn step(&mut self, byte: u8) {
        if self.quoted {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => self.quoted = false,
                _ => {}
            }
            return;
        }
        match byte {
            b'"' => self.quoted = true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
    }
}

/// Cuts a long document into short ones of the same form, between elements of its list.
#[derive(Debug, Default)]
pub(crate) struct Splitter {
    /// How long what stands before the first element is, such as `{"Records":[`; each part begins with it.
    opening: usize,
    depth: u32,
}

impl Splitter {
    /// Documents up to this are not cut.
    pub(crate) const STEP: usize = 8 << 20;
    /// Elements may be this long together without an end between them.
    const LONGEST: usize = 256 << 20;

    /// Takes the elements that end within `carry` out of it, as a document; none if none end. What is left, which
    /// begins as the document does, stands in `rest` before it becomes the carry.
    pub(crate) fn cut(&mut self, carry: &mut Vec<u8>, rest: &mut Vec<u8>) -> Result<Vec<u8>, String> {
        if self.opening == 0 {
            self.opening = opening(carry).ok_or("the document has no list of records near its beginning")?;
            self.depth = depth(carry.get(..self.opening).unwrap_or_default());
        }
        let Some(cut) = last_comma(carry, self.opening, self.depth) else {
            if carry.len() > Self::LONGEST {
                return Err(format!("a record of more than {} bytes", Self::LONGEST));
            }
            return Ok(Vec::new());
        };
        rest.extend_from_slice(carry.get(..self.opening).unwrap_or_default());
        rest.extend_from_slice(carry.get(cut + 1..).unwrap_or_default());
        let mut part = std::mem::replace(carry, std::mem::take(rest));
        part.truncate(cut);
        // The opening is `{"Records":[` or `[`: what closes it follows from its depth.
        part.push(b']');
        part.extend(std::iter::repeat_n(b'}', self.depth.saturating_sub(1) as usize));
        Ok(part)
    }
}

/// The last comma from a place on that stands at this depth, which is that place's: it ends an element.
fn last_comma(text: &[u8], start: usize, depth: u32) -> Option<usize> {
    let (mut at, mut here, mut comma) = (start, depth, None);
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' => at += string(text.get(at + 1..).unwrap_or_default()),
            b'{' | b'[' => here += 1,
            b'}' | b']' => here = here.saturating_sub(1),
            b',' if here == depth => comma = Some(at),
            _ => {}
        }
        at += 1;
    }
    comma
}

/// The bytes of a string and of the quote at its end, behind the one at its beginning. All there are, where it doesn't
/// end.
fn string(text: &[u8]) -> usize {
    let mut at = 0;
    loop {
        // Eight bytes at a time, up to ones that count.
        while let Some(word) = text.get(at..).and_then(<[u8]>::first_chunk) {
            let word = u64::from_le_bytes(*word);
            let found = zeros(word ^ QUOTES) | zeros(word ^ SLASHES);
            at += found.trailing_zeros() as usize / 8;
            if found != 0 {
                break;
            }
        }
        match text.get(at) {
            Some(b'"') => return at + 1,
            Some(b'\\') => at += 2,
            Some(_) => at += 1,
            None => return text.len(),
        }
    }
}

/// A word of eight ones.
const SAME: u64 = 0x0101_0101_0101_0101;
const QUOTES: u64 = SAME * 0x22;
const SLASHES: u64 = SAME * 0x5c;

/// The highest bit of each byte that is zero, at least up to the first; none where no byte is.
fn zeros(word: u64) -> u64 {
    word.wrapping_sub(SAME) & !word & (SAME << 7)
}

/// Where the first element of the list of records begins: behind the first `[` outside of strings.
fn opening(text: &[u8]) -> Option<usize> {
    let mut scan = Scan::default();
    text.iter()
        .take(1 << 20)
        .position(|byte| {
            let found = *byte == b'[' && !scan.quoted;
            scan.step(*byte);
            found
        })
        .map(|index| index + 1)
}

fn depth(text: &[u8]) -> u32 {
    let mut scan = Scan::default();
    text.iter().for_each(|byte| scan.step(*byte));
    scan.depth
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The same, a byte at a time.
    fn last_comma_slowly(text: &[u8], start: usize, depth: u32) -> Option<usize> {
        let mut scan = Scan { depth, ..Scan::default() };
        let mut comma = None;
        for (index, byte) in text.iter().enumerate().skip(start) {
            if *byte == b',' && scan.depth == depth && !scan.quoted {
                comma = Some(index);
            }
            scan.step(*byte);
        }
        comma
    }

    proptest! {
        #[test]
        fn commas_are_found_whatever_stands_around(
            pieces in proptest::collection::vec("[a-z\"\\\\{}\\[\\], ü]{0,12}", 0..30), start in 0..20_usize,
        ) {
            let text = pieces.concat();
            prop_assert_eq!(
                last_comma(text.as_bytes(), start, 2),
                last_comma_slowly(text.as_bytes(), start, 2)
            );
        }
    }

    #[test]
    fn files_tell_their_framing() {
        for document in
            [r#"{"Records":[{"a":1}]}"#, "\u{feff}\n [\n{}]", "{\n \"Records\": []}", "{\n \"eventID\": 1\n}"]
        {
            assert_eq!(Framing::of(document.as_bytes()), Framing::Document, "{document}");
        }
        for lines in ["", "2 123 eni", "{\"a\":1}", "{\"a\":\"{\"}\n{\"b\":2}\n", "{\"kind\":\"Event\"}\n"] {
            assert_eq!(Framing::of(lines.as_bytes()), Framing::Lines, "{lines}");
        }
    }
}
