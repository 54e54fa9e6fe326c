//! Sigma: rules, a line of `===`, a record as JSON. What is read is read the same twice, in time that grows with the
//! text; what matches does so with the index and without.
#![no_main]

use std::borrow::Cow;

use bastide_fuzz::cost;
use bastide_ids::Timestamp;
use bastide_sigma::{Collection, Correlator, Placeholders, Record, Schema, Set, Slot, Value, parse};
use libfuzzer_sys::fuzz_target;

struct Fields {
    indexed: &'static [u16],
}

impl Schema for Fields {
    fn slot(&self, field: &str) -> Option<Slot> {
        match field {
            "eventName" => Some(Slot::Member(0)),
            "eventTime" => Some(Slot::Member(1)),
            "" => None,
            other => Some(Slot::Json(2, other.into())),
        }
    }

    fn indexed(&self) -> &'static [u16] {
        self.indexed
    }
}

struct Json<'a> {
    text: &'a str,
    name: String,
}

impl Record for Json<'_> {
    fn member(&self, member: u16, visit: &mut dyn FnMut(Value<'_>) -> bool) -> bool {
        match member {
            0 if !self.name.is_empty() => visit(Value::Text(&self.name)),
            1 => visit(Value::Time(self.time())),
            _ => false,
        }
    }

    fn json(&self, _member: u16) -> &str {
        self.text
    }

    fn raw(&self) -> Cow<'_, str> {
        self.text.into()
    }

    fn time(&self) -> Timestamp {
        Timestamp::from_seconds(1_700_000_000)
    }
}

fuzz_target!(|data: &[u8]| {
    let Ok(text) = str::from_utf8(data) else { return };
    let (rules, record) = text.split_once("\n===\n").unwrap_or((text, "{}"));
    let placeholders = Placeholders::from([("p".to_owned(), vec!["a".to_owned(), "%p%".to_owned()])]);
    let read = cost::held("reading rules", || parse(rules, &placeholders));
    match (read, parse(rules, &placeholders)) {
        (Ok(one), Ok(_)) => matched(one, record),
        (Err(one), Err(other)) => assert_eq!(one, other),
        _ => panic!("read once and refused once"),
    }
});

fn matched(collection: Collection, text: &str) {
    let Ok((rules, correlations)) = collection.filtered() else { return };
    let name = serde_json::from_str::<serde_json::Value>(text)
        .ok()
        .and_then(|value| value["eventName"].as_str().map(str::to_owned))
        .unwrap_or_default();
    let record = Json { text, name };
    let hits = |indexed| {
        let set = Set::new(rules.clone(), &Fields { indexed }).ok()?;
        let mut hits = Vec::new();
        set.matches(&record, |place, _| hits.push(place));
        hits.sort_unstable();
        Some(hits)
    };
    for rule in &rules {
        assert!(!cost::held("writing SQL", || rule.sql(&str::to_owned)).is_empty());
    }
    let found = hits(&[0]);
    assert_eq!(found, hits(&[]));
    let Ok(mut correlator) = Correlator::new(correlations, &rules, &|_| &Fields { indexed: &[] }) else {
        return;
    };
    let mut fired = Vec::new();
    for rule in found.into_iter().flatten() {
        for _ in 0..3 {
            correlator.hit(rule, &record, &mut fired);
        }
    }
    correlator.tick(Timestamp::from_seconds(i64::MAX / 1000), &mut fired);
}
