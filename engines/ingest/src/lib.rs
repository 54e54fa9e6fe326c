//! From files of logs to records: walking, unpacking, cutting, parsing; in order, and each record once.

mod first_time;
mod framing;
mod ordered;
mod parse;
mod place;
mod reader;
mod run;
mod source;
mod state;
mod unpack;
mod whole;

pub use bastide_lake::{FileHead, FileState, Kind};
pub use place::Place;
pub use reader::Problem;
pub use run::{Options, Pass, PassError, Piece, Progress, Sink, pass};
pub use source::{Choice, Item, Local, Source, SourceError, Stdin, split_pattern};
pub use state::Remembered;
pub use unpack::{Limits, Packing, UnpackError};
pub use whole::{Looked, Whole};
