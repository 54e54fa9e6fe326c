//! `kill -9` under load: this test program runs itself as the process that is killed.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use bastide_events::contract::{event, read_all};
use bastide_events::{EventLog, LocalLog, Options, Position};

const ROUNDS: u64 = 12;

fn options() -> Options {
    Options { segment_bytes: 64 << 10, merge: 3, ..Options::default() }
}

/// The process that is killed: 32 tasks append and print what was acknowledged. Does nothing by itself: the
/// directory is on standard input, which the test below provides.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by the other test"]
async fn victim() {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).unwrap();
    let Some((round, dir)) = line.trim().split_once(' ') else { return };
    let round: u64 = round.parse().unwrap();
    let (log, recovery) = LocalLog::open(Path::new(dir), options(), Box::new(|_| {})).unwrap();
    assert!(recovery.damaged.is_empty(), "{recovery:?}");
    let log = Arc::new(log);
    let tasks = (0..32).map(|task| {
        let log = Arc::clone(&log);
        tokio::spawn(async move {
            for n in 0.. {
                let number = round * 1_000_000_000 + task * 1_000_000 + n;
                let position = log.append(event(number)).unwrap().durable().await.unwrap();
                // One write, so that the line is whole or not there.
                std::io::stdout().write_all(format!("ack {position} {number}\n").as_bytes()).unwrap();
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
}

#[tokio::test]
async fn kill_9_loses_nothing_acknowledged() {
    let dir = tempfile::tempdir().unwrap();
    let mut acknowledged = Vec::new();
    for round in 0..ROUNDS {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "victim", "--ignored", "--nocapture"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        writeln!(child.stdin.take().unwrap(), "{round} {}", dir.path().display()).unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // Killed once so many were acknowledged, a little later each round.
        let enough = 20 + round as usize * 67;
        let before = acknowledged.len();
        while acknowledged.len() - before < enough {
            let line = lines.next().expect("the victim ended by itself").unwrap();
            acknowledged.extend(parse(&line));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        acknowledged.extend(lines.map_while(Result::ok).filter_map(|line| parse(&line)));
    }
    let (log, recovery) = LocalLog::open(dir.path(), options(), Box::new(|_| {})).unwrap();
    assert!(recovery.damaged.is_empty(), "{recovery:?}");
    let found = tokio::time::timeout(Duration::from_secs(60), read_all(&log, 1_000)).await.unwrap();
    assert!(found.iter().map(|(position, _)| position.0).eq(1..=found.len() as u64));
    assert!(acknowledged.len() > 1_000);
    for (position, number) in acknowledged {
        let (_, stored) = &found[usize::try_from(position.0).unwrap() - 1];
        assert_eq!(*stored, event(number), "{position}");
    }
}

fn parse(line: &str) -> Option<(Position, u64)> {
    let (position, number) = line.strip_prefix("ack ")?.split_once(' ')?;
    Some((Position(position.parse().ok()?), number.parse().ok()?))
}
