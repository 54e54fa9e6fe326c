//! Operations: data key pairs.

use bastide_shape::{Access, operation, operations, target};

use crate::{errors::*, shapes::*};

operations! {
    GenerateDataKeyPair = operation(Access::Write)
        .input(&GenerateDataKeyPairRequest)
        .output(&GenerateDataKeyPairResponse)
        .errors(&[
            &DependencyTimeoutException, &DisabledException, &DryRunOperationException,
            &InvalidGrantTokenException, &InvalidKeyUsageException, &KMSInternalException,
            &KMSInvalidStateException, &KeyUnavailableException, &NotFoundException,
            &UnsupportedOperationException,
        ])
        .on(&[target("named-key", "KeyId")])
        .unrecorded(&["GrantTokens"])
        .reads();
    GenerateDataKeyPairWithoutPlaintext = operation(Access::Write)
        .input(&GenerateDataKeyPairWithoutPlaintextRequest)
        .output(&GenerateDataKeyPairWithoutPlaintextResponse)
        .errors(&[
            &DependencyTimeoutException, &DisabledException, &DryRunOperationException,
            &InvalidGrantTokenException, &InvalidKeyUsageException, &KMSInternalException,
            &KMSInvalidStateException, &KeyUnavailableException, &NotFoundException,
            &UnsupportedOperationException,
        ])
        .on(&[target("named-key", "KeyId")])
        .unrecorded(&["GrantTokens"])
        .reads();
}
