use std::borrow::Cow;
use std::sync::Arc;

use bastide_ids::{AccountId, Place, Timestamp};
use bastide_policy::{Attached, ResourceRule};
use bastide_resources::Store;
use bastide_shape::{Document, Operation, Service, Target};
use futures_core::future::BoxFuture;

use crate::{Caller, Failure, Permitted};

/// What carries out one operation.
pub type Handler = for<'a> fn(&'a mut Permitted) -> BoxFuture<'a, Result<Document, Failure>>;

/// What finds the resource that an input member names, before the caller is known to be permitted.
pub type Resolver = for<'a> fn(&'a Asking<'a>, &'a Target) -> BoxFuture<'a, Result<Vec<Resource>, Failure>>;

/// A service as the door knows it: its table, and what carries out each row.
pub struct Room {
    /// The table.
    pub service: &'static Service,
    /// The rows that are built, each with its handler.
    pub handlers: &'static [(&'static Operation, Handler)],
    /// Finds the resources that operations are authorised on.
    pub resolver: Resolver,
}

impl Room {
    /// What carries out an operation, if it is built.
    #[must_use]
    pub fn handler(&self, operation: &'static Operation) -> Option<Handler> {
        let found = self.handlers.iter().find(|(row, _)| std::ptr::eq(*row, operation));
        found.map(|(_, handler)| *handler)
    }

    /// Whether it carries out this operation.
    #[must_use]
    pub fn has(&self, operation: &'static Operation) -> bool {
        self.handler(operation).is_some()
    }
}

/// Makes a [`Handler`] of an `async fn(&mut Permitted) -> Result<Document, Failure>`.
#[macro_export]
macro_rules! handler {
    ($function:path) => {
        |call| Box::pin($function(call))
    };
}

/// A call that is not yet permitted, as resolvers see it: they may read, and nothing else.
pub struct Asking<'a> {
    /// The row.
    pub operation: &'static Operation,
    /// Where the call happens.
    pub place: &'a Place,
    /// Who calls.
    pub caller: &'a Caller,
    /// Services through which the call came, outermost first (`aws:CalledVia`).
    pub via: &'a [&'static str],
    /// The validated input.
    pub input: &'a Document,
    /// The moment of the call.
    pub now: Timestamp,
    /// The resources, to be read.
    pub store: &'a Store,
    /// The seal, for resolvers that must open a ciphertext to know its key.
    pub sealer: &'a bastide_seal::Sealer,
}

/// A resource that a call is authorised on.
#[derive(Default)]
pub struct Resource {
    /// Its ARN, or `*`.
    pub arn: String,
    /// Its type in the record, such as `AWS::KMS::Key`; empty: not listed in the record.
    pub kind: &'static str,
    /// The account that owns it; `None`: the caller's.
    pub account: Option<AccountId>,
    /// Its own policy, under the name by which a decision tells it.
    pub policy: Option<Attached>,
    /// How its own policy counts together with identity policies.
    pub rule: ResourceRule,
    /// Its tags: `aws:ResourceTag`.
    pub tags: Vec<(String, String)>,
    /// Service condition keys, such as `kms:KeySpec`, each with its values. Keys that a request names are owned:
    /// `kms:EncryptionContext:team`.
    pub context: Vec<(Cow<'static, str>, Vec<String>)>,
    /// An allow from outside of policies: a KMS grant.
    pub granted: Option<Granted>,
    /// Told instead of carrying out the call when it would be permitted: the resource does not exist.
    pub missing: Option<Failure>,
    /// The resource itself, for the handler.
    pub document: Option<Arc<dyn std::any::Any + Send + Sync>>,
}

/// A grant that allows a call.
#[derive(Clone, Debug)]
pub struct Granted {
    /// The grant's id.
    pub id: String,
    /// Whether the grantee is the caller's role rather than the caller itself: a boundary and session policies
    /// then limit it.
    pub to_role: bool,
}

impl Resource {
    /// A resource of this ARN and record type.
    #[must_use]
    pub fn new(arn: impl Into<String>, kind: &'static str) -> Self {
        Self { arn: arn.into(), kind, ..Self::default() }
    }

    /// Every resource: what operations that name none are authorised on.
    #[must_use]
    pub fn any() -> Self {
        Self::new("*", "")
    }

    /// The resource does not exist: the failure to tell a caller who would be permitted.
    #[must_use]
    pub fn missing(mut self, failure: Failure) -> Self {
        self.missing = Some(failure);
        self
    }
}
