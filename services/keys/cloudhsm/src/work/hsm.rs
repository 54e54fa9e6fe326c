use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;

use bastide_resources::Stored;

use super::cluster::{cut, machine};
use super::{Machine, Started, Stopped, Trouble, Work};
use crate::stored::{Certificates, Cluster, Hsm, HsmState, Level};
use crate::{clusters, names};

/// Where a new HSM takes its users and keys from.
enum Origin {
    /// It is the first of a new cluster.
    Nowhere,
    /// From another one.
    Other(Machine),
    /// From the content of a backup.
    Content(String),
}

impl Work {
    /// Starts a new HSM, and brings it in step with its cluster.
    pub(super) async fn bring_up(&self, read: &Arc<Stored<Cluster>>, hsm: &Hsm) -> Result<(), Stopped> {
        let listen = self.listen.filter(|listen| *listen != hsm.address && !hsm.joined);
        if let Some(listen) = listen {
            return self.assign(read, hsm, listen).await;
        }
        let new = machine(read, hsm);
        let brought = self.bring_in_step(read, &new).await;
        let (level, certificates) = match brought {
            Ok(found) => found,
            Err(Stopped::Trouble(trouble)) => {
                self.tell(read, hsm, HsmState::CreateInProgress, Some(&trouble.to_string())).await?;
                return Err(trouble.into());
            }
            Err(error) => return Err(error),
        };
        let mut cluster = read.value.clone();
        set(&mut cluster, &hsm.id, HsmState::Active, None);
        for each in cluster.hsms.iter_mut().filter(|each| each.id == hsm.id) {
            each.joined = true;
        }
        cluster.level = cluster.level.max(level);
        if cluster.state == Cluster::at_rest(read.level) {
            cluster.state = Cluster::at_rest(cluster.level);
        }
        let known = &mut cluster.certificates;
        *known = Certificates {
            cluster: known.cluster.take().or(certificates.cluster),
            trust_anchor: known.trust_anchor.take().or(certificates.trust_anchor),
            csr: certificates.csr,
            hsm: certificates.hsm,
            aws_hardware: certificates.aws_hardware,
            manufacturer_hardware: certificates.manufacturer_hardware,
        };
        if cluster.level == Level::New {
            return self.save(read, cluster).await;
        }
        let anchor = cluster.certificates.trust_anchor.clone();
        self.publish(new.clone(), self.members(read, Some(&new.hsm)), anchor).await?;
        self.back_up(read, cluster, &new).await
    }

    /// Gives an HSM the address that the operator chose, and a port that no other HSM here has.
    async fn assign(&self, read: &Arc<Stored<Cluster>>, hsm: &Hsm, listen: IpAddr) -> Result<(), Stopped> {
        let _one_at_a_time = self.assigning.lock().await;
        let mut taken = BTreeSet::new();
        for place in self.places().await? {
            for cluster in clusters::all(&self.store, &place).await? {
                let there = cluster.hsms.iter().filter(|hsm| hsm.address == listen);
                taken.extend(there.map(|hsm| hsm.port));
            }
        }
        let free = (names::PORT..u16::MAX).find(|port| !taken.contains(port));
        let free = free.ok_or_else(|| Trouble::Away("no port is free for the HSM".to_owned()))?;
        let mut cluster = read.value.clone();
        for each in cluster.hsms.iter_mut().filter(|each| each.id == hsm.id) {
            (each.address, each.port) = (listen, free);
        }
        self.save(read, cluster).await
    }

    async fn bring_in_step(
        &self,
        read: &Arc<Stored<Cluster>>,
        new: &Machine,
    ) -> Result<(Level, Certificates), Stopped> {
        let origin = match (read.active().next(), &read.content) {
            _ if read.level == Level::New => Origin::Nowhere,
            (Some(other), _) => Origin::Other(machine(read, other)),
            (None, Some(content)) => Origin::Content(content.clone()),
            (None, None) => Origin::Nowhere,
        };
        let (members, initialized) = (self.members(read, Some(&new.hsm)), read.level > Level::New);
        let asked = new.clone();
        let fresh = self.ask(move |machines| {
            machines.start(&asked)?;
            Ok(machines.level(&asked)? == Level::New)
        });
        let fresh = fresh.await?;
        let content = match &origin {
            Origin::Content(id) if fresh => Some(self.content(id).await?),
            _ => None,
        };
        let asked = new.clone();
        self.ask(move |machines| {
            match (&origin, &content) {
                // After a crash it may have been done before.
                (Origin::Other(other), _) if fresh => machines.join(&asked, other)?,
                (_, Some(content)) => machines.restore(&asked, content)?,
                (Origin::Nowhere, _) if initialized && fresh => {
                    let why = "the cluster has neither an HSM nor a backup to take its state from";
                    return Err(Trouble::Refused(why.to_owned()));
                }
                _ => {}
            }
            for member in &members {
                machines.set_members(member, &members)?;
            }
            Ok((machines.level(&asked)?, machines.certificates(&asked)?))
        })
        .await
    }

    /// Ends an HSM. If the cluster has a certificate, its state is backed up first: no key goes that is nowhere else.
    pub(super) async fn take_down(&self, read: &Arc<Stored<Cluster>>, hsm: &Hsm) -> Result<(), Stopped> {
        let old = machine(read, hsm);
        if read.level > Level::New && hsm.joined && !hsm.released {
            let from = match self.holds_state(read, hsm).await {
                Ok(from) => from,
                Err(Stopped::Trouble(trouble)) => {
                    let why =
                        format!("A backup must be made first, and no HSM of the cluster answers: {trouble}");
                    self.tell(read, hsm, HsmState::DeleteInProgress, Some(&why)).await?;
                    return Err(trouble.into());
                }
                Err(error) => return Err(error),
            };
            let mut cluster = read.value.clone();
            for each in cluster.hsms.iter_mut().filter(|each| each.id == hsm.id) {
                each.released = true;
            }
            return self.back_up(read, cluster, &from).await;
        }
        let members = self.members(read, None);
        self.ask(move |machines| {
            if let Err(trouble) = machines.keep_audit(&old) {
                tracing::warn!(hsm = old.hsm, %trouble, "the end of an HSM's audit log is lost with it");
            }
            machines.destroy(&old)?;
            for member in &members {
                // One that is away is told when it comes back.
                if let Err(trouble) = machines.set_members(member, &members) {
                    tracing::warn!(hsm = member.hsm, %trouble, "an HSM was not told of its cluster's members");
                }
            }
            Ok(())
        })
        .await?;
        let mut cluster = read.value.clone();
        cluster.hsms.retain(|each| each.id != hsm.id);
        if cluster.hsms.is_empty() {
            cluster.node = None;
            if cluster.level == Level::New {
                cluster.certificates = Certificates::default();
            }
        }
        let (left, anchor) = (self.members(read, None), cluster.certificates.trust_anchor.clone());
        if let Some(other) = left.first().cloned() {
            self.publish(other, left, anchor).await?;
        }
        self.save(read, cluster).await
    }

    /// An HSM that a backup can be made of before `leaving` goes: itself or another one.
    async fn holds_state(&self, read: &Arc<Stored<Cluster>>, leaving: &Hsm) -> Result<Machine, Stopped> {
        let members = self.members(read, Some(&leaving.id));
        let leaving = machine(read, leaving);
        let others: Vec<Machine> = read.active().map(|hsm| machine(read, hsm)).collect();
        self.ask(move |machines| {
            let tried = machines.start(&leaving).and_then(|started| {
                if started == Started::Now {
                    // What it missed while it did not run is not to be missing in the backup.
                    machines.set_members(&leaving, &members)?;
                }
                machines.level(&leaving)
            });
            if tried.as_ref().is_ok_and(|level| *level > Level::New) {
                return Ok(leaving);
            }
            let answers = |other: &&Machine| machines.level(other).is_ok_and(|level| level > Level::New);
            match (others.iter().find(answers), tried) {
                (Some(other), _) => Ok(other.clone()),
                (None, Err(trouble)) => Err(trouble),
                (None, Ok(_)) => Err(Trouble::Refused("its folder is empty".to_owned())),
            }
        })
        .await
    }

    /// Sees to it that an HSM runs, and tells whether it does.
    pub(super) async fn watch(
        &self,
        read: &Arc<Stored<Cluster>>,
        hsm: &Hsm,
        probe: bool,
    ) -> Result<(), Stopped> {
        let (watched, members) = (machine(read, hsm), self.members(read, Some(&hsm.id)));
        let in_doubt = hsm.state == HsmState::Degraded;
        let seen = self.ask(move |machines| {
            if machines.start(&watched)? == Started::Before && !in_doubt {
                return if probe { machines.keep_audit(&watched) } else { Ok(()) };
            }
            // It may have missed something: it brings itself in step with the others.
            machines.set_members(&watched, &members)
        });
        match seen.await {
            Ok(()) if in_doubt => self.tell(read, hsm, HsmState::Active, None).await,
            Ok(()) => Ok(()),
            Err(Stopped::Trouble(trouble)) => {
                self.tell(read, hsm, HsmState::Degraded, Some(&trouble.to_string())).await?;
                Err(trouble.into())
            }
            Err(error) => Err(error),
        }
    }

    /// Tells clients where the HSMs are, once the cluster has a certificate.
    pub(super) async fn publish(
        &self,
        asked: Machine,
        members: Vec<Machine>,
        anchor: Option<String>,
    ) -> Result<(), Stopped> {
        let Some(anchor) = anchor else { return Ok(()) };
        self.ask(move |machines| machines.publish(&asked, &members, &anchor)).await
    }

    /// The HSMs that belong to the cluster now: those that work or are to, and `also`.
    pub(super) fn members(&self, cluster: &Stored<Cluster>, also: Option<&str>) -> Vec<Machine> {
        let belongs = |hsm: &&Hsm| {
            matches!(hsm.state, HsmState::Active | HsmState::Degraded) || also == Some(hsm.id.as_str())
        };
        cluster.hsms.iter().filter(belongs).map(|hsm| machine(cluster, hsm)).collect()
    }

    /// Writes what is to be said of an HSM, if it is something else than before.
    async fn tell(
        &self,
        read: &Arc<Stored<Cluster>>,
        hsm: &Hsm,
        state: HsmState,
        message: Option<&str>,
    ) -> Result<(), Stopped> {
        let mut cluster = read.value.clone();
        set(&mut cluster, &hsm.id, state, message);
        if cluster.hsms == read.hsms {
            return Ok(());
        }
        match message {
            Some(why) => tracing::warn!(
                hsm = hsm.id,
                cluster = read.key.id,
                why,
                "an HSM is in trouble; it is tried again"
            ),
            None => tracing::info!(hsm = hsm.id, cluster = read.key.id, "an HSM works again"),
        }
        self.save(read, cluster).await
    }
}

fn set(cluster: &mut Cluster, hsm: &str, state: HsmState, message: Option<&str>) {
    for each in cluster.hsms.iter_mut().filter(|each| each.id == hsm) {
        each.state = state;
        each.message = message.map(cut);
    }
}
