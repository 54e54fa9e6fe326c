//! Operations: key stores.

use bastide_shape::{Access, operation, operations};

use crate::{errors::*, shapes::*};

operations! {
    CreateCustomKeyStore = operation(Access::Write)
        .input(&CreateCustomKeyStoreRequest)
        .output(&CreateCustomKeyStoreResponse)
        .errors(&[
            &CloudHsmClusterInUseException, &CloudHsmClusterInvalidConfigurationException,
            &CloudHsmClusterNotActiveException, &CloudHsmClusterNotFoundException,
            &CustomKeyStoreNameInUseException, &IncorrectTrustAnchorException, &KMSInternalException,
            &LimitExceededException, &XksProxyIncorrectAuthenticationCredentialException,
            &XksProxyInvalidConfigurationException, &XksProxyInvalidResponseException,
            &XksProxyUriEndpointInUseException, &XksProxyUriInUseException, &XksProxyUriUnreachableException,
            &XksProxyVpcEndpointServiceInUseException,
            &XksProxyVpcEndpointServiceInvalidConfigurationException,
            &XksProxyVpcEndpointServiceNotFoundException,
        ]);
    DescribeCustomKeyStores = operation(Access::Read)
        .input(&DescribeCustomKeyStoresRequest)
        .output(&DescribeCustomKeyStoresResponse)
        .errors(&[&CustomKeyStoreNotFoundException, &InvalidMarkerException, &KMSInternalException]);
    ConnectCustomKeyStore = operation(Access::Write)
        .input(&ConnectCustomKeyStoreRequest)
        .output(&ConnectCustomKeyStoreResponse)
        .errors(&[
            &CloudHsmClusterInvalidConfigurationException, &CloudHsmClusterNotActiveException,
            &CustomKeyStoreInvalidStateException, &CustomKeyStoreNotFoundException, &KMSInternalException,
        ]);
    DisconnectCustomKeyStore = operation(Access::Write)
        .input(&DisconnectCustomKeyStoreRequest)
        .output(&DisconnectCustomKeyStoreResponse)
        .errors(&[
            &CustomKeyStoreInvalidStateException, &CustomKeyStoreNotFoundException, &KMSInternalException,
        ]);
    UpdateCustomKeyStore = operation(Access::Write)
        .input(&UpdateCustomKeyStoreRequest)
        .output(&UpdateCustomKeyStoreResponse)
        .errors(&[
            &CloudHsmClusterInvalidConfigurationException, &CloudHsmClusterNotActiveException,
            &CloudHsmClusterNotFoundException, &CloudHsmClusterNotRelatedException,
            &CustomKeyStoreInvalidStateException, &CustomKeyStoreNameInUseException,
            &CustomKeyStoreNotFoundException, &KMSInternalException,
            &XksProxyIncorrectAuthenticationCredentialException, &XksProxyInvalidConfigurationException,
            &XksProxyInvalidResponseException, &XksProxyUriEndpointInUseException,
            &XksProxyUriInUseException, &XksProxyUriUnreachableException,
            &XksProxyVpcEndpointServiceInUseException,
            &XksProxyVpcEndpointServiceInvalidConfigurationException,
            &XksProxyVpcEndpointServiceNotFoundException,
        ]);
    DeleteCustomKeyStore = operation(Access::Write)
        .input(&DeleteCustomKeyStoreRequest)
        .output(&DeleteCustomKeyStoreResponse)
        .errors(&[
            &CustomKeyStoreHasCMKsException, &CustomKeyStoreInvalidStateException,
            &CustomKeyStoreNotFoundException, &KMSInternalException,
        ]);
}
