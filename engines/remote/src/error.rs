use std::error::Error;
use std::fmt::Display;
use std::time::Duration;

use hyper_util::client::legacy;

use crate::connect::ConnectError;

/// Why there is no answer of a server.
#[derive(Debug, thiserror::Error)]
pub enum RemoteError {
    /// The request cannot be made: its address or a header is none.
    #[error("the request cannot be made: {0}")]
    Request(String),
    /// No connection: the name is not known, nobody listens, the network does not reach.
    #[error("cannot connect: {0}")]
    Unreachable(String),
    /// No TLS session: the certificate, the name in it, or the version.
    #[error("no TLS session: {0}")]
    Tls(String),
    /// No answer in time.
    #[error("no answer within {} ms", .0.as_millis())]
    TimedOut(Duration),
    /// The answer is larger than what is taken.
    #[error("the answer is larger than {0} bytes")]
    TooLarge(usize),
    /// What came is not HTTP, or ended early.
    #[error("the connection broke: {0}")]
    Broken(String),
}

impl RemoteError {
    pub(crate) fn request(error: impl Display) -> Self {
        Self::Request(error.to_string())
    }

    pub(crate) fn of(error: &legacy::Error) -> Self {
        let mut cause: Option<&(dyn Error + 'static)> = Some(error);
        let mut deepest = error.to_string();
        while let Some(error) = cause {
            match error.downcast_ref() {
                Some(ConnectError::Tcp(error)) => return Self::Unreachable(error.to_string()),
                Some(ConnectError::Tls(error)) => return Self::Tls(error.to_string()),
                Some(ConnectError::Address(why)) => return Self::Request((*why).to_owned()),
                None => {}
            }
            deepest = error.to_string();
            cause = error.source();
        }
        Self::Broken(deepest)
    }
}
