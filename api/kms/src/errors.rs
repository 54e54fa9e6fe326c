//! The errors that kms's operations list.

use bastide_shape::{error, errors};

errors! {
    AlreadyExistsException = error(400);
    CloudHsmClusterInUseException = error(400);
    CloudHsmClusterInvalidConfigurationException = error(400);
    ConflictException = error(400);
    CloudHsmClusterNotActiveException = error(400);
    CloudHsmClusterNotFoundException = error(400);
    CloudHsmClusterNotRelatedException = error(400);
    CustomKeyStoreHasCMKsException = error(400);
    CustomKeyStoreInvalidStateException = error(400);
    CustomKeyStoreNameInUseException = error(400);
    CustomKeyStoreNotFoundException = error(400);
    DependencyTimeoutException = error(500);
    DisabledException = error(400);
    DryRunOperationException = error(400);
    ExpiredImportTokenException = error(400);
    IncorrectKeyException = error(400);
    IncorrectKeyMaterialException = error(400);
    IncorrectTrustAnchorException = error(400);
    InvalidAliasNameException = error(400);
    InvalidArnException = error(400);
    InvalidCiphertextException = error(400);
    InvalidGrantIdException = error(400);
    InvalidGrantTokenException = error(400);
    InvalidImportTokenException = error(400);
    InvalidKeyUsageException = error(400);
    InvalidMarkerException = error(400);
    KMSInternalException = error(500);
    KMSInvalidMacException = error(400);
    KMSInvalidSignatureException = error(400);
    KMSInvalidStateException = error(400);
    KeyUnavailableException = error(500);
    LimitExceededException = error(400);
    MalformedPolicyDocumentException = error(400);
    NotFoundException = error(400);
    TagException = error(400);
    UnsupportedOperationException = error(400);
    XksKeyAlreadyInUseException = error(400);
    XksKeyInvalidConfigurationException = error(400);
    XksKeyNotFoundException = error(400);
    XksProxyIncorrectAuthenticationCredentialException = error(400);
    XksProxyInvalidConfigurationException = error(400);
    XksProxyInvalidResponseException = error(400);
    XksProxyUriEndpointInUseException = error(400);
    XksProxyUriInUseException = error(400);
    XksProxyUriUnreachableException = error(400);
    XksProxyVpcEndpointServiceInUseException = error(400);
    XksProxyVpcEndpointServiceInvalidConfigurationException = error(400);
    XksProxyVpcEndpointServiceNotFoundException = error(400);
}
