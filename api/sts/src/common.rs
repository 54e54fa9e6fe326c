//! Errors that botocore does not list: any operation may give them.

use bastide_shape::{ErrorShape, error, errors};

errors! {
    AccessDenied = error(403);
    InvalidParameterValue = error(400);
    Throttling = error(400);
    ValidationError = error(400);
}

/// All of them.
pub static COMMON: &[&ErrorShape] = &[&AccessDenied, &InvalidParameterValue, &Throttling, &ValidationError];
