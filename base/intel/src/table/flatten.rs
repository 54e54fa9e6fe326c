//! Overlapping ranges of many lists become ranges that don't overlap, each with the set of lists that hold it.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use crate::category::{Categories, Category};
use crate::table::{Sets, SetsBuilder};

/// What addresses are counted in.
pub(crate) trait Number: Copy + Ord {
    /// The next one; `None` after the last.
    fn next(self) -> Option<Self>;
    /// The one before; the first has none.
    fn before(self) -> Option<Self>;
}

impl Number for u32 {
    fn next(self) -> Option<Self> {
        self.checked_add(1)
    }
    fn before(self) -> Option<Self> {
        self.checked_sub(1)
    }
}

impl Number for u128 {
    fn next(self) -> Option<Self> {
        self.checked_add(1)
    }
    fn before(self) -> Option<Self> {
        self.checked_sub(1)
    }
}

/// Addresses from `start` to `end`, both among them, that a list's tag holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Range<T> {
    pub(crate) start: T,
    pub(crate) end: T,
    pub(crate) tag: u32,
}

/// Ranges in order that don't overlap, with the set of each.
#[derive(Debug)]
pub(crate) struct Segments<T>(Vec<Segment<T>>);

/// Addresses from `start` to `end`, both among them, and which lists hold them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Segment<T> {
    pub(crate) start: T,
    pub(crate) end: T,
    pub(crate) set: u32,
}

impl<T> Default for Segments<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Number> Segments<T> {
    fn extend(&mut self, start: T, end: T, set: u32) {
        match self.0.last_mut() {
            Some(last) if last.set == set && last.end.next() == Some(start) => last.end = end,
            _ => self.push(Segment { start, end, set }),
        }
    }

    pub(crate) fn push(&mut self, segment: Segment<T>) {
        self.0.push(segment);
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Segment<T>> {
        self.0.iter()
    }

    /// The set of a value, looked for among the segments from `from` to before `to`, and the one before these.
    pub(crate) fn find(&self, value: T, from: usize, to: usize) -> u32 {
        let Some(segments) = self.0.get(from..to) else { return Sets::NONE };
        let after = from + segments.partition_point(|segment| segment.start <= value);
        match after.checked_sub(1).and_then(|index| self.0.get(index)) {
            Some(segment) if value <= segment.end => segment.set,
            _ => Sets::NONE,
        }
    }

    pub(crate) fn memory(&self) -> usize {
        self.0.capacity() * size_of::<Segment<T>>()
    }
}

/// Goes over the ranges in order, and tells a segment at each place where the set of lists changes.
/// n log n, also where all ranges overlap: of a set only its first members are told.
pub(crate) fn flatten<T: Number>(mut ranges: Vec<Range<T>>, sets: &mut SetsBuilder) -> Segments<T> {
    ranges.sort_unstable();
    ranges.dedup();
    let mut out = Segments::default();
    let mut open = Open::default();
    let mut ranges = ranges.into_iter().peekable();
    // Where what is open has been told to.
    let mut told: Option<T> = None;
    loop {
        match (ranges.peek().copied(), open.first_end()) {
            (Some(range), None) => {
                told = Some(range.start);
                open.push(range, sets);
                ranges.next();
            }
            (Some(range), Some(end)) if range.start <= end => {
                if let (Some(from), Some(until)) = (told, range.start.before())
                    && from <= until
                {
                    out.extend(from, until, open.set(sets));
                }
                told = Some(range.start);
                open.push(range, sets);
                ranges.next();
            }
            (_, Some(end)) => {
                if let Some(from) = told
                    && from <= end
                {
                    out.extend(from, end, open.set(sets));
                }
                told = end.next();
                open.close(end, sets);
            }
            (None, None) => break,
        }
    }
    out.0.shrink_to_fit();
    out
}

/// The ranges that hold the place that the sweep has come to.
struct Open<T> {
    ends: BinaryHeap<Reverse<(T, u32)>>,
    tags: BTreeMap<u32, u32>,
    categories: [u32; Category::ALL.len()],
}

impl<T: Number> Default for Open<T> {
    fn default() -> Self {
        Self { ends: BinaryHeap::new(), tags: BTreeMap::new(), categories: [0; Category::ALL.len()] }
    }
}

impl<T: Number> Open<T> {
    fn first_end(&self) -> Option<T> {
        self.ends.peek().map(|Reverse((end, _))| *end)
    }

    fn push(&mut self, range: Range<T>, sets: &SetsBuilder) {
        self.ends.push(Reverse((range.end, range.tag)));
        *self.tags.entry(range.tag).or_default() += 1;
        if let Some(count) = self.count(range.tag, sets) {
            *count += 1;
        }
    }

    fn close(&mut self, end: T, sets: &SetsBuilder) {
        while let Some(Reverse((first, tag))) = self.ends.peek().copied()
            && first == end
        {
            self.ends.pop();
            if let Some(count) = self.tags.get_mut(&tag) {
                *count -= 1;
                if *count == 0 {
                    self.tags.remove(&tag);
                }
            }
            if let Some(count) = self.count(tag, sets) {
                *count -= 1;
            }
        }
    }

    fn count(&mut self, tag: u32, sets: &SetsBuilder) -> Option<&mut u32> {
        self.categories.get_mut(sets.category(tag)? as usize)
    }

    fn set(&self, sets: &mut SetsBuilder) -> u32 {
        let mut categories = Categories::NONE;
        for (category, count) in Category::ALL.into_iter().zip(self.categories) {
            if count > 0 {
                categories = categories.with(Categories::of(&[category]));
            }
        }
        sets.set(self.tags.keys().copied(), categories)
    }
}
