//! Calls that come by another way than the protocols of AWS.

use std::sync::Arc;

use bastide_ids::{Place, Region, Uuid};
use bastide_shape::{Document, Operation};
use bytes::Bytes;
use http::request::Parts;

use crate::authenticate::{self, Authenticated, Wanted};
use crate::{Caller, Door, Failure, Origin};

/// A call whose front has read and authenticated it by itself, because its protocol is none of AWS's. From there on it
/// is a call like any: validated, authorised, carried out, recorded.
pub struct Guest {
    /// The row.
    pub operation: &'static Operation,
    /// Where the call happens.
    pub place: Place,
    /// Who calls: the front has seen the proof.
    pub caller: Arc<Caller>,
    /// Where it came from.
    pub origin: Origin,
    /// What it asks, not yet validated.
    pub input: Document,
}

impl Door {
    /// Lets a guest in: its call is validated, authorised, carried out and recorded. Gives the identifier of the
    /// call besides the answer.
    ///
    /// # Errors
    /// The failure, which is recorded too.
    pub async fn admit(self: Arc<Self>, guest: Guest) -> (Uuid, Result<Document, Failure>) {
        let (caller, origin) = (guest.caller, guest.origin);
        let mut attempt = match self.inner_attempt(guest.place, guest.operation, guest.input) {
            Ok(attempt) => attempt,
            Err(failure) => return (Uuid::random(), Err(failure)),
        };
        attempt.caller = caller;
        attempt.origin = Arc::new(origin);
        (attempt.request_id, self.inner(attempt).await)
    }

    /// Finds out who sends a request that is signed as those of AWS's services are, for the service of this name. Gives
    /// the caller, the region that it was signed for, and the body without the chunks that it was signed in.
    ///
    /// # Errors
    /// The failure, and who it seems to be: for [`Self::turn_away`].
    pub async fn recognize(
        &self,
        parts: &Parts,
        body: &Bytes,
        signing_name: &'static str,
    ) -> Result<(Arc<Caller>, Region, Bytes), (Failure, Arc<Caller>)> {
        let presented = bastide_sigv4::presented(parts);
        let scope = presented.as_ref().ok().and_then(Option::as_ref);
        let region = authenticate::region(self, scope);
        let refreshed = self.trunks.store.refresh().await;
        refreshed.map_err(|error| (error.into(), Arc::new(Caller::unknown(self.settings.account, None))))?;
        let wanted = Wanted { signing_name, optional: false };
        let Authenticated { caller, body } =
            authenticate::authenticate(self, parts, body, presented, wanted, self.now()).await?;
        Ok((caller, region, body))
    }

    /// Records that a front has turned a guest away, whose caller is what it seems to be.
    pub async fn turn_away(self: Arc<Self>, guest: Guest, failure: Failure) -> (Uuid, Failure) {
        let mut attempt = match self.inner_attempt(guest.place, guest.operation, Document::new()) {
            Ok(attempt) => attempt,
            Err(failure) => return (Uuid::random(), failure),
        };
        attempt.input = None;
        attempt.caller = guest.caller;
        attempt.origin = Arc::new(guest.origin);
        (attempt.request_id, self.refuse(&attempt, &[], failure).await)
    }
}
