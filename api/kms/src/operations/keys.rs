//! Operations: keys.

use bastide_shape::{Access, operation, operations, target};

use crate::{errors::*, shapes::*};

operations! {
    CreateKey = operation(Access::Write)
        .input(&CreateKeyRequest)
        .output(&CreateKeyResponse)
        .errors(&[
            &CloudHsmClusterInvalidConfigurationException, &CustomKeyStoreInvalidStateException,
            &CustomKeyStoreNotFoundException, &DependencyTimeoutException, &InvalidArnException,
            &KMSInternalException, &LimitExceededException, &MalformedPolicyDocumentException, &TagException,
            &UnsupportedOperationException, &XksKeyAlreadyInUseException,
            &XksKeyInvalidConfigurationException, &XksKeyNotFoundException,
        ])
        .on(&[target("new-key", "")]);
    DescribeKey = operation(Access::Read)
        .input(&DescribeKeyRequest)
        .output(&DescribeKeyResponse)
        .errors(&[
            &DependencyTimeoutException, &InvalidArnException, &KMSInternalException, &NotFoundException,
        ])
        .on(&[target("named-key", "KeyId")])
        .unrecorded(&["GrantTokens"]);
    ListKeys = operation(Access::List)
        .input(&ListKeysRequest)
        .output(&ListKeysResponse)
        .errors(&[&DependencyTimeoutException, &InvalidMarkerException, &KMSInternalException]);
    EnableKey = operation(Access::Write)
        .input(&EnableKeyRequest)
        .errors(&[
            &DependencyTimeoutException, &InvalidArnException, &KMSInternalException,
            &KMSInvalidStateException, &LimitExceededException, &NotFoundException,
        ])
        .on(&[target("key", "KeyId")]);
    DisableKey = operation(Access::Write)
        .input(&DisableKeyRequest)
        .errors(&[
            &DependencyTimeoutException, &InvalidArnException, &KMSInternalException,
            &KMSInvalidStateException, &NotFoundException,
        ])
        .on(&[target("key", "KeyId")]);
    ScheduleKeyDeletion = operation(Access::Write)
        .input(&ScheduleKeyDeletionRequest)
        .output(&ScheduleKeyDeletionResponse)
        .errors(&[
            &DependencyTimeoutException, &InvalidArnException, &KMSInternalException,
            &KMSInvalidStateException, &NotFoundException,
        ])
        .on(&[target("key", "KeyId")]);
    CancelKeyDeletion = operation(Access::Write)
        .input(&CancelKeyDeletionRequest)
        .output(&CancelKeyDeletionResponse)
        .errors(&[
            &DependencyTimeoutException, &InvalidArnException, &KMSInternalException,
            &KMSInvalidStateException, &NotFoundException,
        ])
        .on(&[target("key", "KeyId")]);
    UpdateKeyDescription = operation(Access::Write)
        .input(&UpdateKeyDescriptionRequest)
        .errors(&[
            &DependencyTimeoutException, &InvalidArnException, &KMSInternalException,
            &KMSInvalidStateException, &NotFoundException,
        ])
        .on(&[target("key", "KeyId")]);
}
