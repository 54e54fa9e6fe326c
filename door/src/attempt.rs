use std::sync::Arc;

use bastide_ids::{Place, Timestamp, Uuid};
use bastide_shape::{Document, Operation, Protocol, Service};

use crate::Caller;
use crate::authenticate::Wanted;

/// A call on its way through the door: what is known of it so far. Whatever becomes of it, this is what the
/// record is made from.
#[derive(Clone)]
pub(crate) struct Attempt {
    pub(crate) service: &'static Service,
    /// `None`: AWS has the operation, this does not.
    pub(crate) operation: Option<&'static Operation>,
    /// The name of an operation that is not built.
    pub(crate) unbuilt: &'static str,
    pub(crate) protocol: Protocol,
    pub(crate) place: Place,
    pub(crate) caller: Arc<Caller>,
    /// Services through which the call came, outermost first.
    pub(crate) via: Vec<&'static str>,
    pub(crate) origin: Arc<Origin>,
    /// Absent until it could be decoded.
    pub(crate) input: Option<Arc<Document>>,
    pub(crate) now: Timestamp,
    pub(crate) request_id: Uuid,
}

/// Where a call came from.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// The client's address.
    pub address: Option<std::net::IpAddr>,
    /// The client's address as the record shows it.
    pub source: String,
    /// The client's name for itself.
    pub user_agent: String,
    /// Encryption of the connection; absent without TLS.
    pub tls: Option<Tls>,
}

/// What the record says of the connection's encryption.
#[derive(Clone, Debug)]
pub struct Tls {
    /// `TLSv1.3`
    pub version: &'static str,
    /// `TLS_AES_128_GCM_SHA256`
    pub cipher_suite: &'static str,
    /// The host name asked for.
    pub host: String,
}

impl Attempt {
    pub(crate) fn operation_name(&self) -> &'static str {
        self.operation.map_or(self.unbuilt, |operation| operation.name)
    }

    /// What the operation asks of a signature.
    pub(crate) fn wanted_signature(&self) -> Wanted {
        let unsigned = match self.operation {
            Some(operation) => operation.unsigned,
            None => self.service.unbuilt_unsigned.contains(&self.unbuilt),
        };
        Wanted { signing_name: self.service.signing_name, optional: unsigned }
    }

    pub(crate) fn read_only(&self) -> bool {
        match self.operation {
            Some(operation) => operation.is_read_only(),
            // Of an operation without a row only the name is known; AWS names those that change nothing so.
            None => ["Get", "List", "Describe"].iter().any(|verb| self.unbuilt.starts_with(verb)),
        }
    }
}
