use bastide_api_kms::errors as error;
use bastide_door::Failure;
use bastide_shape::ErrorShape;
use serde::Deserialize;

/// Why a proxy did not do what it was asked. Source: "External Key Store Proxy API Specification", "Error codes",
/// which also says what a caller of KMS is told of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::stores) enum Trouble {
    InvalidState,
    InvalidCiphertext,
    InvalidKeyUsage,
    AuthenticationFailed,
    AccessDenied,
    KeyNotFound,
    InvalidUriPath,
    UnsupportedOperation,
    DependencyTimeout,
    Throttling,
    Internal,
    /// No TCP connection.
    Unreachable,
    /// No TLS session.
    Tls,
    /// No answer in time.
    TimedOut,
    /// What came is not of the specification, or the proxy says so of what was asked.
    Malformed,
    /// The proxy answers, but no external key manager behind it works.
    AllUnavailable,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Refusal {
    error_name: String,
}

impl Trouble {
    /// Reads the body of a refusal.
    pub(super) fn read(body: &[u8]) -> Self {
        let Ok(Refusal { error_name }) = serde_json::from_slice(body) else { return Self::Malformed };
        match error_name.as_str() {
            "InvalidStateException" => Self::InvalidState,
            "InvalidCiphertextException" => Self::InvalidCiphertext,
            "InvalidKeyUsageException" => Self::InvalidKeyUsage,
            "AuthenticationFailedException" => Self::AuthenticationFailed,
            "AccessDeniedException" => Self::AccessDenied,
            "KeyNotFoundException" => Self::KeyNotFound,
            "InvalidUriPathException" => Self::InvalidUriPath,
            "UnsupportedOperationException" => Self::UnsupportedOperation,
            "DependencyTimeoutException" => Self::DependencyTimeout,
            "ThrottlingException" => Self::Throttling,
            "InternalException" => Self::Internal,
            // `ValidationException` too: KMS does not send what is not valid.
            _ => Self::Malformed,
        }
    }

    /// What CreateCustomKeyStore and UpdateCustomKeyStore tell.
    pub(in crate::stores) fn of_store(self) -> Failure {
        let error: &'static ErrorShape = match self {
            Self::AuthenticationFailed => &error::XksProxyIncorrectAuthenticationCredentialException,
            Self::InvalidUriPath | Self::AccessDenied => &error::XksProxyInvalidConfigurationException,
            Self::DependencyTimeout
            | Self::Throttling
            | Self::Unreachable
            | Self::Tls
            | Self::TimedOut
            | Self::AllUnavailable => &error::XksProxyUriUnreachableException,
            _ => &error::XksProxyInvalidResponseException,
        };
        Failure::new(error, self.message())
    }

    /// What CreateKey tells.
    pub(in crate::stores) fn of_new_key(self) -> Failure {
        let error: &'static ErrorShape = match self {
            Self::InvalidState | Self::InvalidKeyUsage => &error::XksKeyInvalidConfigurationException,
            Self::KeyNotFound => &error::XksKeyNotFoundException,
            _ => &error::CustomKeyStoreInvalidStateException,
        };
        Failure::new(error, self.message())
    }

    /// What an operation that uses a key tells.
    pub(in crate::stores) fn of_use(self) -> Failure {
        Failure::new(&error::KMSInvalidStateException, self.message())
    }

    /// Why a store is not connected: `ConnectionErrorCode`.
    pub(in crate::stores) fn connection_error(self) -> &'static str {
        match self {
            Self::AuthenticationFailed => "INVALID_CREDENTIALS",
            Self::AccessDenied => "XKS_PROXY_ACCESS_DENIED",
            Self::InvalidUriPath => "XKS_PROXY_INVALID_CONFIGURATION",
            Self::Tls => "XKS_PROXY_INVALID_TLS_CONFIGURATION",
            Self::TimedOut | Self::DependencyTimeout => "XKS_PROXY_TIMED_OUT",
            Self::Unreachable | Self::AllUnavailable | Self::Throttling => "XKS_PROXY_NOT_REACHABLE",
            _ => "XKS_PROXY_INVALID_RESPONSE",
        }
    }

    fn message(self) -> &'static str {
        match self {
            Self::InvalidState => {
                "The external key associated with this KMS key in an external key store is not enabled in the external key manager. Enable the external key in the external key manager and retry the request."
            }
            Self::InvalidCiphertext => {
                "The external key store proxy rejected the request because the specified ciphertext or encryption context is corrupted, missing, or otherwise invalid."
            }
            Self::InvalidKeyUsage => {
                "The external key associated with this KMS key in an external key store does not support the requested operation. Enable the operation on the key in your external key manager, and try the request again."
            }
            Self::AuthenticationFailed => {
                "The external key store proxy rejected the request because it could not authenticate AWS KMS. Verify the XKS proxy authentication credentials for your external key store and update if necessary."
            }
            Self::AccessDenied => {
                "The external key store proxy denied access to the operation. Verify that the user and the external key are both authorized for this operation, and try the request again."
            }
            Self::KeyNotFound => {
                "The external key associated with this KMS key in an external key store was not found in its external key manager. If the external key ID associated with this KMS key is incorrect, create a new KMS key with the correct external key ID."
            }
            Self::InvalidUriPath => {
                "The external key store proxy rejected the request because of an invalid URI path. Verify the URI path for your external key store and update if necessary."
            }
            Self::UnsupportedOperation => {
                "The external key store proxy rejected the request because it does not support the requested operation. If you see this error repeatedly, report it to your external key store proxy administrator."
            }
            Self::DependencyTimeout => {
                "The external key store proxy did not respond to the request in the time allotted. Retry the request. If you see this error repeatedly, report it to your external key store proxy administrator."
            }
            Self::Throttling => {
                "The external key store proxy rejected the request due to a very high request rate. Reduce the frequency of your calls using KMS keys in this external key store."
            }
            Self::Internal | Self::AllUnavailable => {
                "The external key store proxy rejected the request because it cannot communicate with the external key manager. Verify that the external key store proxy configuration is correct and that the external key manager is available."
            }
            Self::Unreachable => {
                "AWS KMS cannot communicate with the external key store proxy. This might be a transient network issue. If you see this error repeatedly, verify that your external key store proxy is active and is connected to the network, and that its endpoint URI is correct in your external key store."
            }
            Self::Tls => {
                "AWS KMS cannot establish a TLS connection to the external key store proxy. Verify the TLS configuration, including its certificate."
            }
            Self::TimedOut => {
                "AWS KMS rejected the request because the external key store proxy did not respond in time. Retry the request. If you see this error repeatedly, report it to your external key store proxy administrator."
            }
            Self::Malformed => {
                "AWS KMS cannot interpret the response from the external key store proxy. If you see this error repeatedly, report it to your external key store proxy administrator."
            }
        }
    }
}
