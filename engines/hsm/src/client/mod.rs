mod admin;
mod calls;
pub(crate) mod link;
mod pool;

use std::fmt;

use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;

pub use self::calls::Encrypted;
pub use self::link::{LinkError, Timeouts};
use self::pool::Pool;
use crate::tls::{self, Expected};
use crate::wire::{Fault, Info, Reply, Request, Role, Secret, User};
use crate::x509::{self, CertificateError};

/// What a client needs to reach a cluster.
#[derive(Clone, Debug)]
pub struct ClientOptions {
    /// `host:port` of at least one HSM; the others are learned from it.
    pub hsms: Vec<String>,
    /// The certificate of the authority that signed the cluster's certificate, in PEM (AWS: `customerCA.crt`).
    pub trust_anchor: String,
    /// The client's certificate, in PEM, with intermediate ones behind it. It is signed by the trust anchor, by a
    /// registered one, or made by the cluster.
    pub certificate: String,
    /// The private key of the client's certificate, in PEM.
    pub key: Secret,
    /// How long things may take.
    pub timeouts: Timeouts,
}

/// Why a call of a client failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// The HSM refused.
    #[error(transparent)]
    Refused(#[from] Fault),
    /// No HSM of the cluster answered.
    #[error("no HSM of the cluster answers ({0})")]
    Unreachable(String),
    /// More data than one call takes ([`crate::wire::MAX_FRAME`]).
    #[error("a request of {0} bytes is too large for one call")]
    TooLarge(usize),
    /// A certificate or key in the options is not usable.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// An HSM answered something else than what was asked.
    #[error("the HSM's answer does not fit the request")]
    Unexpected,
}

/// A client of a cluster: for any number of threads. Each call takes a connection of its own from a pool, goes to one
/// of the HSMs in turn, and to the next one when that one does not answer; a change that is repeated so is made once.
/// Its calls block.
///
/// Nobody may use it after `fork` in the child: make a new one there.
pub struct Client {
    pool: Pool,
}

impl Client {
    /// Connects to the cluster.
    ///
    /// # Errors
    /// When the options are not usable, or no HSM answers or accepts the client's certificate.
    pub fn connect(options: &ClientOptions) -> Result<Self, ClientError> {
        let anchor = x509::read_pem(&options.trust_anchor)?;
        let chain = x509::read_chain(&options.certificate)?;
        let key = PrivateKeyDer::from_pem_slice(&options.key)
            .map_err(|_| CertificateError::new("it is not a private key in PEM"))?;
        let config = tls::client_config(Expected::Cluster { anchor }, chain, &key)?;
        let client = Self { pool: Pool::new(config, &options.hsms, options.timeouts) };
        client.info()?;
        Ok(client)
    }

    /// Makes any call. The other functions are this one with types.
    ///
    /// # Errors
    /// When the HSM refuses or none answers.
    pub fn call(&self, request: &Request) -> Result<Reply, ClientError> {
        self.pool.call(request)
    }

    /// Logs a user in, for all threads.
    ///
    /// # Errors
    /// [`crate::wire::Code::PinIncorrect`], [`crate::wire::Code::PinLocked`]; as for all calls when none answers.
    pub fn login(&self, user: &str, password: &str, role: Option<Role>) -> Result<User, ClientError> {
        let request = Request::Login { user: user.to_owned(), password: Secret::from(password), role };
        match self.call(&request)? {
            Reply::Ticket { ticket, user } => {
                self.pool.set_ticket(Some(ticket));
                Ok(user)
            }
            _ => Err(ClientError::Unexpected),
        }
    }

    /// Logs the user out, for all threads, and destroys the session objects.
    ///
    /// # Errors
    /// When no HSM answers; the user is logged out of this client even then.
    pub fn logout(&self) -> Result<(), ClientError> {
        let ended = if self.pool.is_logged_in() { self.end_session() } else { Ok(()) };
        self.pool.set_ticket(None);
        ended
    }

    /// Whether a user is logged in.
    #[must_use]
    pub fn is_logged_in(&self) -> bool {
        self.pool.is_logged_in()
    }

    /// What one of the HSMs says of itself and the cluster.
    ///
    /// # Errors
    /// When no HSM answers.
    pub fn info(&self) -> Result<Info, ClientError> {
        match self.call(&Request::Info)? {
            Reply::Info(info) => {
                self.pool.set_members(&info.members);
                Ok(info)
            }
            _ => Err(ClientError::Unexpected),
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        if self.pool.is_logged_in() {
            let _ = self.end_session();
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Client")
    }
}
