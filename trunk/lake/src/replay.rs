//! All records again, in the order of time.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use bastide_ids::Timestamp;
use bastide_logs::Record;

use crate::catalog::Part;
use crate::error::LakeError;
use crate::lake::Lake;
use crate::partition::Kind;
use crate::read::PartReader;

impl Lake {
    /// Shows all records from a moment on, in the order of time; those of the same time in an order that depends only
    /// on the parts.
    ///
    /// # Errors
    /// [`LakeError`]; what came before it was shown.
    pub fn replay(
        &self,
        from: Option<Timestamp>,
        each: &mut dyn FnMut(&Record<'_>),
    ) -> Result<(), LakeError> {
        let mut parts = self.parts()?;
        parts.retain(|part| {
            part.partition.kind != Kind::Rejected && from.is_none_or(|from| part.last >= from)
        });
        // A day at a time: only its parts are open.
        for day in parts.chunk_by(|a, b| a.partition.day == b.partition.day) {
            self.replay_day(day, from, each)?;
        }
        Ok(())
    }

    /// Shows the records of the parts from a number on, as [`Self::replay`] shows all: what a writer has committed since
    /// [`Writer::next_part`](crate::Writer::next_part) gave that number.
    ///
    /// # Errors
    /// [`LakeError`]; what came before it was shown.
    pub fn replay_parts(&self, from: i64, each: &mut dyn FnMut(&Record<'_>)) -> Result<(), LakeError> {
        let mut parts = self.catalog.parts_from(from)?;
        parts.retain(|part| part.partition.kind != Kind::Rejected);
        for day in parts.chunk_by(|a, b| a.partition.day == b.partition.day) {
            self.replay_day(day, None, each)?;
        }
        Ok(())
    }

    fn replay_day(
        &self,
        parts: &[Part],
        from: Option<Timestamp>,
        each: &mut dyn FnMut(&Record<'_>),
    ) -> Result<(), LakeError> {
        // Parts are opened when their time comes, so that few are open at once.
        let mut closed: Vec<(usize, &Part)> = parts.iter().enumerate().collect();
        closed.sort_by_key(|(index, part)| Reverse((part.first, *index)));
        let mut open: Vec<Option<PartReader>> = parts.iter().map(|_| None).collect();
        let mut next: BinaryHeap<Reverse<(Timestamp, usize)>> = BinaryHeap::new();
        loop {
            while let Some((index, part)) = closed.last()
                && next.peek().is_none_or(|Reverse((time, _))| part.first <= *time)
            {
                let mut reader = PartReader::open(&self.root, part)?;
                if reader.next()? {
                    next.push(Reverse((reader.time(), *index)));
                    if let Some(slot) = open.get_mut(*index) {
                        *slot = Some(reader);
                    }
                }
                closed.pop();
            }
            let Some(Reverse((time, index))) = next.pop() else { return Ok(()) };
            let Some(slot) = open.get_mut(index) else { return Ok(()) };
            let Some(reader) = slot else { return Ok(()) };
            if from.is_none_or(|from| time >= from) {
                reader.show(each)?;
            }
            if reader.next()? {
                next.push(Reverse((reader.time(), index)));
            } else {
                *slot = None;
            }
        }
    }
}
