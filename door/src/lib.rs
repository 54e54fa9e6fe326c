//! The one chain every call goes through.
//!
//! [`Door`] stands between the network and the services. It decodes, authenticates, validates, authorises, runs,
//! commits, records and encodes ([`chain`] is that list), so that a service consists of its table, its handlers
//! and nothing else. Services do not know each other: they call each other through the door, as anybody does.

mod attempt;
mod authenticate;
mod authorize;
mod caller;
mod chain;
mod context;
mod failure;
mod guest;
mod json;
mod lock;
mod metrics;
mod page_token;
mod permitted;
mod rates;
mod record;
mod recorder;
mod reseal;
mod room;
mod server;
mod service_event;

use std::sync::{Arc, OnceLock};

use bastide_codec::Catalog;
use bastide_events::EventLog;
use bastide_ids::{AccountId, Clock, Region};
use bastide_resources::Store;
use bastide_seal::Sealer;
use bastide_shape::Service;

pub use attempt::{Origin, Tls};
pub use caller::{
    Caller, CallerPolicies, Credential, Directory, Organization, OrganizationPlace, Session, Standing,
};
pub use failure::{Failure, Reason};
pub use guest::Guest;
pub use lock::{Context, DataKey, Lock};
pub use metrics::Metrics;
pub use page_token::{page_after, page_token};
pub use permitted::Permitted;
pub use reseal::{Resealable, Resealed, reseal};
pub use room::{Asking, Granted, Handler, Resolver, Resource, Room};
pub use server::{OperatorPages, Server, ServerLimits};
pub use service_event::ServiceEvent;

/// The state that everything stands on, and what it is kept with.
#[derive(Clone)]
pub struct Trunks {
    /// What exists.
    pub store: Store,
    /// What happened.
    pub events: Arc<dyn EventLog>,
    /// The seal of secret material.
    pub sealer: Arc<Sealer>,
    /// The one clock.
    pub clock: Arc<dyn Clock>,
}

/// How the door treats those who come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Every request is signed, authorised and recorded.
    Strict,
    /// Any credentials will do; known access keys are still held to their policies. For tests only.
    Dev,
}

/// What the operator chose.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Strict, or dev.
    pub mode: Mode,
    /// The account of whoever has none: refused strangers, and everybody in dev mode.
    pub account: AccountId,
    /// The region of requests that name none.
    pub region: Region,
    /// Tells this node's entries in a shared store from those of others.
    pub node: String,
    /// What single services are told, by their own types: see [`Permitted::setting`].
    pub for_services: http::Extensions,
}

/// The one chain every call goes through.
pub struct Door {
    pub(crate) rooms: Vec<Room>,
    pub(crate) catalog: Catalog,
    pub(crate) trunks: Trunks,
    pub(crate) directory: Arc<dyn Directory>,
    pub(crate) organization: Arc<dyn Organization>,
    pub(crate) settings: Settings,
    pub(crate) signing_keys: authenticate::SigningKeys,
    pub(crate) recorder: Arc<recorder::Recorder>,
    pub(crate) metrics: Metrics,
    pub(crate) rates: OnceLock<rates::Rates>,
}

impl Door {
    /// A door to these rooms. Starts its background work on the current tokio runtime.
    #[must_use]
    pub fn open(
        rooms: Vec<Room>,
        trunks: Trunks,
        directory: Arc<dyn Directory>,
        organization: Arc<dyn Organization>,
        settings: Settings,
    ) -> Arc<Self> {
        let catalog = Catalog::new(&rooms.iter().map(|room| room.service).collect::<Vec<_>>());
        let (recorder, acknowledging) =
            recorder::Recorder::new(Arc::clone(&trunks.events), trunks.store.clone(), settings.node.clone());
        tokio::spawn(acknowledging);
        Arc::new(Self {
            rooms,
            catalog,
            trunks,
            directory,
            organization,
            settings,
            signing_keys: authenticate::SigningKeys::default(),
            recorder: Arc::new(recorder),
            metrics: Metrics::new(),
            rates: OnceLock::new(),
        })
    }

    /// Moves records that a crash left in the outbox to the events trunk. Call it before serving, and now and
    /// then: it also mends what a full disk held up. Gives how many were moved.
    ///
    /// # Errors
    /// When a trunk fails.
    pub async fn recover(&self) -> Result<usize, Failure> {
        self.recorder.recover().await
    }

    /// Limits how often requests of these classes may come in each account and region, by requests per second. To be
    /// called once, before serving; services say which class a call is of ([`Permitted::count`]).
    pub fn limit_rates(&self, limits: Vec<(String, f64)>) {
        if !limits.is_empty() {
            // Set a second time it stays as it is.
            let _ = self.rates.set(rates::Rates::new(limits));
        }
    }

    /// The services behind the door.
    pub fn services(&self) -> impl Iterator<Item = &'static Service> {
        self.rooms.iter().map(|room| room.service)
    }

    /// The trunks, for background work and the operator's pages.
    #[must_use]
    pub fn trunks(&self) -> &Trunks {
        &self.trunks
    }

    /// What the operator chose.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Counters of what went through.
    #[must_use]
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// Dev mode: forgets everything that exists and everything that happened. The caller makes the first credentials anew.
    ///
    /// # Errors
    /// When a trunk fails.
    pub async fn reset(&self) -> Result<(), Failure> {
        self.trunks.store.reset().await?;
        self.trunks.events.clear().await?;
        self.signing_keys.clear();
        Ok(())
    }
}

impl Door {
    /// Asks for one more action on one more resource (`iam:PassRole`).
    pub(crate) async fn require(
        &self,
        attempt: &attempt::Attempt,
        action: &str,
        resource: &Resource,
    ) -> Result<(), Failure> {
        authorize::require(self, attempt, action, resource).await
    }
}
