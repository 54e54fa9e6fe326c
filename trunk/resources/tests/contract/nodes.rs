//! What only holds between several nodes on one PostgreSQL.

use std::time::Duration;

use bastide_resources::{Changes, CommitError, Store, StoreError};

use crate::support::{Counter, Fixture, at, commit, conflict, found, on_postgres, place, postgres, refused};

#[test]
#[ignore = "needs BASTIDE_TEST_POSTGRES=postgres://…, which `cargo xtask test` sets"]
fn a_refresh_sees_what_other_nodes_did() {
    on_postgres(async |fixture: Fixture| {
        let (one, here) = (&fixture.store, &place(1));
        let two = &Store::open(&fixture.address).await.unwrap();
        assert!(one.find::<Counter>(here, "a").await.unwrap().is_none());
        commit(two, |c| c.create(here, "a", Counter(1)).create(here, "b", Counter(1))).await.unwrap();
        one.refresh().await.unwrap();
        let a = found::<Counter>(one, here, "a").await;
        found::<Counter>(one, here, "b").await;
        // A node reads its own commits at once, and a conflict reads the document anew.
        commit(two, |c| c.put(here, "a", Counter(2))).await.unwrap();
        assert_eq!(found::<Counter>(two, here, "a").await.0, 2);
        assert_eq!(conflict(commit(one, |c| c.update(&a, Counter(9))).await), "a");
        assert_eq!(found::<Counter>(one, here, "a").await.0, 2);
        let b = found::<Counter>(two, here, "b").await;
        commit(two, |c| c.delete(&b)).await.unwrap();
        one.refresh().await.unwrap();
        assert!(one.find::<Counter>(here, "b").await.unwrap().is_none());
        two.reset().await.unwrap();
        one.refresh().await.unwrap();
        assert!(one.find::<Counter>(here, "a").await.unwrap().is_none());
        let long = Duration::from_secs(60);
        let lease = one.lease("work", "one", long).await.unwrap().unwrap();
        assert_eq!(two.lease("work", "two", long).await.unwrap(), None);
        one.release(&lease).await.unwrap();
        assert!(two.lease("work", "two", long).await.unwrap().is_some());
    });
}

#[test]
#[ignore = "needs BASTIDE_TEST_POSTGRES=postgres://…, which `cargo xtask test` sets"]
fn nodes_do_not_lose_each_others_updates() {
    on_postgres(async |fixture: Fixture| {
        let stores = [&fixture.address; 3].map(|address| async move { Store::open(address).await.unwrap() });
        commit(&fixture.store, |c| c.create(&place(1), "n", Counter(0))).await.unwrap();
        let mut tasks = Vec::new();
        for store in stores {
            let store = store.await;
            for _ in 0..3 {
                tasks.push(tokio::spawn(increment(store.clone(), 20)));
            }
        }
        for task in tasks {
            assert_eq!(task.await.unwrap(), (20, 0, 0));
        }
        fixture.store.refresh().await.unwrap();
        assert_eq!(found::<Counter>(&fixture.store, &place(1), "n").await.0, 180);
    });
}

#[test]
#[ignore = "needs BASTIDE_TEST_POSTGRES=postgres://…, which `cargo xtask test` sets"]
fn lost_connections_lose_nothing() {
    on_postgres(async |fixture: Fixture| {
        let name = "bastide-lost-connections";
        let address = format!("{}&application_name={name}", fixture.address);
        let store = Store::open(&address).await.unwrap();
        commit(&store, |c| c.create(&place(1), "n", Counter(0))).await.unwrap();
        let tasks: Vec<_> = (0..4).map(|_| tokio::spawn(increment(store.clone(), 50))).collect();
        let kill = format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '{name}'"
        );
        while tasks.iter().any(|task| !task.is_finished()) {
            postgres(&fixture.address, &kill).await;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let (mut done, mut unknown) = (0, 0);
        for task in tasks {
            let (one, other, _) = task.await.unwrap();
            done += one;
            unknown += other;
        }
        let count = found::<Counter>(&fixture.store, &place(1), "n").await.0;
        assert!((done..=done + unknown).contains(&count), "{count}: {done} done, {unknown} unknown");
        assert!(done > 150, "{done} done, {unknown} unknown");
    });
}

/// Adds one some times; how often that is known to be done, how often it may be, and how often it failed.
async fn increment(store: Store, times: u64) -> (u64, u64, u64) {
    let (mut done, mut unknown, mut failures) = (0, 0, 0);
    while done + unknown < times {
        assert!(failures < 1000, "nothing works any more");
        let read = async {
            store.refresh().await?;
            store.find::<Counter>(&place(1), "n").await
        };
        let Ok(Some(read)) = read.await else {
            failures += 1;
            continue;
        };
        let mut changes = Changes::new(at(1));
        changes.update(&read, Counter(read.0 + 1));
        match store.commit(changes).await {
            Ok(_) => done += 1,
            Err(CommitError::Conflict { .. }) => {}
            Err(CommitError::Failed(error)) if error.outcome_unknown() => unknown += 1,
            Err(CommitError::Failed(_)) => failures += 1,
        }
    }
    (done, unknown, failures)
}

#[test]
#[ignore = "needs BASTIDE_TEST_POSTGRES=postgres://…, which `cargo xtask test` sets"]
fn a_newer_schema_is_refused() {
    on_postgres(async |fixture: Fixture| {
        postgres(&fixture.address, "UPDATE store SET schema = 99").await;
        let error = refused(&fixture.address).await;
        assert!(matches!(error, StoreError::Newer { found: 99, .. }), "{error}");
        assert!(error.to_string().contains("99") && !error.to_string().contains("options"), "{error}");
        // A node of the older version that runs already stops too.
        let result = commit(&fixture.store, |c| c.put(&place(1), "a", Counter(1))).await;
        assert!(matches!(result, Err(CommitError::Failed(StoreError::Newer { .. }))), "{result:?}");
        assert!(matches!(fixture.store.refresh().await, Err(StoreError::Newer { .. })));
        postgres(&fixture.address, "UPDATE store SET schema = 1").await;
        commit(&fixture.store, |c| c.put(&place(1), "a", Counter(1))).await.unwrap();
    });
}

#[test]
#[ignore = "needs BASTIDE_TEST_POSTGRES=postgres://…, which `cargo xtask test` sets"]
fn nodes_that_start_at_once_make_one_schema() {
    on_postgres(async |fixture: Fixture| {
        let schema =
            "DROP TABLE store, documents, versions, items, discovered, relations, outbox, changed, leases";
        postgres(&fixture.address, schema).await;
        let open = || {
            let address = fixture.address.clone();
            tokio::spawn(async move { Store::open(&address).await.unwrap() })
        };
        let opening: Vec<_> = (0..4).map(|_| open()).collect();
        for (number, store) in opening.into_iter().enumerate() {
            let id = number.to_string();
            commit(&store.await.unwrap(), |c| c.create(&place(1), id, Counter(1))).await.unwrap();
        }
    });
}
