use std::collections::BTreeMap;

use bastide_ids::Place;
use bastide_resources::{Changes, CommitError, Stored};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::support::{Counter, Fixture, at, place};

/// One step of a random run. Documents are few, so that they meet often.
#[derive(Clone, Debug)]
enum Step {
    Commit(Vec<Op>),
    /// Remembers the present version, for a later update, deletion or expectation.
    Read(u8),
    List(u8, u8),
    Reopen,
}

#[derive(Clone, Debug)]
enum Op {
    Create(u8, u64),
    Put(u8, u64),
    Update(u8, u64),
    Delete(u8),
    ExpectAbsent(u8),
    ExpectUnchanged(u8),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let doc = 0..6u8;
    let op = prop_oneof![
        (doc.clone(), any::<u64>()).prop_map(|(d, n)| Op::Create(d, n)),
        (doc.clone(), any::<u64>()).prop_map(|(d, n)| Op::Put(d, n)),
        (doc.clone(), any::<u64>()).prop_map(|(d, n)| Op::Update(d, n)),
        doc.clone().prop_map(Op::Delete),
        doc.clone().prop_map(Op::ExpectAbsent),
        doc.clone().prop_map(Op::ExpectUnchanged),
    ];
    let step = prop_oneof![
        8 => prop::collection::vec(op, 1..4).prop_map(Step::Commit),
        6 => doc.clone().prop_map(Step::Read),
        2 => (doc, 1..4u8).prop_map(|(d, n)| Step::List(d, n)),
        1 => Just(Step::Reopen),
    ];
    prop::collection::vec(step, 1..60)
}

/// What the store should hold: the number and the version of what exists, and the last version of all.
#[derive(Clone, Default)]
struct Model {
    live: BTreeMap<String, (u64, u64)>,
    last: BTreeMap<String, u64>,
}

fn id(doc: u8) -> String {
    format!("{}/{}", doc % 2, doc)
}

pub(crate) async fn a_random_run_does_what_the_model_does(mut fixture: Fixture) {
    // Each run has an account of its own, so one store serves all.
    for account in 0..24u8 {
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[account; 32]);
        let mut runner = TestRunner::new_with_rng(Config::default(), rng);
        let steps = steps().new_tree(&mut runner).unwrap().current();
        fixture = play(fixture, &place(account.into()), &steps).await;
    }
}

async fn play(mut fixture: Fixture, here: &Place, steps: &[Step]) -> Fixture {
    let mut model = Model::default();
    let mut read: BTreeMap<u8, Stored<Counter>> = BTreeMap::new();
    for step in steps {
        match step {
            Step::Commit(ops) => {
                let (changes, expected) = apply(here, ops, &model, &read);
                match (fixture.store.commit(changes).await, expected) {
                    (Ok(_), Some(next)) => model = next,
                    (Err(CommitError::Conflict { .. }), None) => {}
                    (result, expected) => panic!("{ops:?}: {result:?}, expected {}", expected.is_some()),
                }
            }
            Step::Read(doc) => {
                let found = fixture.store.find::<Counter>(here, &id(*doc)).await.unwrap();
                let seen = found.as_ref().map(|stored| (stored.0, stored.version));
                assert_eq!(seen, model.live.get(&id(*doc)).copied());
                if let Some(stored) = found {
                    read.insert(*doc, (*stored).clone());
                }
            }
            Step::List(doc, limit) => {
                let (prefix, limit) = (format!("{}/", doc % 2), usize::from(*limit));
                let page = fixture.store.list::<Counter>(here, &prefix, None, limit).await.unwrap();
                let listed: Vec<_> =
                    page.items.iter().map(|s| (s.key.id.clone(), (s.0, s.version))).collect();
                let mut all = model.live.clone().into_iter().filter(|(id, _)| id.starts_with(&prefix));
                let expected: Vec<_> = all.by_ref().take(limit).collect();
                assert_eq!((listed, page.more), (expected, all.next().is_some()));
            }
            Step::Reopen => fixture = fixture.reopened().await,
        }
    }
    fixture
}

/// The changes of some operations, and the model after them; `None` where they conflict.
fn apply(
    here: &Place,
    ops: &[Op],
    model: &Model,
    read: &BTreeMap<u8, Stored<Counter>>,
) -> (Changes, Option<Model>) {
    let mut changes = Changes::new(at(1));
    let mut next = model.clone();
    let mut written: BTreeMap<String, Option<u64>> = BTreeMap::new();
    let mut holds = true;
    for op in ops {
        let (Op::Create(doc, _) | Op::Put(doc, _) | Op::Update(doc, _)) = op else {
            let (Op::Delete(doc) | Op::ExpectAbsent(doc) | Op::ExpectUnchanged(doc)) = op else { continue };
            let (name, stored) = (id(*doc), read.get(doc));
            match (op, stored) {
                (Op::ExpectAbsent(_), _) => {
                    changes.expect_absent::<Counter>(here, name.as_str());
                    holds &= !model.live.contains_key(&name);
                }
                (Op::Delete(_), Some(stored)) => {
                    changes.delete(stored);
                    holds &= is_current(model, stored);
                    written.insert(name, None);
                }
                (_, Some(stored)) => {
                    changes.expect_unchanged(stored);
                    holds &= is_current(model, stored);
                }
                (_, None) => {}
            }
            continue;
        };
        let name = id(*doc);
        match (op, read.get(doc)) {
            // Creating what these changes have just written is refused, not a conflict: left out.
            (Op::Create(_, number), _) if !matches!(written.get(&name), Some(Some(_))) => {
                changes.create(here, name.as_str(), Counter(*number));
                holds &= written.contains_key(&name) || !model.live.contains_key(&name);
                written.insert(name, Some(*number));
            }
            (Op::Put(_, number), _) => {
                changes.put(here, name.as_str(), Counter(*number));
                written.insert(name, Some(*number));
            }
            (Op::Update(_, number), Some(stored)) => {
                changes.update(stored, Counter(*number));
                holds &= is_current(model, stored);
                written.insert(name, Some(*number));
            }
            _ => {}
        }
    }
    for (name, number) in written {
        let last = next.last.entry(name.clone()).or_default();
        match number {
            Some(number) => {
                *last += 1;
                next.live.insert(name, (number, *last));
            }
            None if next.live.remove(&name).is_some() => *last += 1,
            None => {}
        }
    }
    (changes, holds.then_some(next))
}

/// Versions go on after a deletion, so within a run they tell one state from every other.
fn is_current(model: &Model, stored: &Stored<Counter>) -> bool {
    model.live.get(&stored.key.id).is_some_and(|(_, version)| *version == stored.version)
}
