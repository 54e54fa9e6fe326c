//! Publishers, and the queues of what they are to be told.
//!
//! What a publisher is to be told lies in the store until it has been: a queue outlives the server, a publisher that
//! does not answer, and the node that found something. Each is told at least once; notes have ids to tell them apart.

use std::sync::Arc;
use std::time::Duration;

use bastide_ids::{Place, Timestamp, random_bytes};
use bastide_resources::{Changes, Store, Stored};
use futures_core::future::BoxFuture;

use super::{Stopped, TICK, Work};
use crate::ids;
use crate::stored::{Delivery, Finding};

/// Notes are taken from a queue so many at a time.
const AT_ONCE: usize = 100;
/// How long a node has the right to publish, without saying that it is still there.
const LEASE: Duration = Duration::from_secs(15);
/// A note that was not taken is tried again after a second, then after twice as long each time, at most this long.
const LONGEST: Duration = Duration::from_secs(600);
/// The queue of publishing destinations.
pub(super) const EXPORT: &str = "export";

/// Something that a publisher is to be told.
#[derive(Clone, Debug)]
pub struct Note {
    /// The same whenever it is told again.
    pub id: String,
    /// The account and region of the finding.
    pub place: Place,
    /// The finding in GuardDuty's JSON.
    pub finding: String,
    /// When it was put into the queue.
    pub time: Timestamp,
    /// How often it was tried before.
    pub attempts: u32,
}

/// Who is told of findings: of new ones at once, of repeated ones as often as the detector says.
pub trait Publisher: Send + Sync {
    /// Its name: it stands in the store, so it may never change. No slash.
    fn name(&self) -> &'static str;

    /// Tells notes of one place, in their order. Gives how many were told, and why not all. Those that were not are
    /// told again.
    fn tell<'a>(&'a self, notes: &'a [Note]) -> BoxFuture<'a, (usize, Option<String>)>;

    /// Whether each place has somebody of its own who is told: then one who does not listen holds up no other place.
    fn is_each_places_own(&self) -> bool {
        false
    }
}

/// Puts a finding into queues.
pub(super) fn queue(changes: &mut Changes, place: &Place, finding: &Finding, publishers: &[&'static str]) {
    let now = changes.time();
    for publisher in publishers {
        let id = format!("{publisher}/{:016}{}", now.millis().max(0), ids::hex(&random_bytes::<8>()));
        let delivery =
            Delivery { place: place.clone(), body: finding.json.to_string(), attempts: 0, next: now };
        changes.create(&Store::global(), id, delivery);
    }
}

impl Work {
    /// The publishers that are told of a place's findings.
    pub(super) fn told(&self, exports: bool) -> Vec<&'static str> {
        let publishers = self.setting.publishers.iter().map(|publisher| publisher.name());
        publishers.chain(exports.then_some(EXPORT)).collect()
    }

    /// Empties the queues, each by itself: one that is stuck does not hold up the others.
    pub(super) async fn publish(&self) {
        let mut tasks = tokio::task::JoinSet::new();
        let exporter: Arc<dyn Publisher> = Arc::new(super::export::Exporter::new(&self.setting));
        for publisher in self.setting.publishers.iter().cloned().chain([exporter]) {
            let work = self.clone();
            tasks.spawn(async move { work.empty(&*publisher).await });
        }
        while tasks.join_next().await.is_some() {}
    }

    async fn empty(&self, publisher: &dyn Publisher) {
        let lease = format!("guardduty.publish.{}", publisher.name());
        let mut failures = 0_u32;
        loop {
            let leased = self.store().lease(&lease, self.node(), LEASE).await;
            if matches!(leased, Ok(Some(_))) {
                match self.empty_once(publisher).await {
                    Ok(None) => failures = 0,
                    Ok(Some(why)) => {
                        tracing::warn!(
                            publisher = publisher.name(),
                            why,
                            "findings were not published; it is tried again"
                        );
                        failures += 1;
                    }
                    Err(error) => {
                        tracing::warn!(%error, "the queue of findings cannot be read; it is tried again");
                    }
                }
            }
            if failures > 0 {
                tokio::time::sleep(delay(failures).min(LEASE)).await;
            } else {
                // Several publishers wait for the same notice; those that miss it look by themselves.
                let _ = tokio::time::timeout(TICK, self.queued.notified()).await;
            }
        }
    }

    /// Tells what is in the queue and due. Gives why it did not get to the end.
    async fn empty_once(&self, publisher: &dyn Publisher) -> Result<Option<String>, Stopped> {
        let prefix = format!("{}/", publisher.name());
        let mut after: Option<String> = None;
        let mut stuck: Vec<Place> = Vec::new();
        let mut first = None;
        loop {
            let page =
                self.store().list::<Delivery>(&Store::global(), &prefix, after.as_deref(), AT_ONCE).await?;
            after = page.items.last().map(|last| last.key.id.clone());
            let due: Vec<_> = page.items.into_iter().filter(|one| one.next <= self.now()).collect();
            for batch in due.chunk_by(|a, b| a.place == b.place) {
                let Some(place) = batch.first().map(|note| &note.place) else { continue };
                if stuck.contains(place) {
                    continue;
                }
                let Some(why) = self.tell(publisher, batch).await? else { continue };
                if !publisher.is_each_places_own() {
                    return Ok(Some(why));
                }
                stuck.push(place.clone());
                first.get_or_insert(why);
            }
            if !page.more {
                return Ok(first);
            }
        }
    }

    async fn tell(
        &self,
        publisher: &dyn Publisher,
        batch: &[Arc<Stored<Delivery>>],
    ) -> Result<Option<String>, Stopped> {
        let notes: Vec<Note> = batch.iter().map(|delivery| note(delivery)).collect();
        let (told, why) = publisher.tell(&notes).await;
        let now = self.now();
        let mut changes = Changes::new(now);
        for delivery in batch.iter().take(told) {
            changes.delete(delivery);
        }
        if let (Some(delivery), Some(_)) = (batch.get(told), &why) {
            let attempts = delivery.attempts.saturating_add(1);
            let next = now.plus(delay(attempts));
            changes.update(delivery, Delivery { attempts, next, ..delivery.value.clone() });
        }
        match self.store().commit(changes).await.map_err(Stopped::from) {
            // Forgotten meanwhile, by dev mode's reset.
            Ok(_) | Err(Stopped::Conflict) => Ok(why),
            Err(error) => Err(error),
        }
    }
}

fn note(delivery: &Stored<Delivery>) -> Note {
    let id = delivery.key.id.rsplit('/').next().unwrap_or_default().to_owned();
    let time =
        Timestamp::from_millis(id.get(..16).and_then(|millis| millis.parse().ok()).unwrap_or_default());
    Note {
        id,
        place: delivery.place.clone(),
        finding: delivery.body.clone(),
        time,
        attempts: delivery.attempts,
    }
}

/// How long it is waited after so many failures.
fn delay(failures: u32) -> Duration {
    Duration::from_secs(1 << failures.saturating_sub(1).min(10)).min(LONGEST)
}
