//! Errors that botocore does not list: any operation may give them.

use bastide_shape::{ErrorShape, error, errors};

errors! {
    ThrottlingException = error(429);
}

/// All of them.
pub static COMMON: &[&ErrorShape] = &[&ThrottlingException];
