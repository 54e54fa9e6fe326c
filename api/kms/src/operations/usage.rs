//! Operations: when a key was last used.

use bastide_shape::{Access, operation, operations, target};

use crate::{errors::*, shapes::*};

operations! {
    GetKeyLastUsage = operation(Access::Read)
        .input(&GetKeyLastUsageRequest)
        .output(&GetKeyLastUsageResponse)
        .errors(&[
            &DependencyTimeoutException, &InvalidArnException, &KMSInternalException, &NotFoundException,
        ])
        .on(&[target("key", "KeyId")]);
}
