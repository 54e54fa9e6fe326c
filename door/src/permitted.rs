use std::sync::Arc;

use bastide_events::EventLog;
use bastide_ids::{AccountId, Place, Timestamp, Uuid};
use bastide_resources::{Changes, Store};
use bastide_seal::Sealer;
use bastide_shape::{Document, Operation, Value};

use crate::attempt::Attempt;
use crate::{Caller, Door, Failure, Resource, ServiceEvent, Standing};

/// A call that the door has let in: authenticated, validated and authorised.
///
/// Only the door makes one, and only through it does a handler reach the trunks: so nothing is read or
/// written without permission, and nothing without a record. A handler reads, fills [`Permitted::changes`]
/// and answers; the door then commits the changes together with the record. When somebody else changed what
/// the handler had read, the door runs it again from the start, so a handler has no other effects.
pub struct Permitted {
    pub(crate) attempt: Attempt,
    pub(crate) operation: &'static Operation,
    pub(crate) input: Arc<Document>,
    pub(crate) resources: Vec<Resource>,
    pub(crate) changes: Changes,
    pub(crate) additional: Vec<(&'static str, Value)>,
    pub(crate) recorded_response: Option<Document>,
    pub(crate) recorded_resources: Vec<(&'static str, String)>,
    pub(crate) service_events: Vec<ServiceEvent>,
    /// It is run once more, because what it had read was changed meanwhile.
    pub(crate) again: bool,
    pub(crate) door: Arc<Door>,
}

impl Permitted {
    /// The validated input.
    #[must_use]
    pub fn input(&self) -> &Document {
        &self.input
    }

    /// The row that is carried out.
    #[must_use]
    pub fn operation(&self) -> &'static Operation {
        self.operation
    }

    /// The account and region of the call: where new resources are made.
    #[must_use]
    pub fn place(&self) -> &Place {
        &self.attempt.place
    }

    /// Who calls.
    #[must_use]
    pub fn caller(&self) -> &Caller {
        &self.attempt.caller
    }

    /// Whether a principal that a policy or a grant names may exist: `false` only when it is known that there is
    /// no such user or role.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn principal_may_exist(&self, arn: &str) -> Result<bool, Failure> {
        self.door.directory.may_exist(arn).await
    }

    /// Services through which the call came, outermost first.
    #[must_use]
    pub fn via(&self) -> &[&'static str] {
        &self.attempt.via
    }

    /// The moment of the call.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.attempt.now
    }

    /// The identifier that the answer carries.
    #[must_use]
    pub fn request_id(&self) -> Uuid {
        self.attempt.request_id
    }

    /// The resources that the call was authorised on, in the order of the row's targets.
    #[must_use]
    pub fn resources(&self) -> &[Resource] {
        &self.resources
    }

    /// The first resource's document that is of this type.
    ///
    /// # Errors
    /// An internal failure when no resource has one: the resolver did not provide it.
    pub fn resource<T: Send + Sync + 'static>(&self) -> Result<Arc<T>, Failure> {
        self.nth_resource(0)
    }

    /// The document of this type of the resource with this index among those that have one.
    ///
    /// # Errors
    /// An internal failure when there is none: the resolver did not provide it.
    pub fn nth_resource<T: Send + Sync + 'static>(&self, index: usize) -> Result<Arc<T>, Failure> {
        let documents = self.resources.iter().filter_map(|resource| resource.document.clone());
        documents.filter_map(|document| document.downcast::<T>().ok()).nth(index).ok_or_else(|| {
            Failure::internal(format!("{} was permitted without its resource", self.operation.name))
        })
    }

    /// What exists, to be read.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.door.trunks.store
    }

    /// What happened, to be read.
    #[must_use]
    pub fn events(&self) -> &dyn EventLog {
        &*self.door.trunks.events
    }

    /// The seal of secret material.
    #[must_use]
    pub fn sealer(&self) -> &Sealer {
        &self.door.trunks.sealer
    }

    /// What the operator chose for the service, by the service's own type.
    #[must_use]
    pub fn setting<T: Send + Sync + 'static>(&self) -> Option<&T> {
        self.door.settings.for_services.get()
    }

    /// What this call changes; committed by the door when the handler has answered.
    pub fn changes(&mut self) -> &mut Changes {
        &mut self.changes
    }

    /// Adds to the record's `additionalEventData`.
    pub fn record_data(&mut self, name: &'static str, value: impl Into<Value>) {
        self.additional.push((name, value.into()));
    }

    /// Records this instead of the answer as `responseElements`.
    pub fn record_response(&mut self, response: Document) {
        self.recorded_response = Some(response);
    }

    /// Adds a resource to the record, such as one just made.
    pub fn record_resource(&mut self, kind: &'static str, arn: impl Into<String>) {
        self.recorded_resources.push((kind, arn.into()));
    }

    /// Whether the operator has limited how often requests may come.
    #[must_use]
    pub fn is_limited(&self) -> bool {
        self.door.rates.get().is_some()
    }

    /// Counts this call as a request of a class, for its account and region; false when it is one too many.
    #[must_use]
    pub fn count(&self, class: &str) -> bool {
        let rates = self.door.rates.get().filter(|_| !self.again);
        rates.is_none_or(|rates| rates.count(class, self.place(), self.now()))
    }

    /// Records that the service did something as a consequence of this call, beside the call itself; kept only if
    /// the call is carried out.
    pub fn record_event(&mut self, event: ServiceEvent) {
        self.service_events.push(event);
    }

    /// Calls an operation of another service with the caller's identity forwarded. The call goes through the
    /// door like any other: authorised (with `kms:ViaService`, `aws:CalledVia`) and recorded (`invokedBy`).
    ///
    /// # Errors
    /// The failure that the other service answers.
    pub async fn call(&self, operation: &'static Operation, input: Document) -> Result<Document, Failure> {
        Arc::clone(&self.door).forward(&self.attempt, operation, input).await
    }

    /// Calls an operation of another service as this service itself, in any account and region: what AWS does
    /// through a service-linked role. Recorded with the service as its identity.
    ///
    /// # Errors
    /// The failure that the other service answers.
    pub async fn call_as_service(
        &self,
        place: &Place,
        operation: &'static Operation,
        input: Document,
    ) -> Result<Document, Failure> {
        Arc::clone(&self.door).act(self.attempt.service, place, operation, input).await
    }

    /// Asks whether the caller may do an action on a resource besides those of the row (`iam:PassRole`).
    ///
    /// # Errors
    /// The refusal.
    pub async fn require(&self, action: &str, resource: &Resource) -> Result<(), Failure> {
        self.door.require(&self.attempt, action, resource).await
    }

    /// What an account's organization says of it, for services that explain decisions.
    ///
    /// # Errors
    /// When the organizations service fails.
    pub async fn standing(&self, account: AccountId) -> Result<Standing, Failure> {
        self.door.organization.standing(account).await
    }
}
