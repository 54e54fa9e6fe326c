//! Errors that botocore does not list: any operation may give them.

use bastide_shape::{ErrorShape, error, errors};

errors! {
    AccessDeniedException = error(400);
    ThrottlingException = error(400);
    ValidationException = error(400);
}

/// All of them.
pub static COMMON: &[&ErrorShape] = &[&AccessDeniedException, &ThrottlingException, &ValidationException];
