//! All records again, in the order of time.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::path::{Path, PathBuf};

use bastide_ids::Timestamp;
use bastide_logs::Record;

use crate::catalog::Part;
use crate::error::LakeError;
use crate::lake::Lake;
use crate::partition::Kind;
use crate::read::PartReader;

/// A walk over records in the order of time; those of the same time come in an order that depends only on the parts. It
/// may pause, and what is written meanwhile is not part of it; but parts must not be joined.
pub struct Replay {
    root: PathBuf,
    /// Those of days that are still to come, in their order.
    parts: VecDeque<Part>,
    day: Day,
    end: i64,
    rows: u64,
    shown: u64,
}

/// A day of it: only its parts are open.
#[derive(Default)]
struct Day {
    /// Parts are opened when their time comes, so that few are open at once: the next one is the last here.
    closed: Vec<(usize, Part)>,
    open: Vec<Option<PartReader>>,
    next: BinaryHeap<Reverse<(Timestamp, usize)>>,
}

impl Lake {
    /// A walk over the records of the parts from a number on, [`Replay::end`] of an earlier one or
    /// [`Writer::next_part`](crate::Writer::next_part): what was committed since then. From 0 on it is all there is.
    ///
    /// # Errors
    /// [`LakeError`].
    pub fn replay(&self, from: i64) -> Result<Replay, LakeError> {
        let mut parts = self.catalog.parts_from(from)?;
        let end = parts.iter().map(|part| part.id + 1).fold(from, i64::max);
        parts.retain(|part| part.partition.kind != Kind::Rejected);
        let rows = parts.iter().map(|part| part.rows).sum();
        Ok(Replay { root: self.root.clone(), parts: parts.into(), day: Day::default(), end, rows, shown: 0 })
    }
}

impl Replay {
    /// The number after that of its last part.
    #[must_use]
    pub fn end(&self) -> i64 {
        self.end
    }

    /// How many records it has.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// How many of them were shown.
    #[must_use]
    pub fn shown(&self) -> u64 {
        self.shown
    }

    /// Shows all that is left.
    ///
    /// # Errors
    /// As [`Self::show`].
    pub fn show_all(mut self, each: &mut dyn FnMut(&Record<'_>)) -> Result<(), LakeError> {
        while self.show(u64::MAX, each)? {}
        Ok(())
    }

    /// Shows so many records at most. Gives whether there may be more.
    ///
    /// # Errors
    /// [`LakeError`]; what came before it was shown, and who goes on does so without the part that cannot be read.
    pub fn show(&mut self, at_most: u64, each: &mut dyn FnMut(&Record<'_>)) -> Result<bool, LakeError> {
        for _ in 0..at_most {
            self.day.open_due(&self.root)?;
            if self.day.show(each)? {
                self.shown += 1;
            } else if !self.begin_day() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Takes the parts of the next day. Gives whether there is one.
    fn begin_day(&mut self) -> bool {
        let Some(first) = self.parts.front() else { return false };
        let same = self.parts.iter().take_while(|part| part.partition.day == first.partition.day).count();
        let mut closed: Vec<(usize, Part)> = self.parts.drain(..same).enumerate().collect();
        closed.sort_by_key(|(index, part)| Reverse((part.first, *index)));
        let open = closed.iter().map(|_| None).collect();
        self.day = Day { closed, open, next: BinaryHeap::new() };
        true
    }
}

impl Day {
    /// Opens the parts that may have the next record.
    fn open_due(&mut self, root: &Path) -> Result<(), LakeError> {
        let Self { closed, open, next } = self;
        loop {
            let due = |(_, part): &mut (usize, Part)| {
                next.peek().is_none_or(|Reverse((time, _))| part.first <= *time)
            };
            let Some((index, part)) = closed.pop_if(due) else { return Ok(()) };
            let mut reader = PartReader::open(root, &part)?;
            if reader.next()? {
                next.push(Reverse((reader.time(), index)));
                if let Some(slot) = open.get_mut(index) {
                    *slot = Some(reader);
                }
            }
        }
    }

    /// Shows the next record of the open parts. Gives whether there was one.
    fn show(&mut self, each: &mut dyn FnMut(&Record<'_>)) -> Result<bool, LakeError> {
        let Some(Reverse((_, index))) = self.next.pop() else { return Ok(false) };
        let Some(slot) = self.open.get_mut(index) else { return Ok(false) };
        // It comes back unless it fails or is at its end.
        let Some(mut reader) = slot.take() else { return Ok(false) };
        reader.show(each)?;
        if reader.next()? {
            self.next.push(Reverse((reader.time(), index)));
            *slot = Some(reader);
        }
        Ok(true)
    }
}
