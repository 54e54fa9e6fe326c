//! Operations: callers.

use bastide_shape::{Access, operation, operations};

use crate::{errors::*, shapes::*};

operations! {
    GetCallerIdentity = operation(Access::Read)
        .input(&GetCallerIdentityRequest)
        .output(&GetCallerIdentityResponse)
        .wrapped("GetCallerIdentityResult")
        .unauthorized();
    GetAccessKeyInfo = operation(Access::Read)
        .input(&GetAccessKeyInfoRequest)
        .output(&GetAccessKeyInfoResponse)
        .wrapped("GetAccessKeyInfoResult");
    DecodeAuthorizationMessage = operation(Access::Write)
        .input(&DecodeAuthorizationMessageRequest)
        .output(&DecodeAuthorizationMessageResponse)
        .wrapped("DecodeAuthorizationMessageResult")
        .errors(&[&InvalidAuthorizationMessageException])
        .reads();
}
