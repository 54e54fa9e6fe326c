//! The errors that config's operations list.

use bastide_shape::{error, errors};

errors! {
    InvalidLimitException = error(400);
    InvalidNextTokenException = error(400);
    InvalidTimeRangeException = error(400);
    NoAvailableConfigurationRecorderException = error(400);
    ResourceNotDiscoveredException = error(400);
    ValidationException = error(400);
}
