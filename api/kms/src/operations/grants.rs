//! Operations: grants.

use bastide_shape::{Access, operation, operations, target};

use crate::{errors::*, shapes::*};

operations! {
    CreateGrant = operation(Access::Permissions)
        .input(&CreateGrantRequest)
        .output(&CreateGrantResponse)
        .errors(&[
            &DependencyTimeoutException, &DisabledException, &DryRunOperationException, &InvalidArnException,
            &InvalidGrantTokenException, &KMSInternalException, &KMSInvalidStateException,
            &LimitExceededException, &NotFoundException,
        ])
        .on(&[target("shared-key", "KeyId")])
        .unrecorded(&["GrantTokens"]);
    ListGrants = operation(Access::List)
        .input(&ListGrantsRequest)
        .output(&ListGrantsResponse)
        .errors(&[
            &DependencyTimeoutException, &InvalidArnException, &InvalidGrantIdException,
            &InvalidMarkerException, &KMSInternalException, &KMSInvalidStateException, &NotFoundException,
        ])
        .on(&[target("shared-key", "KeyId")]);
    ListRetirableGrants = operation(Access::List)
        .input(&ListRetirableGrantsRequest)
        .output(&ListGrantsResponse)
        .errors(&[
            &DependencyTimeoutException, &InvalidArnException, &InvalidMarkerException,
            &KMSInternalException, &NotFoundException,
        ]);
    RetireGrant = operation(Access::Permissions)
        .input(&RetireGrantRequest)
        .errors(&[
            &DependencyTimeoutException, &DryRunOperationException, &InvalidArnException,
            &InvalidGrantIdException, &InvalidGrantTokenException, &KMSInternalException,
            &KMSInvalidStateException, &NotFoundException,
        ])
        .on(&[target("grant", "GrantToken")])
        .unrecorded(&["GrantToken"]);
    RevokeGrant = operation(Access::Permissions)
        .input(&RevokeGrantRequest)
        .errors(&[
            &DependencyTimeoutException, &DryRunOperationException, &InvalidArnException,
            &InvalidGrantIdException, &KMSInternalException, &KMSInvalidStateException, &NotFoundException,
        ])
        .on(&[target("shared-key", "KeyId")]);
}
