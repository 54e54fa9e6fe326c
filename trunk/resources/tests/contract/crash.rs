//! What was acknowledged is there after the process was killed.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use bastide_ids::Uuid;
use bastide_resources::Store;

use crate::support::{Counter, Fixture, commit, found, place};

/// Tells the child process which store to write to.
const CHILD: &str = "BASTIDE_TEST_CRASH";

pub(crate) async fn acknowledged_commits_survive_a_kill(mut fixture: Fixture) {
    let mut done: Vec<String> = Vec::new();
    for (round, wanted) in [1, 40, 7, 150].into_iter().enumerate() {
        let Fixture { store, address, folder } = fixture;
        drop(store);
        let acknowledged = kill_after(&address, round, wanted);
        assert!(acknowledged.len() >= wanted);
        done.extend(acknowledged);
        fixture = Fixture { store: Store::open(&address).await.unwrap(), address, folder };
        let mut records = Vec::new();
        while records.len() % 1000 == 0 {
            records = fixture.store.outbox(records.len() + 1000).await.unwrap();
        }
        for id in &done {
            let number = found::<Counter>(&fixture.store, &place(1), id).await.0;
            let record = number.to_be_bytes().to_vec();
            assert!(records.iter().any(|one| one.body == record), "the record of `{id}` is lost");
        }
        let next = commit(&fixture.store, |c| c.put(&place(2), "n", Counter(0))).await.unwrap();
        assert!(next.sequence > done.len() as u64);
    }
}

/// Starts a process that writes, kills it after some acknowledgements; what it was told is kept.
#[allow(clippy::disallowed_methods, reason = "tests are configured by their environment")]
fn kill_after(address: &str, round: usize, wanted: usize) -> Vec<String> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "crash::child", "--nocapture"])
        .env(CHILD, format!("{round} {address}"))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let mut killed = false;
    let mut acknowledged = Vec::new();
    // What it had written to the pipe before it died counts too.
    for line in lines {
        if let Some(id) = line.strip_prefix("acknowledged ") {
            acknowledged.push(id.to_owned());
        }
        if acknowledged.len() >= wanted && !killed {
            child.kill().unwrap();
            killed = true;
        }
    }
    assert!(!child.wait().unwrap().success());
    acknowledged
}

/// Not a test of its own: the process that [`kill_after`] kills.
#[test]
#[allow(clippy::disallowed_methods, reason = "tests are configured by their environment")]
fn child() {
    let Ok(work) = std::env::var(CHILD) else { return };
    let (round, address) = work.split_once(' ').unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let store = Store::open(address).await.unwrap();
        let tasks: Vec<_> = (0..8)
            .map(|task| {
                let (store, round) = (store.clone(), round.parse::<u64>().unwrap());
                tokio::spawn(async move {
                    for step in 0..10_000 {
                        let number = (round * 8 + task) * 10_000 + step;
                        let id = format!("{round}/{task}/{step}");
                        let record = number.to_be_bytes().to_vec();
                        commit(&store, |c| {
                            c.create(&place(1), id.as_str(), Counter(number)).outbox(Uuid::random(), record)
                        })
                        .await
                        .unwrap();
                        println!("acknowledged {id}");
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
}
