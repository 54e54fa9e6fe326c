//! Operations: events.

use bastide_shape::{Access, operation, operations};

use crate::{errors::*, shapes::*};

operations! {
    LookupEvents = operation(Access::Read)
        .input(&LookupEventsRequest)
        .output(&LookupEventsResponse)
        .errors(&[
            &InvalidEventCategoryException, &InvalidLookupAttributesException, &InvalidMaxResultsException,
            &InvalidNextTokenException, &InvalidTimeRangeException, &OperationNotPermittedException,
            &UnsupportedOperationException,
        ]);
}
