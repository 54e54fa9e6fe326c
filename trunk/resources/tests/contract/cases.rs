use std::time::{Duration, Instant};

use bastide_ids::Uuid;
use bastide_resources::{
    Changes, CommitError, ItemChange, ItemFilter, Key, MAX_BODY, MAX_ID, Resource, Store, StoreError, Stored,
};
use serde::{Deserialize, Serialize};

use crate::support::{Counter, Fixture, Seen, Thing, at, commit, commit_at, conflict, found, place, thing};

pub(crate) async fn finds_what_was_created(fixture: Fixture) {
    let (store, here) = (&fixture.store, &place(1));
    assert!(store.find::<Thing>(here, "a").await.unwrap().is_none());
    let committed = commit_at(store, 5, |c| c.create(here, "a", thing("red"))).await.unwrap();
    let stored = found::<Thing>(store, here, "a").await;
    assert_eq!(stored.value, thing("red"));
    assert_eq!(stored.color, "red");
    assert_eq!((stored.version, stored.sequence, stored.time), (1, committed.sequence, at(5)));
    assert_eq!(stored.key, Key::of::<Thing>(here, "a"));
    assert!(store.find::<Thing>(here, "b").await.unwrap().is_none());
    assert!(store.find::<Thing>(here, "").await.unwrap().is_none());
    assert!(store.find::<Thing>(here, "a\0").await.unwrap().is_none());
}

pub(crate) async fn a_change_makes_a_new_version(fixture: Fixture) {
    let (store, here) = (&fixture.store, &place(1));
    let first = commit(store, |c| c.create(here, "a", thing("red"))).await.unwrap();
    let red = found::<Thing>(store, here, "a").await;
    let second = commit_at(store, 2, |c| c.update(&red, thing("blue"))).await.unwrap();
    let third = commit_at(store, 3, |c| c.put(here, "a", thing("green"))).await.unwrap();
    assert_eq!((second.sequence, third.sequence), (first.sequence + 1, first.sequence + 2));
    let green = found::<Thing>(store, here, "a").await;
    assert_eq!((green.version, green.time, green.color.as_str()), (3, at(3), "green"));
    let page = store.versions::<Thing>(here, "a", None, 2).await.unwrap();
    let colors: Vec<_> = page.items.iter().map(|(n, v)| (*n, v.as_ref().unwrap().color.clone())).collect();
    assert_eq!(colors, [(3, "green".to_owned()), (2, "blue".to_owned())]);
    assert!(page.more);
    let page = store.versions::<Thing>(here, "a", Some(2), 2).await.unwrap();
    assert_eq!(page.items[0].1.as_deref(), Some(&*red));
    assert!(!page.more);
}

pub(crate) async fn stale_changes_conflict(fixture: Fixture) {
    let (store, here) = (&fixture.store, &place(1));
    commit(store, |c| c.create(here, "a", thing("red"))).await.unwrap();
    let red = found::<Thing>(store, here, "a").await;
    assert_eq!(conflict(commit(store, |c| c.create(here, "a", thing("x"))).await), "a");
    commit(store, |c| c.update(&red, thing("blue"))).await.unwrap();
    assert_eq!(conflict(commit(store, |c| c.update(&red, thing("x"))).await), "a");
    assert_eq!(conflict(commit(store, |c| c.delete(&red)).await), "a");
    let blue = found::<Thing>(store, here, "a").await;
    assert_eq!(blue.color, "blue");
    commit(store, |c| c.delete(&blue)).await.unwrap();
    assert_eq!(conflict(commit(store, |c| c.update(&blue, thing("x"))).await), "a");
    assert_eq!(conflict(commit(store, |c| c.delete(&blue)).await), "a");
}

pub(crate) async fn all_or_nothing(fixture: Fixture) {
    let (store, here) = (&fixture.store, &place(1));
    commit(store, |c| c.create(here, "b", thing("red"))).await.unwrap();
    let result = commit(store, |c| {
        c.create(here, "a", thing("red")).put(here, "c", Counter(1)).create(here, "b", thing("x"));
        c.outbox(Uuid::random(), b"record".to_vec())
    });
    assert_eq!(conflict(result.await), "b");
    assert!(store.find::<Thing>(here, "a").await.unwrap().is_none());
    assert!(store.find::<Counter>(here, "c").await.unwrap().is_none());
    assert!(store.outbox(10).await.unwrap().is_empty());
    // Several documents at once share a sequence.
    let committed = commit(store, |c| c.create(here, "a", thing("red")).put(here, "c", Counter(1)));
    let sequence = committed.await.unwrap().sequence;
    assert_eq!(found::<Thing>(store, here, "a").await.sequence, sequence);
    assert_eq!(found::<Counter>(store, here, "c").await.sequence, sequence);
}

pub(crate) async fn a_deleted_document_can_be_created_again(fixture: Fixture) {
    let (store, here) = (&fixture.store, &place(1));
    commit(store, |c| c.create(here, "a", Counter(1))).await.unwrap();
    let one = found::<Counter>(store, here, "a").await;
    commit(store, |c| c.delete(&one)).await.unwrap();
    assert!(store.find::<Counter>(here, "a").await.unwrap().is_none());
    assert!(store.list::<Counter>(here, "", None, 10).await.unwrap().items.is_empty());
    commit(store, |c| c.create(here, "a", Counter(2))).await.unwrap();
    let two = found::<Counter>(store, here, "a").await;
    assert_eq!((two.version, two.value.clone()), (3, Counter(2)));
    let versions = store.versions::<Counter>(here, "a", None, 10).await.unwrap().items;
    let numbers: Vec<_> = versions.iter().map(|(n, v)| (*n, v.as_ref().map(|v| v.0))).collect();
    assert_eq!(numbers, [(3, Some(2)), (2, None), (1, Some(1))]);
    // Deleted and created in one commit: replaced.
    commit(store, |c| c.delete(&two).create(here, "a", Counter(3))).await.unwrap();
    assert_eq!(found::<Counter>(store, here, "a").await.version, 4);
}

pub(crate) async fn places_and_types_are_apart(fixture: Fixture) {
    let store = &fixture.store;
    let (one, two, global) = (&place(1), &place(2), &Store::global());
    commit(store, |c| {
        c.create(one, "a", Counter(1)).create(two, "a", Counter(2)).create(global, "a", Counter(3));
        c.create(one, "a", thing("red"))
    })
    .await
    .unwrap();
    for (place, number) in [(one, 1), (two, 2), (global, 3)] {
        assert_eq!(found::<Counter>(store, place, "a").await.0, number);
        assert_eq!(store.list::<Counter>(place, "", None, 10).await.unwrap().items.len(), 1);
    }
    assert!(store.find::<Thing>(two, "a").await.unwrap().is_none());
    let mut places = store.places::<Counter>().await.unwrap();
    places.sort_by_key(|place| (place.account, place.region.clone()));
    assert_eq!(places, [global.clone(), one.clone(), two.clone()]);
    assert_eq!(store.places::<Thing>().await.unwrap(), std::slice::from_ref(one));
    let deleted = found::<Thing>(store, one, "a").await;
    commit(store, |c| c.delete(&deleted)).await.unwrap();
    assert!(store.places::<Thing>().await.unwrap().is_empty());
}

pub(crate) async fn lists_in_pages_by_prefix(fixture: Fixture) {
    let (store, here) = (&fixture.store, &place(1));
    let ids =
        ["a", "alias/", "alias/A", "alias/a", "alias/b", "alias/ä", "alias0", "b", "Z", "ä", "\u{10ffff}"];
    commit(store, |c| {
        for id in ids {
            c.create(here, id, Counter(0));
        }
        c
    })
    .await
    .unwrap();
    let mut sorted = ids.to_vec();
    sorted.sort_by_key(|id| id.as_bytes().to_vec());
    for prefix in ["", "a", "alias/", "alias/a", "ä", "\u{10ffff}", "zzz"] {
        let expected: Vec<_> = sorted.iter().copied().filter(|id| id.starts_with(prefix)).collect();
        for limit in [1, 2, 3, 100] {
            assert_eq!(listed(store, prefix, limit).await, expected, "`{prefix}` by {limit}");
        }
    }
    // A start before the prefix is no start, one behind all its ids is the end.
    let page = store.list::<Counter>(here, "alias/", Some("Z"), 1).await.unwrap();
    assert_eq!((page.items[0].key.id.as_str(), page.more), ("alias/", true));
    assert!(store.list::<Counter>(here, "alias/", Some("b"), 1).await.unwrap().items.is_empty());
    assert!(store.list::<Counter>(here, "", None, 0).await.unwrap().more);
}

async fn listed(store: &Store, prefix: &str, limit: usize) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    loop {
        let after = ids.last().map(String::as_str);
        let page = store.list::<Counter>(&place(1), prefix, after, limit).await.unwrap();
        assert!(page.items.len() <= limit);
        assert!(!page.more || page.items.len() == limit);
        ids.extend(page.items.iter().map(|item| item.key.id.clone()));
        if !page.more {
            return ids;
        }
    }
}

pub(crate) async fn expectations(fixture: Fixture) {
    let (store, here) = (&fixture.store, &place(1));
    commit(store, |c| c.create(here, "a", Counter(1)).create(here, "b", Counter(1))).await.unwrap();
    let a = found::<Counter>(store, here, "a").await;
    let b = found::<Counter>(store, here, "b").await;
    commit(store, |c| c.update(&a, Counter(2)).expect_unchanged(&b)).await.unwrap();
    let result = commit(store, |c| c.update(&b, Counter(2)).expect_unchanged(&a)).await;
    assert_eq!(conflict(result), "a");
    let result = commit(store, |c| c.put(here, "c", Counter(2)).expect_absent::<Counter>(here, "a")).await;
    assert_eq!(conflict(result), "a");
    commit(store, |c| c.put(here, "c", Counter(2)).expect_absent::<Counter>(here, "d")).await.unwrap();
    // A later write to the same document replaces the first and keeps its condition.
    let a = found::<Counter>(store, here, "a").await;
    commit(store, |c| c.update(&a, Counter(3)).put(here, "a", Counter(4))).await.unwrap();
    let now = found::<Counter>(store, here, "a").await;
    assert_eq!((now.version, now.0), (3, 4));
    assert_eq!(conflict(commit(store, |c| c.update(&a, Counter(5)).put(here, "a", Counter(6))).await), "a");
    assert_eq!(conflict(commit(store, |c| c.put(here, "a", Counter(5)).delete(&a)).await), "a");
}

pub(crate) async fn relations_are_followed_backwards(fixture: Fixture) {
    let (store, here, there) = (&fixture.store, &place(1), &place(2));
    let owned = |owners: &[&str]| Thing {
        color: "red".into(),
        owners: owners.iter().map(ToString::to_string).collect(),
        ..Thing::default()
    };
    commit(store, |c| {
        c.create(here, "a", owned(&["x", "y"])).create(here, "b", owned(&["x", "x"]));
        c.create(here, "c", owned(&["y"])).create(there, "d", owned(&["x"]))
    })
    .await
    .unwrap();
    let x = Key::of::<Counter>(here, "x");
    let of = async |to: &Key, relation: &str, after: Option<&str>, limit| {
        let page = store.referrers::<Thing>(&to.place, relation, to, after, limit).await.unwrap();
        let ids: String = page.items.iter().map(|item| item.key.id.as_str()).collect();
        (ids, page.more)
    };
    assert_eq!(of(&x, "owner", None, 10).await, ("ab".into(), false));
    assert_eq!(of(&x, "owner", None, 1).await, ("a".into(), true));
    assert_eq!(of(&x, "owner", Some("a"), 1).await, ("b".into(), false));
    assert_eq!(of(&x, "friend", None, 10).await, (String::new(), false));
    assert_eq!(of(&Key::of::<Counter>(there, "x"), "owner", None, 10).await, ("d".into(), false));
    assert_eq!(of(&Key::of::<Seen>(here, "x"), "owner", None, 10).await, (String::new(), false));

    fn expect<'a>(c: &'a mut Changes, to: &Key) -> &'a mut Changes {
        c.put(&to.place, "n", Counter(0)).expect_unreferenced("owner", to)
    }
    assert_eq!(conflict(commit(store, |c| expect(c, &x)).await), "x");
    let (a, b) = (found::<Thing>(store, here, "a").await, found::<Thing>(store, here, "b").await);
    commit(store, |c| c.update(&a, owned(&["y"])).delete(&b)).await.unwrap();
    assert_eq!(of(&x, "owner", None, 10).await, (String::new(), false));
    assert_eq!(of(&Key::of::<Counter>(here, "y"), "owner", None, 10).await, ("ac".into(), false));
    commit(store, |c| expect(c, &x)).await.unwrap();
}

pub(crate) async fn items_are_versions(fixture: Fixture) {
    let (store, here) = (&fixture.store, &place(1));
    let red = Thing { owners: vec!["x".into()], ..thing("red") };
    let created = commit_at(store, 10, |c| c.create(here, "a", red)).await.unwrap();
    commit_at(store, 20, |c| c.put(here, "a", thing("blue"))).await.unwrap();
    let blue = found::<Thing>(store, here, "a").await;
    commit_at(store, 30, |c| c.delete(&blue)).await.unwrap();
    commit_at(store, 40, |c| c.create(here, "a", thing("green"))).await.unwrap();

    let history = async |from, to, newest, after, limit| {
        store.history(here, "AWS::Test::Thing", "a", (at(from), at(to)), newest, after, limit).await.unwrap()
    };
    let all = history(0, 100, false, None, 10).await.items;
    let changes: Vec<_> = all.iter().map(|item| (item.change, item.version, item.time)).collect();
    assert_eq!(
        changes,
        [
            (ItemChange::Discovered, 1, at(10)),
            (ItemChange::Changed, 2, at(20)),
            (ItemChange::Deleted, 3, at(30)),
            (ItemChange::Discovered, 4, at(40)),
        ]
    );
    assert_eq!(all[0].sequence, created.sequence);
    assert_eq!(all[0].key, Key::of::<Thing>(here, "a"));
    assert_eq!(all[0].item.resource_name.as_deref(), Some("name-of-a"));
    assert_eq!(all[0].item.created, Some(at(7)));
    assert_eq!(all[0].item.supplementary, [("Policy".into(), "{}".into())]);
    assert_eq!(all[0].item.tags, [("color".into(), "red".into())]);
    assert_eq!(all[0].relationships[0].resource_id.as_deref(), Some("x"));
    assert_eq!(all[1].item.configuration, serde_json::json!({"color": "blue"}));
    assert!(all[1].relationships.is_empty());
    assert!(all[2].item.configuration.is_null() && all[2].item.tags.is_empty());
    assert_eq!(all[2].item.arn, "arn:aws:test:us-east-1:000000000001:thing/a");
    assert_eq!(all[2].item.resource_id, "a");

    assert_eq!(history(10, 20, false, None, 10).await.items, all[..2]);
    assert_eq!(history(11, 19, false, None, 10).await.items, []);
    let newest: Vec<_> = all.iter().rev().cloned().collect();
    assert_eq!(history(0, 100, true, None, 10).await.items, newest);
    let page = history(0, 100, true, None, 3).await;
    assert_eq!((page.items, page.more), (newest[..3].to_vec(), true));
    let page = history(0, 100, true, Some(newest[2].sequence), 3).await;
    assert_eq!((page.items, page.more), (newest[3..].to_vec(), false));
    let page = history(0, 100, false, Some(all[0].sequence), 2).await;
    assert_eq!((page.items, page.more), (all[1..3].to_vec(), true));
}

pub(crate) async fn an_unchanged_item_is_not_repeated(fixture: Fixture) {
    let (store, here) = (&fixture.store, &place(1));
    let hidden = |hidden| Thing { hidden, ..thing("red") };
    commit_at(store, 1, |c| c.create(here, "a", hidden(1))).await.unwrap();
    commit_at(store, 2, |c| c.put(here, "a", hidden(2))).await.unwrap();
    commit_at(store, 3, |c| c.put(here, "a", thing("invisible"))).await.unwrap();
    commit_at(store, 4, |c| c.put(here, "a", hidden(3))).await.unwrap();
    let always = (at(0), at(9));
    let page = store.history(here, "AWS::Test::Thing", "a", always, false, None, 10).await.unwrap();
    let changes: Vec<_> = page.items.iter().map(|item| (item.change, item.version)).collect();
    assert_eq!(changes, [(ItemChange::Discovered, 1), (ItemChange::Deleted, 3), (ItemChange::Discovered, 4)]);
}

pub(crate) async fn discovered_resources(fixture: Fixture) {
    let (store, here) = (&fixture.store, &place(1));
    commit(store, |c| {
        for id in ["a", "b", "c", "d"] {
            c.create(here, id, thing("red"));
        }
        c.create(&place(2), "e", thing("red"))
    })
    .await
    .unwrap();
    let b = found::<Thing>(store, here, "b").await;
    commit_at(store, 9, |c| c.delete(&b)).await.unwrap();

    let items = async |filter: &ItemFilter, after: Option<&str>, limit| {
        let page = store.items(here, "AWS::Test::Thing", filter, after, limit).await.unwrap();
        let ids: String = page.items.iter().map(|item| item.resource_id.as_str()).collect();
        (ids, page.more)
    };
    let mut filter = ItemFilter::default();
    assert_eq!(items(&filter, None, 10).await, ("acd".into(), false));
    assert_eq!(items(&filter, None, 2).await, ("ac".into(), true));
    assert_eq!(items(&filter, Some("c"), 2).await, ("d".into(), false));
    filter.include_deleted = true;
    assert_eq!(items(&filter, None, 10).await, ("abcd".into(), false));
    let page = store.items(here, "AWS::Test::Thing", &filter, Some("a"), 1).await.unwrap();
    assert_eq!(
        (page.items[0].deleted, page.items[0].resource_name.as_deref()),
        (Some(at(9)), Some("name-of-b"))
    );
    filter.ids = vec!["d".into(), "b".into(), "z".into()];
    assert_eq!(items(&filter, None, 10).await, ("bd".into(), false));
    filter.name = Some("name-of-d".into());
    assert_eq!(items(&filter, None, 10).await, ("d".into(), false));

    assert_eq!(store.counts(here).await.unwrap(), [("AWS::Test::Thing".into(), 3)]);
    let asked =
        [("AWS::Test::Thing", "c"), ("AWS::Test::Thing", "zz"), ("X", "\0"), ("AWS::Test::Thing", "b")];
    let asked: Vec<_> = asked.iter().map(|(kind, id)| (kind.to_string(), id.to_string())).collect();
    let latest = store.latest_items(here, &asked).await.unwrap();
    let latest: Vec<_> = latest.iter().map(|item| item.as_ref().map(|item| item.change)).collect();
    assert_eq!(latest, [Some(ItemChange::Discovered), None, None, Some(ItemChange::Deleted)]);
}

pub(crate) async fn the_outbox_is_part_of_the_commit(fixture: Fixture) {
    let (store, here) = (&fixture.store, &place(1));
    let ids: Vec<_> = (0..3).map(|_| Uuid::random()).collect();
    for (number, id) in ids.iter().enumerate() {
        let record = format!("record {number}").into_bytes();
        commit(store, |c| c.put(here, "a", Counter(0)).outbox(*id, record)).await.unwrap();
    }
    let before = found::<Counter>(store, here, "a").await.sequence;
    let only = Uuid::random();
    let committed = commit(store, |c| c.outbox(only, b"a denial".to_vec())).await.unwrap();
    assert_eq!(committed.sequence, before);
    let records = store.outbox(10).await.unwrap();
    assert_eq!(records.iter().map(|r| r.id).collect::<Vec<_>>(), [&ids[..], &[only]].concat());
    assert_eq!(records[1].body, b"record 1");
    assert_eq!(store.outbox(2).await.unwrap().len(), 2);
    store.outbox_done(&ids[..2]).await.unwrap();
    store.outbox_done(&ids[..1]).await.unwrap();
    store.outbox_done(&[]).await.unwrap();
    let left: Vec<_> = store.outbox(10).await.unwrap().iter().map(|r| r.id).collect();
    assert_eq!(left, [ids[2], only]);
}

pub(crate) async fn leases(fixture: Fixture) {
    let store = &fixture.store;
    let (long, short) = (Duration::from_secs(60), Duration::from_millis(1));
    let held = store.lease("rotation", "node-1", long).await.unwrap().unwrap();
    assert_eq!((held.name.as_str(), held.holder.as_str()), ("rotation", "node-1"));
    assert_eq!(store.lease("rotation", "node-2", long).await.unwrap(), None);
    assert_eq!(store.lease("rotation", "node-1", long).await.unwrap(), Some(held.clone()));
    assert!(store.lease("other", "node-2", long).await.unwrap().is_some());
    assert!(store.renew(&held, long).await.unwrap());
    store.release(&held).await.unwrap();
    assert!(!store.renew(&held, long).await.unwrap());

    let second = store.lease("rotation", "node-2", short).await.unwrap().unwrap();
    assert!(second.token > held.token);
    let third = until(async || store.lease("rotation", "node-1", long).await.unwrap()).await;
    assert!(third.token > second.token);
    // The one that lost it can neither renew it nor give it back.
    assert!(!store.renew(&second, long).await.unwrap());
    store.release(&second).await.unwrap();
    assert!(store.renew(&third, long).await.unwrap());
}

async fn until<T>(mut attempt: impl AsyncFnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(value) = attempt().await {
            return value;
        }
        assert!(start.elapsed() < Duration::from_secs(10), "it never came");
        tokio::task::yield_now().await;
    }
}

pub(crate) async fn survives_a_restart(fixture: Fixture) {
    let here = &place(1);
    let first = commit(&fixture.store, |c| {
        c.create(here, "a", thing("red")).outbox(Uuid::random(), b"record".to_vec())
    });
    let first = first.await.unwrap();
    let fixture = fixture.reopened().await;
    let store = &fixture.store;
    let stored = found::<Thing>(store, here, "a").await;
    assert_eq!((stored.sequence, stored.version, stored.time), (first.sequence, 1, at(1)));
    assert_eq!(stored.value, thing("red"));
    assert_eq!(store.outbox(10).await.unwrap().len(), 1);
    let second = commit(store, |c| c.update(&stored, thing("blue"))).await.unwrap();
    assert_eq!(second.sequence, first.sequence + 1);
}

#[derive(Debug, Serialize, Deserialize)]
struct OldForm {
    name: String,
}

impl Resource for OldForm {
    const TYPE: &'static str = "test.form";
}

#[derive(Debug, Serialize, Deserialize)]
struct NewForm {
    names: Vec<String>,
}

impl Resource for NewForm {
    const TYPE: &'static str = "test.form";
    const SCHEMA: u32 = 2;

    fn upgrade(from: u32, body: serde_json::Value) -> Result<serde_json::Value, String> {
        match (from, body.get("name")) {
            (1, Some(name)) => Ok(serde_json::json!({"names": [name]})),
            _ => Err("there is no name".into()),
        }
    }
}

pub(crate) async fn old_forms_are_upgraded(fixture: Fixture) {
    let (store, here) = (&fixture.store, &place(1));
    commit(store, |c| c.create(here, "a", OldForm { name: "x".into() })).await.unwrap();
    let new = found::<NewForm>(store, here, "a").await;
    assert_eq!(new.names, ["x"]);
    let both = NewForm { names: vec!["x".into(), "y".into()] };
    commit(store, |c| c.update::<NewForm>(&new, both)).await.unwrap();
    let store = &fixture.reopened().await.store;
    assert_eq!(found::<NewForm>(store, here, "a").await.names, ["x", "y"]);
    // An older program does not guess at what a newer one wrote.
    let refused = store.find::<OldForm>(here, "a").await.unwrap_err();
    assert!(matches!(refused, StoreError::NewerDocument { found: 2, known: 1, .. }), "{refused}");
}

pub(crate) async fn limits(fixture: Fixture) {
    let (store, here) = (&fixture.store, &place(1));
    let longest = "ä".repeat(MAX_ID / 2);
    commit(store, |c| c.create(here, longest.as_str(), Counter(1))).await.unwrap();
    assert_eq!(found::<Counter>(store, here, &longest).await.0, 1);
    let owner = Thing { color: "red".into(), owners: vec![longest.clone()], ..Thing::default() };
    commit(store, |c| c.create(here, "t".repeat(MAX_ID - 8), owner)).await.unwrap();
    for id in [String::new(), "a\0b".into(), "x".repeat(MAX_ID + 1)] {
        let refused = commit(store, |c| c.create(here, id.clone(), Counter(1))).await;
        assert!(matches!(refused, Err(CommitError::Failed(StoreError::Limit(_)))), "{refused:?}");
        assert!(store.find::<Counter>(here, &id).await.unwrap().is_none());
    }
    let large = thing(&"x".repeat(MAX_BODY));
    let refused = commit(store, |c| c.create(here, "large", large)).await;
    assert!(matches!(refused, Err(CommitError::Failed(StoreError::Limit(_)))), "{refused:?}");
    let twice = commit(store, |c| c.create(here, "n", Counter(1)).create(here, "n", Counter(2))).await;
    assert!(matches!(twice, Err(CommitError::Failed(StoreError::Limit(_)))), "{twice:?}");
    assert!(store.find::<Counter>(here, "n").await.unwrap().is_none());
}

pub(crate) async fn documents_without_history(fixture: Fixture) {
    let (store, here) = (&fixture.store, &place(1));
    for number in 1..=3 {
        commit(store, |c| c.put(here, "a", Seen(number))).await.unwrap();
    }
    let three = found::<Seen>(store, here, "a").await;
    assert_eq!((three.0, three.version), (3, 3));
    let versions = store.versions::<Seen>(here, "a", None, 10).await.unwrap().items;
    assert_eq!(versions.len(), 1);
    commit(store, |c| c.delete(&three)).await.unwrap();
    assert!(store.versions::<Seen>(here, "a", None, 10).await.unwrap().items.is_empty());
    commit(store, |c| c.create(here, "a", Seen(4))).await.unwrap();
    assert_eq!(found::<Seen>(store, here, "a").await.version, 1);
    assert_eq!(conflict(commit(store, |c| c.update(&three, Seen(5))).await), "a");
}

pub(crate) async fn reset_forgets_everything(fixture: Fixture) {
    let (store, here) = (&fixture.store, &place(1));
    assert!(store.is_empty().await.unwrap());
    let before = commit(store, |c| c.create(here, "a", thing("red"))).await.unwrap();
    let old = found::<Thing>(store, here, "a").await;
    assert!(!store.is_empty().await.unwrap());
    store.reset().await.unwrap();
    assert!(store.is_empty().await.unwrap());
    assert!(store.find::<Thing>(here, "a").await.unwrap().is_none());
    assert!(store.counts(here).await.unwrap().is_empty());
    assert!(store.versions::<Thing>(here, "a", None, 10).await.unwrap().items.is_empty());
    let after = commit(store, |c| c.create(here, "a", thing("red"))).await.unwrap();
    assert!(after.sequence > before.sequence);
    assert_eq!(conflict(commit(store, |c| c.update(&old, thing("x"))).await), "a");
}

pub(crate) async fn concurrent_increments_add_up(fixture: Fixture) {
    let store = fixture.store.clone();
    commit(&store, |c| c.create(&place(1), "n", Counter(0))).await.unwrap();
    let tasks: Vec<_> = (0..8).map(|_| tokio::spawn(increment(store.clone(), 25))).collect();
    for task in tasks {
        task.await.unwrap();
    }
    let stored: std::sync::Arc<Stored<Counter>> = found(&store, &place(1), "n").await;
    assert_eq!((stored.0, stored.version), (200, 201));
    assert_eq!(store.versions::<Counter>(&place(1), "n", None, 1000).await.unwrap().items.len(), 201);
    let reread = fixture.reopened_without(store).await;
    assert_eq!(found::<Counter>(&reread.store, &place(1), "n").await.0, 200);
}

async fn increment(store: Store, times: u32) {
    for _ in 0..times {
        loop {
            let read = found::<Counter>(&store, &place(1), "n").await;
            let mut changes = Changes::new(at(1));
            changes.update(&read, Counter(read.0 + 1));
            match store.commit(changes).await {
                Ok(_) => break,
                Err(CommitError::Conflict { .. }) => {}
                Err(CommitError::Failed(error)) => panic!("{error}"),
            }
        }
    }
}

pub(crate) async fn concurrent_creations_have_one_winner(fixture: Fixture) {
    let store = fixture.store.clone();
    for round in 0..10 {
        let id = format!("alias/{round}");
        let create = |number: u64| {
            let (store, id) = (store.clone(), id.clone());
            tokio::spawn(
                async move { commit(&store, |c| c.create(&place(1), id, Counter(number))).await.is_ok() },
            )
        };
        let tasks: Vec<_> = (0..8).map(create).collect();
        let mut winners = Vec::new();
        for (number, task) in tasks.into_iter().enumerate() {
            if task.await.unwrap() {
                winners.push(number as u64);
            }
        }
        assert_eq!(winners, [found::<Counter>(&store, &place(1), &id).await.0]);
    }
}
