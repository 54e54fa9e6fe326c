//! The errors that sts's operations list.

use bastide_shape::{error, errors};

errors! {
    ExpiredTokenException = error(400);
    InvalidAuthorizationMessageException = error(400);
    MalformedPolicyDocumentException = error(400).coded("MalformedPolicyDocument");
    PackedPolicyTooLargeException = error(400).coded("PackedPolicyTooLarge");
    RegionDisabledException = error(403);
}
