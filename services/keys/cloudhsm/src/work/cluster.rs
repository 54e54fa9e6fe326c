use std::sync::Arc;
use std::time::Duration;

use bastide_ids::Place;
use bastide_resources::Stored;

use super::{Machine, Stopped, Trouble, Work};
use crate::stored::{Cluster, Hsm, HsmState, Level, Rollback, State};

/// How long the type of a cluster can be changed back. Source: CloudHSM User Guide, migrating between HSM types.
const ROLLBACK: Duration = Duration::from_secs(86_400);
/// How long a deleted cluster is told of.
const REMEMBERED: Duration = Duration::from_secs(3600);
/// A backup is made at least so often. Source: CloudHSM User Guide, frequency of backups.
const DAILY: Duration = Duration::from_secs(86_400);

impl Work {
    /// One pass over a cluster: everything about it that can be done now.
    pub(super) async fn pass(&self, place: &Place, id: &str, probe: bool) {
        let done = self.steps(place, id, probe).await;
        self.note(id, done);
    }

    /// Tells the operator of a step that failed. What an HSM refused stands in its message.
    fn note(&self, cluster: &str, done: Result<(), Stopped>) {
        match done {
            Ok(()) | Err(Stopped::Conflict) => {}
            Err(Stopped::Trouble(trouble)) => tracing::debug!(cluster, %trouble, "an HSM is in trouble"),
            Err(Stopped::Store(error)) => {
                tracing::warn!(cluster, %error, "a step of a cluster failed; it is tried again");
            }
        }
    }

    async fn steps(&self, place: &Place, id: &str, probe: bool) -> Result<(), Stopped> {
        let Some(cluster) = self.store.find::<Cluster>(place, id).await? else { return Ok(()) };
        if cluster.node.is_none() && !cluster.hsms.is_empty() {
            let node = Some(self.node.to_string());
            return self.save(&cluster, Cluster { node, ..cluster.value.clone() }).await;
        }
        // One HSM in trouble keeps nothing else from being done.
        for hsm in &cluster.hsms {
            let done = match hsm.state {
                HsmState::CreateInProgress => self.bring_up(&cluster, hsm).await,
                HsmState::DeleteInProgress => self.take_down(&cluster, hsm).await,
                HsmState::Active | HsmState::Degraded => self.watch(&cluster, hsm, probe).await,
            };
            self.note(id, done);
        }
        let now = self.store.find::<Cluster>(place, id).await?;
        match now.filter(|now| now.sequence == cluster.sequence) {
            Some(cluster) => self.state_step(&cluster).await,
            None => Ok(()),
        }
    }

    /// What the state of a cluster says that is to be done.
    async fn state_step(&self, cluster: &Arc<Stored<Cluster>>) -> Result<(), Stopped> {
        match cluster.state {
            State::CreateInProgress => self.rest(cluster, |_| {}).await,
            State::InitializeInProgress => self.initialize(cluster).await,
            State::ModifyInProgress => {
                let expires = self.clock.now().plus(ROLLBACK);
                self.rest(cluster, |changed| {
                    let hsm_type = std::mem::replace(&mut changed.hsm_type, "hsm2m.medium".to_owned());
                    changed.rollback = Some(Rollback { hsm_type, expires });
                })
                .await
            }
            State::RollbackInProgress => {
                self.rest(cluster, |changed| {
                    if let Some(back) = changed.rollback.take() {
                        changed.hsm_type = back.hsm_type;
                    }
                })
                .await
            }
            State::Initialized => self.activate(cluster).await,
            State::DeleteInProgress => self.delete(cluster).await,
            State::Deleted => self.forget(cluster).await,
            State::Uninitialized => Ok(()),
            State::Active => self.back_up_daily(cluster).await,
        }
    }

    /// Brings a cluster to the state in which it rests.
    async fn rest(&self, read: &Stored<Cluster>, change: impl FnOnce(&mut Cluster)) -> Result<(), Stopped> {
        let mut cluster = read.value.clone();
        cluster.state = Cluster::at_rest(cluster.level);
        cluster.message = None;
        change(&mut cluster);
        self.save(read, cluster).await
    }

    /// Gives the HSM the certificate that InitializeCluster brought.
    async fn initialize(&self, read: &Arc<Stored<Cluster>>) -> Result<(), Stopped> {
        let Some(hsm) = read.active().next() else { return Ok(()) };
        let (machine, known) = (machine(read, hsm), read.certificates.clone());
        let asked = machine.clone();
        let given = self.ask(move |machines| {
            // After a crash it may have been done before.
            if machines.level(&asked)? > Level::New {
                return Ok(());
            }
            let (certificate, anchor) =
                (known.cluster.unwrap_or_default(), known.trust_anchor.unwrap_or_default());
            machines.initialize(&asked, &certificate, &anchor)
        });
        let mut cluster = read.value.clone();
        match given.await {
            Ok(()) => cluster.level = Level::Initialized,
            Err(Stopped::Trouble(Trouble::Refused(why))) => {
                cluster.certificates.cluster = None;
                cluster.certificates.trust_anchor = None;
                cluster.state = State::Uninitialized;
                cluster.message = Some(cut(&format!("The HSM refused the certificate: {why}")));
                return self.save(read, cluster).await;
            }
            Err(error) => return Err(error),
        }
        cluster.state = Cluster::at_rest(cluster.level);
        cluster.message = None;
        let anchor = cluster.certificates.trust_anchor.clone();
        self.publish(machine.clone(), self.members(read, None), anchor).await?;
        self.back_up(read, cluster, &machine).await
    }

    /// Asks whether the admin has been given a password.
    async fn activate(&self, read: &Arc<Stored<Cluster>>) -> Result<(), Stopped> {
        let Some(hsm) = read.active().next() else { return Ok(()) };
        let machine = machine(read, hsm);
        if self.ask(move |machines| machines.level(&machine)).await? < Level::Active {
            return Ok(());
        }
        self.rest(read, |cluster| {
            cluster.level = Level::Active;
            cluster.state = State::Active;
        })
        .await
    }

    async fn back_up_daily(&self, read: &Arc<Stored<Cluster>>) -> Result<(), Stopped> {
        let due = read.backed_up.is_none_or(|last| last.plus(DAILY) <= self.clock.now());
        match read.active().next() {
            Some(hsm) if due => self.back_up(read, read.value.clone(), &machine(read, hsm)).await,
            _ => Ok(()),
        }
    }

    /// Nothing is left of the cluster but its name; its backups stay.
    async fn delete(&self, read: &Arc<Stored<Cluster>>) -> Result<(), Stopped> {
        let id = read.key.id.clone();
        self.ask(move |machines| machines.forget(&id)).await?;
        let mut cluster = read.value.clone();
        let content = cluster.content.take();
        cluster.state = State::Deleted;
        cluster.deleted = Some(self.clock.now());
        self.save(read, cluster).await?;
        match content {
            Some(content) => self.drop_content(&content).await,
            None => Ok(()),
        }
    }

    async fn forget(&self, read: &Arc<Stored<Cluster>>) -> Result<(), Stopped> {
        if read.deleted.is_some_and(|deleted| deleted.plus(REMEMBERED) > self.clock.now()) {
            return Ok(());
        }
        let mut changes = self.changes();
        changes.delete(read);
        self.commit(changes).await
    }

    pub(super) async fn save(&self, read: &Stored<Cluster>, cluster: Cluster) -> Result<(), Stopped> {
        let mut changes = self.changes();
        changes.update(read, cluster);
        self.commit(changes).await
    }
}

/// An HSM of a cluster, as its process is started and spoken to.
pub(super) fn machine(cluster: &Stored<Cluster>, hsm: &Hsm) -> Machine {
    Machine {
        cluster: cluster.key.id.clone(),
        hsm: hsm.id.clone(),
        fips: cluster.mode == "FIPS",
        listens: hsm.listens(),
    }
}

/// A text as `StateMessage` takes it.
pub(super) fn cut(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(300).collect()
}
