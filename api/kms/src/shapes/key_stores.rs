//! Shapes: key stores.

use bastide_shape::{enumeration, list, member, shapes, string, structure};

use super::*;

shapes! {
    CreateCustomKeyStoreRequest = structure(&[
        member("CustomKeyStoreName", &CustomKeyStoreNameType).required(),
        member("CloudHsmClusterId", &CloudHsmClusterIdType),
        member("TrustAnchorCertificate", &TrustAnchorCertificateType),
        member("KeyStorePassword", &KeyStorePasswordType),
        member("CustomKeyStoreType", &CustomKeyStoreType),
        member("XksProxyUriEndpoint", &XksProxyUriEndpointType),
        member("XksProxyUriPath", &XksProxyUriPathType),
        member("XksProxyVpcEndpointServiceName", &XksProxyVpcEndpointServiceNameType),
        member("XksProxyVpcEndpointServiceOwner", &AccountIdType),
        member("XksProxyAuthenticationCredential", &XksProxyAuthenticationCredentialType),
        member("XksProxyConnectivity", &XksProxyConnectivityType),
    ]);
    CustomKeyStoreNameType = string().length(1, 256);
    TrustAnchorCertificateType = string().length(1, 5000);
    KeyStorePasswordType = string().length(7, 32).sensitive();
    CustomKeyStoreType = enumeration(&["AWS_CLOUDHSM", "EXTERNAL_KEY_STORE"]);
    XksProxyUriEndpointType = string().length(10, 128).pattern(r"^https://[a-zA-Z0-9.-]+$");
    XksProxyUriPathType = string().length(10, 128).pattern(r"^(/[a-zA-Z0-9\/_-]+/kms/xks/v\d{1,2})$|^(/kms/xks/v\d{1,2})$");
    XksProxyVpcEndpointServiceNameType = string().length(20, 64).pattern(r"^(com|eu)\.amazonaws\.vpce\.([a-z]+-){2,3}\d+\.vpce-svc-[0-9a-z]+$");
    AccountIdType = string().length(12, 12).pattern(r"[0-9]{12}");
    XksProxyAuthenticationCredentialType = structure(&[
        member("AccessKeyId", &XksProxyAuthenticationAccessKeyIdType).required(),
        member("RawSecretAccessKey", &XksProxyAuthenticationRawSecretAccessKeyType).required(),
    ]);
    XksProxyAuthenticationAccessKeyIdType = string().length(20, 30).pattern(r"^[A-Z2-7]+$").sensitive();
    XksProxyAuthenticationRawSecretAccessKeyType = string().length(43, 64).pattern(r"^[a-zA-Z0-9\/+=]+$").sensitive();
    XksProxyConnectivityType = enumeration(&["PUBLIC_ENDPOINT", "VPC_ENDPOINT_SERVICE"]);
    CreateCustomKeyStoreResponse = structure(&[
        member("CustomKeyStoreId", &CustomKeyStoreIdType),
    ]);
    DescribeCustomKeyStoresRequest = structure(&[
        member("CustomKeyStoreId", &CustomKeyStoreIdType),
        member("CustomKeyStoreName", &CustomKeyStoreNameType),
        member("Limit", &LimitType),
        member("Marker", &MarkerType),
    ]);
    DescribeCustomKeyStoresResponse = structure(&[
        member("CustomKeyStores", &CustomKeyStoresList),
        member("NextMarker", &MarkerType),
        member("Truncated", &BooleanType),
    ]);
    CustomKeyStoresList = list(&member("member", &CustomKeyStoresListEntry));
    CustomKeyStoresListEntry = structure(&[
        member("CustomKeyStoreId", &CustomKeyStoreIdType),
        member("CustomKeyStoreName", &CustomKeyStoreNameType),
        member("CloudHsmClusterId", &CloudHsmClusterIdType),
        member("TrustAnchorCertificate", &TrustAnchorCertificateType),
        member("ConnectionState", &ConnectionStateType),
        member("ConnectionErrorCode", &ConnectionErrorCodeType),
        member("CreationDate", &DateType),
        member("CustomKeyStoreType", &CustomKeyStoreType),
        member("XksProxyConfiguration", &XksProxyConfigurationType),
    ]);
    ConnectionStateType = enumeration(&["CONNECTED", "CONNECTING", "FAILED", "DISCONNECTED", "DISCONNECTING"]);
    ConnectionErrorCodeType = enumeration(&[
        "INVALID_CREDENTIALS", "CLUSTER_NOT_FOUND", "NETWORK_ERRORS", "INTERNAL_ERROR",
        "INSUFFICIENT_CLOUDHSM_HSMS", "USER_LOCKED_OUT", "USER_NOT_FOUND", "USER_LOGGED_IN",
        "SUBNET_NOT_FOUND", "INSUFFICIENT_FREE_ADDRESSES_IN_SUBNET", "XKS_PROXY_ACCESS_DENIED",
        "XKS_PROXY_NOT_REACHABLE", "XKS_VPC_ENDPOINT_SERVICE_NOT_FOUND", "XKS_PROXY_INVALID_RESPONSE",
        "XKS_PROXY_INVALID_CONFIGURATION", "XKS_VPC_ENDPOINT_SERVICE_INVALID_CONFIGURATION",
        "XKS_PROXY_TIMED_OUT", "XKS_PROXY_INVALID_TLS_CONFIGURATION",
    ]);
    XksProxyConfigurationType = structure(&[
        member("Connectivity", &XksProxyConnectivityType),
        member("AccessKeyId", &XksProxyAuthenticationAccessKeyIdType),
        member("UriEndpoint", &XksProxyUriEndpointType),
        member("UriPath", &XksProxyUriPathType),
        member("VpcEndpointServiceName", &XksProxyVpcEndpointServiceNameType),
        member("VpcEndpointServiceOwner", &AccountIdType),
    ]);
    ConnectCustomKeyStoreRequest = structure(&[
        member("CustomKeyStoreId", &CustomKeyStoreIdType).required(),
    ]);
    ConnectCustomKeyStoreResponse = structure(&[]);
    DisconnectCustomKeyStoreRequest = structure(&[
        member("CustomKeyStoreId", &CustomKeyStoreIdType).required(),
    ]);
    DisconnectCustomKeyStoreResponse = structure(&[]);
    UpdateCustomKeyStoreRequest = structure(&[
        member("CustomKeyStoreId", &CustomKeyStoreIdType).required(),
        member("NewCustomKeyStoreName", &CustomKeyStoreNameType),
        member("KeyStorePassword", &KeyStorePasswordType),
        member("CloudHsmClusterId", &CloudHsmClusterIdType),
        member("XksProxyUriEndpoint", &XksProxyUriEndpointType),
        member("XksProxyUriPath", &XksProxyUriPathType),
        member("XksProxyVpcEndpointServiceName", &XksProxyVpcEndpointServiceNameType),
        member("XksProxyVpcEndpointServiceOwner", &AccountIdType),
        member("XksProxyAuthenticationCredential", &XksProxyAuthenticationCredentialType),
        member("XksProxyConnectivity", &XksProxyConnectivityType),
    ]);
    UpdateCustomKeyStoreResponse = structure(&[]);
    DeleteCustomKeyStoreRequest = structure(&[
        member("CustomKeyStoreId", &CustomKeyStoreIdType).required(),
    ]);
    DeleteCustomKeyStoreResponse = structure(&[]);
}
