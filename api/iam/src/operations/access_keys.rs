//! Operations: access keys.

use bastide_shape::{Access, operation, operations, target};

use crate::{errors::*, shapes::*};

operations! {
    CreateAccessKey = operation(Access::Write)
        .input(&CreateAccessKeyRequest)
        .output(&CreateAccessKeyResponse)
        .wrapped("CreateAccessKeyResult")
        .errors(&[&LimitExceededException, &NoSuchEntityException, &ServiceFailureException])
        .on(&[target("user", "UserName")]);
    UpdateAccessKey = operation(Access::Write)
        .input(&UpdateAccessKeyRequest)
        .errors(&[
            &InvalidInputException, &LimitExceededException, &NoSuchEntityException,
            &ServiceFailureException,
        ])
        .on(&[target("user", "UserName")]);
    DeleteAccessKey = operation(Access::Write)
        .input(&DeleteAccessKeyRequest)
        .errors(&[&LimitExceededException, &NoSuchEntityException, &ServiceFailureException])
        .on(&[target("user", "UserName")]);
    ListAccessKeys = operation(Access::List)
        .input(&ListAccessKeysRequest)
        .output(&ListAccessKeysResponse)
        .wrapped("ListAccessKeysResult")
        .errors(&[&NoSuchEntityException, &ServiceFailureException])
        .on(&[target("user", "UserName")]);
    GetAccessKeyLastUsed = operation(Access::Read)
        .input(&GetAccessKeyLastUsedRequest)
        .output(&GetAccessKeyLastUsedResponse)
        .wrapped("GetAccessKeyLastUsedResult")
        .on(&[target("access-key", "AccessKeyId")]);
}
