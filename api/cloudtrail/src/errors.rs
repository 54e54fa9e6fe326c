//! The errors that cloudtrail's operations list.

use bastide_shape::{error, errors};

errors! {
    InvalidEventCategoryException = error(400);
    InvalidLookupAttributesException = error(400);
    InvalidMaxResultsException = error(400);
    InvalidNextTokenException = error(400);
    InvalidTimeRangeException = error(400);
    OperationNotPermittedException = error(400);
    UnsupportedOperationException = error(400);
}
