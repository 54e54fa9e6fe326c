//! Operations: aliases.

use bastide_shape::{Access, operation, operations, target};

use crate::{errors::*, shapes::*};

operations! {
    CreateAlias = operation(Access::Write)
        .input(&CreateAliasRequest)
        .errors(&[
            &AlreadyExistsException, &DependencyTimeoutException, &InvalidAliasNameException,
            &KMSInternalException, &KMSInvalidStateException, &LimitExceededException, &NotFoundException,
        ])
        .on(&[target("alias", "AliasName"), target("key", "TargetKeyId")]);
    DeleteAlias = operation(Access::Write)
        .input(&DeleteAliasRequest)
        .errors(&[
            &DependencyTimeoutException, &KMSInternalException, &KMSInvalidStateException,
            &NotFoundException,
        ])
        .on(&[target("alias", "AliasName"), target("alias-key", "AliasName")]);
    ListAliases = operation(Access::List)
        .input(&ListAliasesRequest)
        .output(&ListAliasesResponse)
        .errors(&[
            &DependencyTimeoutException, &InvalidArnException, &InvalidMarkerException,
            &KMSInternalException, &NotFoundException,
        ]);
    UpdateAlias = operation(Access::Write)
        .input(&UpdateAliasRequest)
        .errors(&[
            &DependencyTimeoutException, &KMSInternalException, &KMSInvalidStateException,
            &LimitExceededException, &NotFoundException,
        ])
        .on(&[target("alias", "AliasName"), target("alias-key", "AliasName"), target("key", "TargetKeyId")]);
}
