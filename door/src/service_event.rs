use bastide_ids::Place;
use bastide_resources::{Changes, CommitError};
use bastide_shape::{Document, Service};

use crate::recorder::failed;
use crate::{Door, record};

/// Something that a service did by itself, or as the consequence of a call: the trail shows it with the type
/// `AwsServiceEvent`. Source: CloudTrail User Guide, "Non-API events captured by CloudTrail".
#[derive(Clone, Debug)]
pub struct ServiceEvent {
    /// The service that did it.
    pub service: &'static Service,
    /// Its name, such as `RotateKey`.
    pub name: &'static str,
    /// The account and region that it is recorded in.
    pub place: Place,
    /// What it was done to: types, such as `AWS::KMS::Key`, and ARNs.
    pub resources: Vec<(&'static str, String)>,
    /// `serviceEventDetails`: names as the record has them. No secrets.
    pub details: Document,
}

impl Door {
    /// Commits what background work changes, together with its records: all or nothing. The work goes on to its
    /// end even if the caller stops waiting.
    ///
    /// # Errors
    /// As [`bastide_resources::Store::commit`].
    pub async fn commit_work(&self, changes: Changes, events: Vec<ServiceEvent>) -> Result<(), CommitError> {
        let now = changes.time();
        let events = events.iter().map(|event| record::service_event(event, now)).collect();
        let recorder = std::sync::Arc::clone(&self.recorder);
        let commit = tokio::spawn(async move { recorder.commit(changes, events).await });
        commit.await.unwrap_or_else(|error| Err(failed(format!("the commit broke off: {error}"))))
    }
}
