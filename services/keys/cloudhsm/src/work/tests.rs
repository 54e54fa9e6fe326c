//! Clusters from state to state, with HSMs that are only thought of.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex};

use bastide_ids::{AccountId, Clock as _, MovableClock, Place, Region};
use bastide_resources::{Changes, Store, Stored};
use bastide_seal::{MemoryKeyring, RootSource, Sealer};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{Machine, Machines, Started, Trouble, Work};
use crate::stored::{
    Backup, BackupState, Certificates, Cluster, Content, Hsm, HsmState, Level, Part, Realm, State,
};
use crate::{backups, names};

/// HSMs by their ids.
#[derive(Default)]
struct Thought {
    hsms: Mutex<BTreeMap<String, One>>,
}

#[derive(Clone, Default)]
struct One {
    runs: bool,
    /// It ends as soon as it is started.
    broken: bool,
    kept: Kept,
    members: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    certificate: Option<String>,
    active: bool,
    keys: BTreeSet<String>,
}

impl Thought {
    fn with<T>(&self, hsm: &str, act: impl FnOnce(&mut One) -> T) -> T {
        act(self.hsms.lock().unwrap().entry(hsm.to_owned()).or_default())
    }

    fn running(&self, machine: &Machine) -> Result<One, Trouble> {
        self.with(&machine.hsm, |one| {
            if one.runs { Ok(one.clone()) } else { Err(Trouble::Away("it does not run".to_owned())) }
        })
    }

    fn kept(&self, hsm: &str) -> Kept {
        self.with(hsm, |one| one.kept.clone())
    }
}

impl Machines for Thought {
    fn set_root(&self, _: &[u8]) -> Result<(), Trouble> {
        Ok(())
    }
    fn start(&self, machine: &Machine) -> Result<Started, Trouble> {
        self.with(&machine.hsm, |one| {
            if one.broken {
                return Err(Trouble::Away("it ended".to_owned()));
            }
            let before = std::mem::replace(&mut one.runs, true);
            Ok(if before { Started::Before } else { Started::Now })
        })
    }
    fn level(&self, machine: &Machine) -> Result<Level, Trouble> {
        let kept = self.running(machine)?.kept;
        Ok(match (kept.certificate, kept.active) {
            (None, _) => Level::New,
            (Some(_), false) => Level::Initialized,
            (Some(_), true) => Level::Active,
        })
    }
    fn certificates(&self, machine: &Machine) -> Result<Certificates, Trouble> {
        let cluster = self.running(machine)?.kept.certificate;
        Ok(Certificates { csr: Some("request".to_owned()), cluster, ..Certificates::default() })
    }
    fn initialize(&self, machine: &Machine, certificate: &str, _: &str) -> Result<(), Trouble> {
        self.running(machine)?;
        if certificate == "bad" {
            return Err(Trouble::Refused("it does not fit".to_owned()));
        }
        self.with(&machine.hsm, |one| one.kept.certificate = Some(certificate.to_owned()));
        Ok(())
    }
    fn set_members(&self, machine: &Machine, members: &[Machine]) -> Result<(), Trouble> {
        self.running(machine)?;
        let names = members.iter().map(|member| member.hsm.clone()).collect();
        self.with(&machine.hsm, |one| one.members = names);
        Ok(())
    }
    fn join(&self, machine: &Machine, from: &Machine) -> Result<(), Trouble> {
        let kept = self.running(from)?.kept;
        self.with(&machine.hsm, |one| one.kept = kept);
        Ok(())
    }
    fn backup(&self, machine: &Machine) -> Result<Vec<u8>, Trouble> {
        Ok(serde_json::to_vec(&self.running(machine)?.kept).unwrap())
    }
    fn restore(&self, machine: &Machine, backup: &[u8]) -> Result<(), Trouble> {
        self.running(machine)?;
        let kept = serde_json::from_slice(backup).unwrap();
        self.with(&machine.hsm, |one| one.kept = kept);
        Ok(())
    }
    fn keep_audit(&self, machine: &Machine) -> Result<(), Trouble> {
        self.running(machine).map(|_| ())
    }
    fn destroy(&self, machine: &Machine) -> Result<(), Trouble> {
        self.hsms.lock().unwrap().remove(&machine.hsm);
        Ok(())
    }
    fn forget(&self, _: &str) -> Result<(), Trouble> {
        Ok(())
    }
    fn publish(&self, _: &Machine, _: &[Machine], _: &str) -> Result<(), Trouble> {
        Ok(())
    }
    fn only(&self, _: &[String]) {}
    fn stop(&self) {}
}

struct World {
    work: Work,
    clock: Arc<MovableClock>,
    thought: Arc<Thought>,
    place: Place,
}

const DAY: u64 = 86_400;

impl World {
    fn new() -> Self {
        let (clock, thought) = (Arc::new(MovableClock::default()), Arc::new(Thought::default()));
        let root = RootSource::Bytes(Zeroizing::new("42".repeat(32)));
        let sealer = Sealer::open(&root, Arc::new(MemoryKeyring::default()), clock.now()).unwrap();
        let work = Work {
            store: Store::temporary().unwrap(),
            clock: clock.clone(),
            node: "here".into(),
            machines: thought.clone(),
            sealer: Arc::new(sealer),
            listen: None,
            assigning: Arc::default(),
            door: None,
            root: Arc::default(),
        };
        let place = Place::new(AccountId::from_number(1), Region::us_east_1());
        Self { work, clock, thought, place }
    }

    async fn save(&self, change: impl FnOnce(&mut Changes)) {
        let mut changes = Changes::new(self.clock.now());
        change(&mut changes);
        self.work.store.commit(changes).await.unwrap();
    }

    /// A cluster as CreateCluster makes it.
    async fn cluster(&self, from: Option<&Backup>) -> String {
        let id = names::new_id("cluster");
        let cluster = Cluster {
            created: self.clock.now(),
            hsm_type: "hsm2m.medium".to_owned(),
            mode: "FIPS".to_owned(),
            retention_days: 7,
            subnets: BTreeMap::new(),
            vpc: String::new(),
            security_group: String::new(),
            source: None,
            state: State::CreateInProgress,
            message: None,
            level: from.map_or(Level::New, |backup| backup.level),
            certificates: Certificates::default(),
            hsms: Vec::new(),
            node: None,
            content: from.map(|backup| backup.content.clone()),
            backed_up: None,
            rollback: None,
            tags: BTreeMap::new(),
            deleted: None,
        };
        let realm = Realm { place: self.place.clone() };
        self.save(|changes| {
            changes.create(&self.place, id.clone(), cluster);
            changes.put(&Store::global(), Realm::id(&self.place), realm);
        })
        .await;
        id
    }

    async fn find(&self, cluster: &str) -> Arc<Stored<Cluster>> {
        self.work.store.find::<Cluster>(&self.place, cluster).await.unwrap().unwrap()
    }

    async fn change(&self, cluster: &str, change: impl FnOnce(&mut Cluster)) {
        let read = self.find(cluster).await;
        let mut changed = read.value.clone();
        change(&mut changed);
        self.save(|changes| {
            changes.update(&read, changed);
        })
        .await;
    }

    /// Adds an HSM as CreateHsm does; gives its id.
    async fn add(&self, cluster: &str) -> String {
        let hsm = Hsm {
            id: names::new_id("hsm"),
            created: self.clock.now(),
            zone: "us-east-1a".to_owned(),
            eni: names::new_hex_id("eni"),
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 2223,
            state: HsmState::CreateInProgress,
            message: None,
            joined: false,
            released: false,
        };
        let id = hsm.id.clone();
        self.change(cluster, |cluster| cluster.hsms.push(hsm)).await;
        id
    }

    async fn remove(&self, cluster: &str, hsm: &str) {
        self.change(cluster, |cluster| {
            let found = cluster.hsms.iter_mut().find(|each| each.id == hsm).unwrap();
            found.state = HsmState::DeleteInProgress;
        })
        .await;
    }

    /// Everything that can be done now.
    async fn settle(&self, cluster: &str) -> Arc<Stored<Cluster>> {
        for _ in 0..8 {
            self.work.pass(&self.place, cluster, true).await;
        }
        self.find(cluster).await
    }

    /// A cluster with one HSM and a certificate, whose admin has a password, and with one key.
    async fn active(&self) -> (String, String) {
        let cluster = self.cluster(None).await;
        let hsm = self.add(&cluster).await;
        let now = self.settle(&cluster).await;
        assert!(now.state == State::Uninitialized && now.certificates.csr.is_some());
        self.initialize(&cluster, "certificate").await;
        assert_eq!(self.settle(&cluster).await.state, State::Initialized);
        self.thought.with(&hsm, |one| {
            one.kept.active = true;
            one.kept.keys.insert("first".to_owned());
        });
        assert_eq!(self.settle(&cluster).await.state, State::Active);
        (cluster, hsm)
    }

    async fn initialize(&self, cluster: &str, certificate: &str) {
        self.change(cluster, |cluster| {
            cluster.state = State::InitializeInProgress;
            cluster.certificates.cluster = Some(certificate.to_owned());
        })
        .await;
    }

    async fn backups(&self) -> Vec<Arc<Stored<Backup>>> {
        let mut found = backups::all(&self.work.store, &self.place, self.clock.now()).await.unwrap();
        found.sort_by_key(|backup| backup.created);
        found
    }

    async fn advance(&self, days: u64) {
        self.clock.advance(std::time::Duration::from_secs(days * DAY));
        self.work.purge(&self.place).await.unwrap();
    }

    async fn contents(&self) -> (usize, usize) {
        let (store, everywhere) = (&self.work.store, Store::global());
        let contents = store.list::<Content>(&everywhere, "", None, 1000).await.unwrap();
        let parts = store.list::<Part>(&everywhere, "", None, 1000).await.unwrap();
        (contents.items.len(), parts.items.len())
    }
}

#[tokio::test]
async fn a_second_hsm_takes_over_from_the_first() {
    let world = World::new();
    let (cluster, first) = world.active().await;
    let second = world.add(&cluster).await;
    let now = world.settle(&cluster).await;
    assert_eq!(now.active().count(), 2);
    assert_eq!(world.thought.kept(&second), world.thought.kept(&first));
    for hsm in [&first, &second] {
        assert_eq!(world.thought.with(hsm, |one| one.members.clone()), [first.clone(), second.clone()]);
    }
    // One when it was initialised, one when the HSM came.
    assert_eq!(world.backups().await.len(), 2);
}

#[tokio::test]
async fn the_last_hsm_leaves_its_keys_to_the_next() {
    let world = World::new();
    let (cluster, first) = world.active().await;
    let kept = world.thought.kept(&first);
    world.remove(&cluster, &first).await;
    let now = world.settle(&cluster).await;
    assert!(now.hsms.is_empty() && now.node.is_none() && now.state == State::Active);
    assert!(!world.thought.hsms.lock().unwrap().contains_key(&first));
    let next = world.add(&cluster).await;
    assert_eq!(world.settle(&cluster).await.active().count(), 1);
    assert_eq!(world.thought.kept(&next), kept);
}

#[tokio::test]
async fn no_hsm_goes_before_its_keys_are_safe() {
    let world = World::new();
    let (cluster, hsm) = world.active().await;
    world.thought.with(&hsm, |one| (one.runs, one.broken) = (false, true));
    world.remove(&cluster, &hsm).await;
    let now = world.settle(&cluster).await;
    assert_eq!(now.hsms[0].state, HsmState::DeleteInProgress);
    assert!(now.hsms[0].message.as_deref().unwrap().contains("A backup must be made first"));
    assert!(world.thought.kept(&hsm).keys.contains("first"));
    world.thought.with(&hsm, |one| one.broken = false);
    assert!(world.settle(&cluster).await.hsms.is_empty());
    // One that never had anything may go.
    let broken = world.add(&cluster).await;
    world.thought.with(&broken, |one| one.broken = true);
    let now = world.settle(&cluster).await;
    assert!(now.hsms[0].state == HsmState::CreateInProgress && now.hsms[0].message.is_some());
    world.remove(&cluster, &broken).await;
    assert!(world.settle(&cluster).await.hsms.is_empty());
}

#[tokio::test]
async fn an_hsm_that_does_not_answer_is_degraded() {
    let world = World::new();
    let (cluster, first) = world.active().await;
    let second = world.add(&cluster).await;
    world.settle(&cluster).await;
    world.thought.with(&first, |one| (one.runs, one.broken) = (false, true));
    let now = world.settle(&cluster).await;
    assert!(now.hsms[0].state == HsmState::Degraded && now.hsms[1].state == HsmState::Active);
    world.thought.with(&first, |one| (one.broken, one.members) = (false, Vec::new()));
    assert_eq!(world.settle(&cluster).await.active().count(), 2);
    // It was brought in step.
    assert_eq!(world.thought.with(&first, |one| one.members.clone()), [first.clone(), second]);
}

#[tokio::test]
async fn a_certificate_that_the_hsm_refuses() {
    let world = World::new();
    let cluster = world.cluster(None).await;
    world.add(&cluster).await;
    world.settle(&cluster).await;
    world.initialize(&cluster, "bad").await;
    let now = world.settle(&cluster).await;
    assert!(now.state == State::Uninitialized && now.certificates.cluster.is_none());
    assert!(now.message.as_deref().unwrap().contains("does not fit"));
}

#[tokio::test]
async fn a_cluster_from_a_backup_has_its_keys() {
    let world = World::new();
    let (cluster, first) = world.active().await;
    world.remove(&cluster, &first).await;
    world.settle(&cluster).await;
    let backup = world.backups().await.pop().unwrap();
    let restored = world.cluster(Some(&backup.value)).await;
    assert_eq!(world.settle(&restored).await.state, State::Active);
    let hsm = world.add(&restored).await;
    let now = world.settle(&restored).await;
    assert_eq!((now.state, now.active().count()), (State::Active, 1));
    assert!(world.thought.kept(&hsm).keys.contains("first"));
}

#[tokio::test]
async fn backups_are_kept_as_long_as_the_cluster_says() {
    let world = World::new();
    let (cluster, _) = world.active().await;
    for _ in 0..10 {
        world.advance(1).await;
        world.settle(&cluster).await;
    }
    world.advance(0).await;
    let all = world.backups().await;
    assert_eq!(all.len(), 11);
    let pending = |backup: &&Arc<Stored<Backup>>| backup.state != BackupState::Ready;
    assert_eq!(all.iter().filter(pending).count(), 4);
    world.change(&cluster, |cluster| cluster.hsms.clear()).await;
    world.advance(30).await;
    world.advance(8).await;
    // The last one stays, and with it its content.
    let left = world.backups().await;
    assert!(left.len() == 1 && left[0].state == BackupState::Ready);
    assert_eq!(world.contents().await, (1, 1));
}

#[tokio::test]
async fn a_content_goes_with_the_last_who_refers_to_it() {
    let world = World::new();
    let (cluster, first) = world.active().await;
    world.remove(&cluster, &first).await;
    world.settle(&cluster).await;
    for backup in world.backups().await {
        let due = world.clock.now();
        let gone = Backup { state: BackupState::PendingDeletion(due), ..backup.value.clone() };
        world
            .save(|changes| {
                changes.update(&backup, gone);
            })
            .await;
    }
    world.advance(1).await;
    assert!(world.backups().await.is_empty());
    // The cluster's next HSM needs it.
    assert_eq!(world.contents().await, (1, 1));
    world.change(&cluster, |cluster| cluster.state = State::DeleteInProgress).await;
    assert_eq!(world.settle(&cluster).await.state, State::Deleted);
    assert_eq!(world.contents().await, (0, 0));
    world.advance(1).await;
    world.work.pass(&world.place, &cluster, false).await;
    assert!(world.work.store.find::<Cluster>(&world.place, &cluster).await.unwrap().is_none());
}

#[tokio::test]
async fn hsms_listen_where_the_operator_says() {
    let mut world = World::new();
    let listen = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
    world.work.listen = Some(listen);
    let (cluster, _) = world.active().await;
    world.add(&cluster).await;
    let now = world.settle(&cluster).await;
    let places: Vec<_> = now.active().map(|hsm| (hsm.address, hsm.port)).collect();
    assert_eq!(places, [(listen, 2223), (listen, 2224)]);
}

#[tokio::test]
async fn a_type_is_changed_and_changed_back() {
    let world = World::new();
    let (cluster, _) = world.active().await;
    world
        .change(&cluster, |cluster| {
            cluster.hsm_type = "hsm1.medium".to_owned();
            cluster.state = State::ModifyInProgress;
        })
        .await;
    let now = world.settle(&cluster).await;
    assert!(now.state == State::Active && now.hsm_type == "hsm2m.medium" && now.rollback.is_some());
    world.change(&cluster, |cluster| cluster.state = State::RollbackInProgress).await;
    let now = world.settle(&cluster).await;
    assert!(now.state == State::Active && now.hsm_type == "hsm1.medium" && now.rollback.is_none());
}

#[tokio::test]
async fn the_root_is_made_once_and_sealed() {
    let world = World::new();
    world.work.open_root().await.unwrap();
    world.work.open_root().await.unwrap();
    let before = world.work.root.load(std::sync::atomic::Ordering::Relaxed);
    world.work.open_root().await.unwrap();
    assert!(before > 0 && world.work.root.load(std::sync::atomic::Ordering::Relaxed) == before);
}
