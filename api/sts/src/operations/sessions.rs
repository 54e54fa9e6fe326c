//! Operations: sessions.

use bastide_shape::{Access, operation, operations, target};

use crate::{errors::*, shapes::*};

operations! {
    AssumeRole = operation(Access::Write)
        .input(&AssumeRoleRequest)
        .output(&AssumeRoleResponse)
        .wrapped("AssumeRoleResult")
        .errors(&[
            &ExpiredTokenException, &MalformedPolicyDocumentException, &PackedPolicyTooLargeException,
            &RegionDisabledException,
        ])
        .on(&[target("role", "RoleArn")])
        .reads()
        .unrecorded(&["TokenCode"]);
    GetSessionToken = operation(Access::Read)
        .input(&GetSessionTokenRequest)
        .output(&GetSessionTokenResponse)
        .wrapped("GetSessionTokenResult")
        .errors(&[&RegionDisabledException])
        .unrecorded(&["TokenCode"])
        .unauthorized();
    GetFederationToken = operation(Access::Read)
        .input(&GetFederationTokenRequest)
        .output(&GetFederationTokenResponse)
        .wrapped("GetFederationTokenResult")
        .errors(&[
            &MalformedPolicyDocumentException, &PackedPolicyTooLargeException, &RegionDisabledException,
        ])
        .on(&[target("federated-user", "Name")]);
}
