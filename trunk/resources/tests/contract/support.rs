use std::future::Future;

use bastide_ids::{AccountId, Place, Region, Timestamp, Uuid};
use bastide_resources::{
    Changes, CommitError, Committed, Item, Key, Related, Relation, Resource, Store, StoreError, Stored,
};
use serde::{Deserialize, Serialize};

/// A store, and where it can be opened again.
pub(crate) struct Fixture {
    pub(crate) store: Store,
    pub(crate) address: String,
    pub(crate) folder: Option<tempfile::TempDir>,
}

impl Fixture {
    /// Closes the store and opens it again.
    pub(crate) async fn reopened(self) -> Self {
        let store = self.store.clone();
        self.reopened_without(store).await
    }

    /// The same, where the caller has a handle of the store too.
    pub(crate) async fn reopened_without(self, other: Store) -> Self {
        let Self { store, address, folder } = self;
        drop((store, other));
        Self { store: Store::open(&address).await.unwrap(), address, folder }
    }
}

pub(crate) fn on_sqlite<F: Future<Output = ()>>(case: impl FnOnce(Fixture) -> F) {
    run(async {
        let folder = tempfile::tempdir().unwrap();
        let address = format!("sqlite:{}", folder.path().join("resources.db").display());
        let store = Store::open(&address).await.unwrap();
        case(Fixture { store, address, folder: Some(folder) }).await;
    });
}

pub(crate) fn on_postgres<F: Future<Output = ()>>(case: impl FnOnce(Fixture) -> F) {
    run(async {
        let address = postgres_schema().await;
        let store = Store::open(&address).await.unwrap();
        case(Fixture { store, address, folder: None }).await;
    });
}

/// The address of a new, empty schema on the test server.
#[allow(clippy::disallowed_methods, reason = "tests are configured by their environment")]
pub(crate) async fn postgres_schema() -> String {
    let server = std::env::var("BASTIDE_TEST_POSTGRES").expect("set BASTIDE_TEST_POSTGRES=postgres://…");
    let schema = format!("test_{}", Uuid::random().to_string().replace('-', ""));
    postgres(&server, &format!("CREATE SCHEMA {schema}")).await;
    let separator = if server.contains('?') { '&' } else { '?' };
    format!("{server}{separator}options=-csearch_path%3D{schema}")
}

/// Runs statements on the server behind the store's back.
pub(crate) async fn postgres(address: &str, sql: &str) {
    let (client, connection) = tokio_postgres::connect(address, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client.batch_execute(sql).await.unwrap();
}

fn run(work: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(work);
}

/// A named thing with tags, that Config knows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Thing {
    pub(crate) color: String,
    #[serde(default)]
    pub(crate) hidden: u64,
    #[serde(default)]
    pub(crate) owners: Vec<String>,
}

impl Resource for Thing {
    const TYPE: &'static str = "test.thing";

    fn item(&self, key: &Key) -> Option<Item> {
        (self.color != "invisible").then(|| Item {
            resource_type: "AWS::Test::Thing".into(),
            resource_id: key.id.clone(),
            resource_name: Some(format!("name-of-{}", key.id)),
            arn: key.place.arn("test", &format!("thing/{}", key.id)),
            configuration: serde_json::json!({"color": self.color}),
            supplementary: vec![("Policy".into(), "{}".into())],
            tags: vec![("color".into(), self.color.clone())],
            created: Some(Timestamp::from_seconds(7)),
        })
    }

    fn relations(&self, key: &Key) -> Vec<Relation> {
        let one = |owner: &String| Relation {
            name: "owner",
            to: Key::of::<Counter>(&key.place, owner.as_str()),
            shown: Some(Related {
                relationship: "Is owned by Counter".into(),
                resource_type: "AWS::Test::Counter".into(),
                resource_id: Some(owner.clone()),
                resource_name: None,
            }),
        };
        self.owners.iter().map(one).collect()
    }
}

/// A number that Config does not know.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Counter(pub(crate) u64);

impl Resource for Counter {
    const TYPE: &'static str = "test.counter";
}

/// A number without a past.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Seen(pub(crate) u64);

impl Resource for Seen {
    const TYPE: &'static str = "test.seen";
    const HISTORY: bool = false;
}

pub(crate) fn thing(color: &str) -> Thing {
    Thing { color: color.into(), ..Thing::default() }
}

pub(crate) fn place(account: u64) -> Place {
    Place::new(AccountId::from_number(account), Region::us_east_1())
}

pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(seconds)
}

/// Commits what `fill` puts in, at second 1.
pub(crate) async fn commit(
    store: &Store,
    fill: impl FnOnce(&mut Changes) -> &mut Changes,
) -> Result<Committed, CommitError> {
    commit_at(store, 1, fill).await
}

pub(crate) async fn commit_at(
    store: &Store,
    second: i64,
    fill: impl FnOnce(&mut Changes) -> &mut Changes,
) -> Result<Committed, CommitError> {
    let mut changes = Changes::new(at(second));
    fill(&mut changes);
    store.commit(changes).await
}

/// The document, which must be there.
pub(crate) async fn found<T: Resource>(store: &Store, place: &Place, id: &str) -> std::sync::Arc<Stored<T>> {
    store.find::<T>(place, id).await.unwrap().unwrap_or_else(|| panic!("`{id}` is not there"))
}

/// Why a store cannot be opened.
pub(crate) async fn refused(address: &str) -> StoreError {
    match Store::open(address).await {
        Err(error) => error,
        Ok(_) => panic!("`{address}` was opened"),
    }
}

/// The key that a commit conflicted on.
pub(crate) fn conflict(result: Result<Committed, CommitError>) -> String {
    match result {
        Err(CommitError::Conflict { key }) => key.id,
        other => panic!("expected a conflict, got {other:?}"),
    }
}
