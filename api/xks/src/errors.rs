//! The errors of the specification, with their HTTP statuses.

use bastide_shape::{error, errors};

errors! {
    AccessDeniedException = error(403);
    AuthenticationFailedException = error(401);
    DependencyTimeoutException = error(503);
    InternalException = error(500);
    InvalidCiphertextException = error(400);
    InvalidKeyUsageException = error(400);
    InvalidStateException = error(400);
    InvalidUriPathException = error(404);
    KeyNotFoundException = error(404);
    ThrottlingException = error(429);
    UnsupportedOperationException = error(501);
    ValidationException = error(400);
}
