use bastide_api_kms::errors::{
    CustomKeyStoreInvalidStateException, KMSInternalException, KeyUnavailableException,
};
use bastide_door::Failure;
use bastide_hsm::ClientError;
use bastide_hsm::wire::{Code, Fault};

/// Why a cluster did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(in crate::stores) enum Trouble {
    /// This process knows no such cluster.
    #[error("this process knows no such cluster")]
    NoCluster,
    /// No HSM answers.
    #[error("{0}")]
    Unreachable(String),
    /// `kmsuser` has another password, or does not exist: an HSM does not tell which.
    #[error("the password is wrong, or there is no user")]
    WrongPassword,
    /// Too many wrong passwords.
    #[error("the user is locked out")]
    Locked,
    /// Another refusal.
    #[error("{0}")]
    Refused(Fault),
    /// Something else failed.
    #[error("{0}")]
    Broken(String),
}

impl From<ClientError> for Trouble {
    fn from(error: ClientError) -> Self {
        match error {
            ClientError::Unreachable(why) => Self::Unreachable(why),
            ClientError::Refused(fault) => match fault.code {
                Code::PinIncorrect | Code::NoSuchUser => Self::WrongPassword,
                Code::PinLocked => Self::Locked,
                // An HSM that has just started may not know of the login yet, nor of the newest keys.
                Code::TicketInvalid | Code::NotLoggedIn | Code::Unavailable | Code::NoSuchObject => {
                    Self::Unreachable(fault.to_string())
                }
                _ => Self::Refused(fault),
            },
            other => Self::Broken(other.to_string()),
        }
    }
}

impl Trouble {
    /// `ConnectionErrorCode` of DescribeCustomKeyStores.
    pub(in crate::stores) fn connection_error(&self) -> &'static str {
        match self {
            Self::NoCluster => "CLUSTER_NOT_FOUND",
            Self::Unreachable(_) => "NETWORK_ERRORS",
            Self::WrongPassword => "INVALID_CREDENTIALS",
            Self::Locked => "USER_LOCKED_OUT",
            Self::Refused(_) | Self::Broken(_) => "INTERNAL_ERROR",
        }
    }

    /// What CreateKey and GenerateRandom tell.
    pub(in crate::stores) fn of_new_key(self) -> Failure {
        let told = match &self {
            Self::Refused(fault) => format!("The CloudHSM cluster refused: {fault}."),
            Self::Broken(_) => return self.of_use(),
            _ => "The custom key store cannot use its CloudHSM cluster. Disconnect it, and connect it again."
                .to_owned(),
        };
        self.logged();
        Failure::new(&CustomKeyStoreInvalidStateException, told)
    }

    /// What an operation that uses a key tells.
    pub(in crate::stores) fn of_use(self) -> Failure {
        self.logged();
        match self {
            Self::Refused(_) | Self::Broken(_) => {
                Failure::new(&KMSInternalException, "The request failed in the CloudHSM cluster.")
            }
            _ => Failure::new(&KeyUnavailableException, "The CloudHSM cluster of the key does not answer."),
        }
    }

    fn logged(&self) {
        tracing::warn!(trouble = %self, "a cluster of HSMs that backs a key store did not do what it was asked");
    }
}
