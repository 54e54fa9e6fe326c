//! The tables that entries lie in: made for millions, built once.

mod flatten;
mod names;
mod sets;
mod v4;
mod v6;

pub(crate) use flatten::{Range, Segment, Segments, flatten};
pub(crate) use names::{Names, NamesBuilder};
pub(crate) use sets::{Sets, SetsBuilder};
pub(crate) use v4::V4;
pub(crate) use v6::V6;
