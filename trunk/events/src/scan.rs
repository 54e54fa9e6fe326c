//! Recovery: finding the events of an unsealed segment after a stop of any kind.
//!
//! A crash may leave a torn write at the end: frames cut short, or pages of one write missing while later
//! pages of it are there. None of that was acknowledged, so it is dropped, and said. Every frame names the
//! last position that was durable when it was written; where a frame is broken and a later one names its
//! position as durable, that was acknowledged and is *damage*: it is reported as lost, and what follows is
//! kept.

use std::io;
use std::ops::Range;
use std::path::Path;

use crate::disk::DiskFile;
use crate::frame::{self, Frame, FrameError};
use crate::raw::{Entry, HEAD, Index};
use crate::{LogError, Position, key};

/// How much is read at once.
const WINDOW: usize = 1 << 18;
/// How much is compared with zeros at once.
const ZEROS: usize = 1 << 14;

/// What a scan found.
pub(crate) struct Scan {
    pub(crate) index: Index,
    /// Where the next frame goes.
    pub(crate) end: u64,
    /// The position after the last event.
    pub(crate) next: Position,
    /// Bytes at the end that are no acknowledged event.
    pub(crate) torn: Option<Range<u64>>,
    /// What was acknowledged and is broken: bytes, and the positions that were there.
    pub(crate) damaged: Vec<(Range<u64>, Range<Position>)>,
}

/// Reads an unsealed segment from its first frame on. `until` is where the segment after it begins: frames
/// from there on were never acknowledged, and those before it all were.
pub(crate) fn scan(
    file: &dyn DiskFile,
    path: &Path,
    base: Position,
    until: Option<Position>,
) -> Result<Scan, LogError> {
    let failed = |error| LogError::io("read", path, error);
    let size = file.size().map_err(failed)?;
    let mut window = Window { file, size, start: HEAD as u64, buffer: Vec::new(), used: 0 };
    let mut scan =
        Scan { index: Index::default(), end: HEAD as u64, next: base, torn: None, damaged: Vec::new() };
    loop {
        match window.frame().map_err(failed)? {
            Ok(frame) if frame.position == scan.next && until.is_none_or(|until| scan.next < until) => {
                let size = frame.size;
                scan.take(&frame);
                window.used += size;
            }
            _ => {
                if window.only_zeros().map_err(failed)? {
                    scan.stop(&[], until);
                    return Ok(scan);
                }
                let rest = window.rest().map_err(failed)?;
                match scan.stop(&rest, until) {
                    Some(skip) => window.restart(scan.end, &rest, skip),
                    None => return Ok(scan),
                }
            }
        }
    }
}

impl Scan {
    fn take(&mut self, frame: &Frame<'_>) {
        let size = u32::try_from(frame.size).unwrap_or(u32::MAX);
        let entry = Entry { position: frame.position, time: frame.record.time, offset: self.end, size };
        self.index.push(entry, key::of_record(&frame.record));
        self.end += frame.size as u64;
        self.next = frame.position.next();
    }

    /// Decides what the bytes are that follow the last good frame. Gives how many to skip where the events
    /// go on after damage, `None` where they end.
    fn stop(&mut self, rest: &[u8], until: Option<Position>) -> Option<usize> {
        let used = rest.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        let rest = rest.get(..used).unwrap_or_default();
        let whole = self.end..self.end + used as u64;
        let limit = until.unwrap_or(Position(u64::MAX));
        let later: Vec<_> = later_frames(rest, self.next, limit).collect();
        let acknowledged = later.iter().any(|(_, frame)| frame.durable >= self.next);
        if let Some((skip, frame)) = later.first().filter(|_| acknowledged || until.is_some()) {
            // What the next segment follows was acknowledged too.
            self.damaged.push((self.end..self.end + *skip as u64, self.next..frame.position));
            self.end += *skip as u64;
            self.next = frame.position;
            return Some(*skip);
        }
        match until {
            Some(until) if self.next < until => {
                self.damaged.push((whole, self.next..until));
                self.next = until;
            }
            _ if used > 0 => self.torn = Some(whole),
            _ => {}
        }
        None
    }
}

/// The whole frames anywhere in these bytes with a position from `from` on and before `limit`.
fn later_frames(bytes: &[u8], from: Position, limit: Position) -> impl Iterator<Item = (usize, Frame<'_>)> {
    // A position further on than there are bytes for is chance, not a frame.
    let most = from.0.saturating_add((bytes.len() / frame::HEADER) as u64).min(limit.0.saturating_sub(1));
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < bytes.len() {
            let here = at;
            let rest = bytes.get(here..)?;
            at += 1;
            let position = frame::declared_position(rest)?;
            if (from.0..=most).contains(&position.0)
                && let Ok(frame) = frame::decode(rest)
            {
                at = here + frame.size;
                return Some((here, frame));
            }
        }
        None
    })
}

/// A part of the file in memory that moves along.
struct Window<'f> {
    file: &'f dyn DiskFile,
    size: u64,
    /// Where the buffer starts in the file.
    start: u64,
    buffer: Vec<u8>,
    /// Bytes of the buffer that are done with.
    used: usize,
}

impl Window<'_> {
    /// The frame that is next.
    fn frame(&mut self) -> io::Result<Result<Frame<'_>, FrameError>> {
        self.ensure(frame::HEADER)?;
        match frame::size(self.ahead()) {
            Ok(size) => self.ensure(size)?,
            Err(error) => return Ok(Err(error)),
        }
        Ok(frame::decode(self.ahead()))
    }

    fn ahead(&self) -> &[u8] {
        self.buffer.get(self.used..).unwrap_or_default()
    }

    /// Reads on until this many bytes are ahead, or the file ends.
    fn ensure(&mut self, bytes: usize) -> io::Result<()> {
        if self.ahead().len() >= bytes {
            return Ok(());
        }
        self.read_on(bytes.max(WINDOW))
    }

    fn read_on(&mut self, bytes: usize) -> io::Result<()> {
        self.buffer.drain(..self.used);
        self.start += self.used as u64;
        self.used = 0;
        let have = self.buffer.len();
        let from = self.start + have as u64;
        let left = usize::try_from(self.size.saturating_sub(from)).unwrap_or(usize::MAX);
        self.buffer.resize(have + left.min(bytes), 0);
        self.file.read_at(self.buffer.get_mut(have..).unwrap_or_default(), from)
    }

    /// Whether nothing is ahead but space written ahead of time. Does not move.
    fn only_zeros(&self) -> io::Result<bool> {
        let mut at = self.start + self.used as u64;
        let (mut buffer, zeros) = (vec![0; ZEROS], [0; ZEROS]);
        while at < self.size {
            let left = usize::try_from(self.size - at).unwrap_or(ZEROS);
            let now = buffer.get_mut(..left.min(ZEROS)).unwrap_or_default();
            self.file.read_at(now, at)?;
            // Compared as a whole: that is many times faster than byte by byte.
            if zeros.get(..now.len()) != Some(&*now) {
                return Ok(false);
            }
            at += now.len() as u64;
        }
        Ok(true)
    }

    /// All that is ahead, to the end of the file.
    fn rest(&mut self) -> io::Result<Vec<u8>> {
        self.read_on(usize::MAX)?;
        Ok(std::mem::take(&mut self.buffer))
    }

    /// Goes on within what [`Window::rest`] gave.
    fn restart(&mut self, at: u64, rest: &[u8], skip: usize) {
        self.start = at;
        self.buffer = rest.get(skip..).unwrap_or_default().to_vec();
        self.used = 0;
    }
}
