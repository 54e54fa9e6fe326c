//! Decompression, with limits.

use std::io::{self, BufReader, Cursor, Read};

use flate2::bufread::MultiGzDecoder;

/// What a compressed file may become.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes that a file may unpack to.
    pub total: u64,
    /// How many times its own size a file may unpack to, once that is over [`Limits::FREE`]. Logs compress to a tenth
    /// or a thirtieth; a bomb to a thousandth.
    pub ratio: u64,
}

impl Limits {
    /// What a file may unpack to whatever its ratio: 64 MiB.
    pub const FREE: u64 = 64 << 20;
}

impl Default for Limits {
    fn default() -> Self {
        Self { total: 64 << 30, ratio: 250 }
    }
}

/// How a file is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    /// Not at all.
    Plain,
    /// gzip, of one member or several.
    Gzip,
    /// Zstandard, of one frame or several.
    Zstd,
}

impl Packing {
    /// Told by the first bytes of a file.
    #[must_use]
    pub fn of(head: &[u8]) -> Self {
        match head {
            [0x1f, 0x8b, ..] => Self::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Self::Zstd,
            _ => Self::Plain,
        }
    }
}

/// Why unpacking ended early. What came before it stands.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnpackError {
    /// The file ends before its compressed data does.
    #[error("the file is cut off: it ends before its compressed data does")]
    Truncated,
    /// The compressed data is damaged.
    #[error("the compressed data is damaged: {0}")]
    Damaged(String),
    /// It unpacks to more than [`Limits`] allow.
    #[error("it unpacks to more than {0}; no log does that, so the rest is left")]
    Bomb(String),
    /// It could not be read.
    #[error("{0}")]
    Io(String),
}

/// Unpacks a stream.
pub(crate) struct Unpacked {
    inner: Inner,
    limits: Limits,
    given: u64,
    packing: Packing,
}

type Raw = BufReader<Counted>;

enum Inner {
    Plain(Raw),
    Gzip(Box<MultiGzDecoder<Raw>>),
    Zstd(Box<zstd::stream::read::Decoder<'static, Raw>>),
}

/// Bytes of a file that are read at once; small files need less.
const BUFFER: usize = 128 << 10;
const SMALL_BUFFER: usize = 4 << 10;
/// A window of 128 MiB, which is more than any compressor uses unless told to.
const ZSTD_WINDOW_LOG: u32 = 27;

impl Unpacked {
    /// Unpacks `rest`, which begins with `head`. About `size` bytes of it are going to be read.
    pub(crate) fn new(head: Vec<u8>, rest: Box<dyn Read + Send>, limits: Limits, size: usize) -> Self {
        let packing = Packing::of(&head);
        Self::as_packed(packing, head, rest, limits, size)
    }

    /// Takes the middle of a file that is not packed, whatever it looks like.
    pub(crate) fn plain(head: Vec<u8>, rest: Box<dyn Read + Send>, limits: Limits) -> Self {
        Self::as_packed(Packing::Plain, head, rest, limits, BUFFER)
    }

    fn as_packed(
        packing: Packing,
        head: Vec<u8>,
        rest: Box<dyn Read + Send>,
        limits: Limits,
        size: usize,
    ) -> Self {
        let stream = Counted { stream: Cursor::new(head).chain(rest), read: 0 };
        // One more than the file has, to see its end with the same reading.
        let raw = BufReader::with_capacity(size.saturating_add(1).clamp(SMALL_BUFFER, BUFFER), stream);
        let inner = match packing {
            Packing::Plain => Inner::Plain(raw),
            Packing::Gzip => Inner::Gzip(Box::new(MultiGzDecoder::new(raw))),
            Packing::Zstd => match zstd::stream::read::Decoder::with_buffer(raw) {
                Ok(mut decoder) => {
                    // Only refused for numbers out of range.
                    let _ = decoder.window_log_max(ZSTD_WINDOW_LOG);
                    Inner::Zstd(Box::new(decoder))
                }
                Err(_) => Inner::Plain(BufReader::new(Counted {
                    stream: Cursor::new(Vec::new()).chain(Box::new(io::empty())),
                    read: 0,
                })),
            },
        };
        Self { inner, limits, given: 0, packing }
    }

    pub(crate) fn packing(&self) -> Packing {
        self.packing
    }

    /// Compressed bytes that were read so far, for a progress bar.
    pub(crate) fn consumed(&self) -> u64 {
        match &self.inner {
            Inner::Plain(raw) => raw.get_ref().read,
            Inner::Gzip(decoder) => decoder.get_ref().get_ref().read,
            Inner::Zstd(decoder) => decoder.get_ref().get_ref().read,
        }
    }

    /// Adds up to `wanted` bytes to `out`; `Ok(false)` at the end. On an error, what could be read before it was added.
    pub(crate) fn read(&mut self, wanted: usize, out: &mut Vec<u8>) -> Result<bool, UnpackError> {
        let before = out.len();
        let limit = wanted as u64;
        let done = match &mut self.inner {
            Inner::Plain(raw) => raw.take(limit).read_to_end(out),
            Inner::Gzip(decoder) => decoder.take(limit).read_to_end(out),
            Inner::Zstd(decoder) => decoder.take(limit).read_to_end(out),
        };
        let got = (out.len() - before) as u64;
        self.given = self.given.saturating_add(got);
        done.map_err(|error| self.told(&error))?;
        self.bounded()?;
        Ok(got == limit)
    }

    fn bounded(&self) -> Result<(), UnpackError> {
        if self.packing == Packing::Plain {
            return Ok(());
        }
        if self.given > self.limits.total {
            return Err(UnpackError::Bomb(format!("{} bytes", self.limits.total)));
        }
        let most = self.consumed().saturating_mul(self.limits.ratio).max(Limits::FREE);
        if self.given > most {
            return Err(UnpackError::Bomb(format!("{} times its size", self.limits.ratio)));
        }
        Ok(())
    }

    fn told(&self, error: &io::Error) -> UnpackError {
        match (error.kind(), self.packing) {
            (_, Packing::Plain) => UnpackError::Io(error.to_string()),
            (io::ErrorKind::UnexpectedEof, _) => UnpackError::Truncated,
            // zstd says it so; gzip's own words for damage are of these kinds.
            (io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData | io::ErrorKind::Other, _) => {
                if error.to_string().contains("incomplete frame") {
                    return UnpackError::Truncated;
                }
                UnpackError::Damaged(error.to_string())
            }
            _ => UnpackError::Io(error.to_string()),
        }
    }
}

/// A stream that knows how much of it was read.
struct Counted {
    stream: io::Chain<Cursor<Vec<u8>>, Box<dyn Read + Send>>,
    read: u64,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let got = self.stream.read(buffer)?;
        self.read += got as u64;
        Ok(got)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use proptest::prelude::*;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn unpack(bytes: &[u8], limits: Limits) -> (Vec<u8>, Result<(), UnpackError>) {
        let head = bytes[..bytes.len().min(4)].to_vec();
        let rest = bytes[head.len()..].to_vec();
        let mut unpacked = Unpacked::new(head, Box::new(Cursor::new(rest)), limits, bytes.len());
        let mut out = Vec::new();
        loop {
            match unpacked.read(1 << 20, &mut out) {
                Ok(true) => {}
                Ok(false) => return (out, Ok(())),
                Err(error) => return (out, Err(error)),
            }
        }
    }

    #[test]
    fn members_and_frames_are_read_to_the_end() {
        let text = "a line of a log\n".repeat(100_000).into_bytes();
        assert_eq!(unpack(&text, Limits::default()), (text.clone(), Ok(())));
        let both = [gzip(&text), gzip(b"more")].concat();
        assert_eq!(unpack(&both, Limits::default()), ([&text[..], b"more"].concat(), Ok(())));
        let zstd = zstd::encode_all(&text[..], 1).unwrap();
        assert_eq!(unpack(&zstd, Limits::default()), (text, Ok(())));
    }

    #[test]
    fn what_is_cut_off_gives_what_was_readable() {
        let text: Vec<u8> = (0..200_000u32).flat_map(|n| n.to_string().into_bytes()).collect();
        for whole in [gzip(&text), zstd::encode_all(&text[..], 1).unwrap()] {
            let (out, end) = unpack(&whole[..whole.len() / 2], Limits::default());
            assert_eq!(end, Err(UnpackError::Truncated));
            assert!(out.len() > text.len() / 4 && text.starts_with(&out), "{}", out.len());
        }
    }

    #[test]
    fn damage_is_told() {
        let text: Vec<u8> = (0..99_999u32).flat_map(|n| n.to_string().into_bytes()).collect();
        let mut whole = gzip(&text);
        let middle = whole.len() / 2;
        whole[middle] ^= 0x55;
        assert!(matches!(unpack(&whole, Limits::default()).1, Err(UnpackError::Damaged(_))));
    }

    #[test]
    fn bombs_are_left() {
        let zeros = vec![0; 80 << 20];
        let (out, end) = unpack(&gzip(&zeros), Limits::default());
        assert!(matches!(end, Err(UnpackError::Bomb(_))), "{end:?}");
        assert!(out.len() < 70 << 20);
        let small = Limits { total: 1_000, ratio: 250 };
        assert!(matches!(unpack(&gzip(&[b'x'; 2_000]), small).1, Err(UnpackError::Bomb(_))));
    }

    proptest! {
        #[test]
        fn any_bytes_end(bytes in proptest::collection::vec(any::<u8>(), 0..2_000), packing in 0..3u8) {
            let mut bytes = bytes;
            let magic: &[u8] = match packing { 0 => &[], 1 => &[0x1f, 0x8b, 8, 0], _ => &[0x28, 0xb5, 0x2f, 0xfd] };
            bytes.splice(0..0, magic.iter().copied());
            let _ = unpack(&bytes, Limits::default());
        }
    }
}
