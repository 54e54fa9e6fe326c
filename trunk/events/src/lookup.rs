//! Answering look-ups: segments are visited from the newest to the oldest by the time of their newest event,
//! and only as far as the page needs; where their times overlap, their hits are merged.

use std::sync::Arc;

use bastide_ids::{Timestamp, Uuid};
use bytes::Bytes;

use crate::bounds::{Bounds, Hit};
use crate::frame::{Frame, FrameError};
use crate::raw::Raw;
use crate::sealed::{Sealed, SealedHits};
use crate::state::State;
use crate::{Cursor, Event, Found, LogError, Lookup, Position, key};

/// How many bytes of events one read gives out, about.
const READ_BYTES: usize = 8 << 20;
/// How many events of an unsealed segment are read from the disk at once.
const RUN: usize = 64;

/// Answers one page of a look-up. `last` is the newest durable position.
pub(crate) fn find(state: &State, query: &Lookup, last: Position) -> Result<Found, LogError> {
    if let Some(cursor) = &query.resume {
        cursor.check(query)?;
    }
    let bounds = Bounds::new(query, last);
    let mut merge = Merge::new(state, query, bounds);
    let mut found = Found::default();
    while let Some((hit, event)) = merge.next()? {
        // Two keys may share a number, and one event may have both.
        let again = found.events.last().is_some_and(|(position, _)| *position == hit.position);
        if again || !query.matches(&event) {
            continue;
        }
        if let Some((position, event)) = found.events.last().filter(|_| found.events.len() == query.page()) {
            found.next = Some(Cursor::new(query, event.time, *position, bounds.snapshot));
            break;
        }
        found.events.push((hit.position, event));
    }
    Ok(found)
}

/// Whether a sealed segment holds the event with this id.
pub(crate) fn sealed_holds(sealed: &Arc<Sealed>, id: Uuid) -> Result<bool, LogError> {
    let mut hits = sealed.hits(key::of_id(id), Bounds::all())?;
    while let Some(hit) = hits.next()? {
        if sealed.event(hit.ordinal)?.id == id {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether an unsealed segment holds the event with this id.
pub(crate) fn raw_holds(raw: &Raw, id: Uuid) -> Result<bool, LogError> {
    for hit in raw.hits(key::of_id(id), &Bounds::all()) {
        if raw.event(hit.ordinal)?.is_some_and(|event| event.id == id) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The events after a position, in order.
pub(crate) fn read(state: &State, after: Position, limit: usize) -> Result<Vec<(Position, Event)>, LogError> {
    walk(state, after, limit, &|frame, _| frame.record.to_event())
}

/// The bodies of the events after a position, in order; those of unsealed segments are not copied once more.
pub(crate) fn bodies(
    state: &State,
    after: Position,
    limit: usize,
) -> Result<Vec<(Position, Bytes)>, LogError> {
    walk(state, after, limit, &|frame, read| {
        let body = frame.record.body;
        Ok(read.map_or_else(|| Bytes::copy_from_slice(body), |read| read.slice_ref(body)))
    })
}

/// Makes something of a frame; it is given the bytes that the frame lies in, where these can be shared.
type Make<'m, T> = &'m dyn Fn(&Frame<'_>, Option<&Bytes>) -> Result<T, FrameError>;

/// What `make` makes of the frames after a position.
fn walk<T>(
    state: &State,
    after: Position,
    limit: usize,
    make: Make<'_, T>,
) -> Result<Vec<(Position, T)>, LogError> {
    let (mut out, mut bytes) = (Vec::new(), READ_BYTES);
    let full = |out: &Vec<_>, bytes: usize| out.len() >= limit || (bytes == 0 && !out.is_empty());
    for sealed in state.sealed.iter().filter(|sealed| sealed.foot.to > after) {
        if full(&out, bytes) {
            return Ok(out);
        }
        sealed.read_after(after, limit, &mut bytes, &mut out, &|frame| make(frame, None))?;
    }
    for raw in &state.raws {
        let entries = raw.entries_after(after, limit - out.len());
        for run in entries.chunk_by(|one, next| one.end() == next.offset).flat_map(|run| run.chunks(RUN)) {
            if full(&out, bytes) {
                return Ok(out);
            }
            let read = raw.load_run(run)?;
            let mut rest = &*read;
            for entry in run {
                let (this, behind) = rest.split_at_checked(entry.size as usize).unwrap_or_default();
                let frame = raw.frame(this, *entry)?;
                out.push((entry.position, raw.made(make(&frame, Some(&read)), *entry)?));
                bytes = bytes.saturating_sub(frame.size);
                rest = behind;
            }
        }
    }
    Ok(out)
}

/// The hits of all segments in one order.
struct Merge<'q> {
    query: &'q Lookup,
    bounds: Bounds,
    /// Segments not looked into yet, the one with the newest event last.
    closed: Vec<(Timestamp, Segment)>,
    open: Vec<(Hit, Hits)>,
}

enum Segment {
    Raw(Arc<Raw>),
    Sealed(Arc<Sealed>),
}

enum Hits {
    Raw(Arc<Raw>, Vec<Hit>),
    Sealed(SealedHits),
}

impl<'q> Merge<'q> {
    fn new(state: &State, query: &'q Lookup, bounds: Bounds) -> Self {
        let raws = state.raws.iter().filter_map(|raw| Some((raw.times()?, Segment::Raw(Arc::clone(raw)))));
        let sealed = state
            .sealed
            .iter()
            .map(|sealed| ((sealed.foot.oldest, sealed.foot.newest), Segment::Sealed(Arc::clone(sealed))));
        let within =
            |(oldest, newest): (Timestamp, Timestamp)| oldest <= bounds.latest() && newest >= bounds.from;
        let mut closed: Vec<_> = sealed
            .chain(raws)
            .filter(|(times, _)| within(*times))
            .map(|((_, newest), segment)| (newest, segment))
            .collect();
        closed.sort_by_key(|(newest, _)| *newest);
        Self { query, bounds, closed, open: Vec::new() }
    }

    fn next(&mut self) -> Result<Option<(Hit, Event)>, LogError> {
        self.open_what_may_be_newer()?;
        let newest = self.open.iter().enumerate().max_by_key(|(_, (hit, _))| (hit.time, hit.position));
        let Some((index, _)) = newest else {
            return Ok(None);
        };
        let (hit, mut hits) = self.open.swap_remove(index);
        let event = hits.event(hit)?;
        if let Some(next) = hits.next()? {
            self.open.push((next, hits));
        }
        Ok(Some((hit, event)))
    }

    /// Looks into every segment that may hold something newer than the newest hit at hand.
    fn open_what_may_be_newer(&mut self) -> Result<(), LogError> {
        let key = key::of_filter(&self.query.place, &self.query.filter);
        loop {
            let best = self.open.iter().map(|(hit, _)| hit.time).max();
            let next = self.closed.pop_if(|(newest, _)| best.is_none_or(|best| *newest >= best));
            let Some((_, segment)) = next else {
                return Ok(());
            };
            let mut hits = match segment {
                Segment::Raw(raw) => {
                    let hits = raw.hits(key, &self.bounds);
                    Hits::Raw(raw, hits)
                }
                Segment::Sealed(sealed) => Hits::Sealed(sealed.hits(key, self.bounds)?),
            };
            if let Some(first) = hits.next()? {
                self.open.push((first, hits));
            }
        }
    }
}

impl Hits {
    fn next(&mut self) -> Result<Option<Hit>, LogError> {
        match self {
            Self::Raw(_, hits) => Ok(hits.pop()),
            Self::Sealed(hits) => hits.next(),
        }
    }

    fn event(&self, hit: Hit) -> Result<Event, LogError> {
        match self {
            Self::Raw(raw, _) => raw.event(hit.ordinal)?.ok_or(LogError::Closed),
            Self::Sealed(hits) => hits.sealed.event(hit.ordinal),
        }
    }
}
