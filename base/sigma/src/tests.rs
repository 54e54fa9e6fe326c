use std::borrow::Cow;

use bastide_ids::Timestamp;
use proptest::prelude::*;
use serde_json::json;

use super::*;

/// Records that are JSON; `kind` and `time` are members, everything else is looked for in the text.
struct Json {
    text: String,
    kind: String,
    time: Timestamp,
}

struct JsonSchema;

impl Schema for JsonSchema {
    fn slot(&self, field: &str) -> Option<Slot> {
        match field {
            "kind" => Some(Slot::Member(0)),
            "time" => Some(Slot::Member(1)),
            "never" => None,
            other => Some(Slot::Json(9, other.into())),
        }
    }

    fn indexed(&self) -> &'static [u16] {
        &[0]
    }
}

impl Record for Json {
    fn member(&self, member: u16, visit: &mut dyn FnMut(Value<'_>) -> bool) -> bool {
        match member {
            0 if !self.kind.is_empty() => visit(Value::Text(&self.kind)),
            1 => visit(Value::Time(self.time)),
            _ => false,
        }
    }

    fn json(&self, _member: u16) -> &str {
        &self.text
    }

    fn raw(&self) -> Cow<'_, str> {
        self.text.as_str().into()
    }

    fn time(&self) -> Timestamp {
        self.time
    }
}

fn record(value: &serde_json::Value) -> Json {
    let text = value.to_string();
    let kind = value["kind"].as_str().unwrap_or_default().to_owned();
    Json { text, kind, time: Timestamp::from_seconds(value["at"].as_i64().unwrap_or(0)) }
}

fn rule(detection: &str) -> Result<Collection, Error> {
    let text = format!("title: t\nname: r\nlogsource: {{product: x}}\ndetection:\n{detection}");
    let placeholders = [("admins".to_owned(), vec!["root".to_owned(), "100%".to_owned()])];
    parse(&text, &placeholders.into())
}

fn matches(detection: &str, value: &serde_json::Value) -> bool {
    let (rules, _) = rule(detection).unwrap().filtered().unwrap();
    let set = Set::new(rules, &JsonSchema).unwrap();
    let mut hits = 0;
    set.matches(&record(value), |_, _| hits += 1);
    hits > 0
}

/// One item of a detection.
fn item(item: &str, value: &serde_json::Value) -> bool {
    matches(&format!("  s:\n    {item}\n  c: {{present|exists: true}}\n  condition: s and c"), &with(value))
}

fn with(value: &serde_json::Value) -> serde_json::Value {
    let mut value = value.clone();
    value["present"] = json!(1);
    value
}

#[test]
fn texts_numbers_and_null() {
    assert!(item("a: Foo", &json!({"a": "fOO"})) && !item("a: foo", &json!({"a": "food"})));
    assert!(
        item("a: 5", &json!({"a": "5"}))
            && item("a: 5", &json!({"a": 5.0}))
            && item("a: '5'", &json!({"a": 5}))
    );
    assert!(item("a: true", &json!({"a": true})) && item("a: 'true'", &json!({"a": true})));
    assert!(item("a: true", &json!({"a": "True"})) && !item("a: true", &json!({"a": false})));
    assert!(item("a: null", &json!({"b": 1})) && item("a: null", &json!({"a": null})));
    assert!(
        !item("a: null", &json!({"a": 0}))
            && item("a: ''", &json!({"b": 1}))
            && item("a: ''", &json!({"a": ""}))
    );
    assert!(item("a: [x, 'y*']", &json!({"a": "yz"})) && item("a: [x, null]", &json!({})));
    assert!(item("a.b: x", &json!({"a": [{"b": "y"}, {"b": ["x"]}]})));
    assert!(item("a|cased: Foo", &json!({"a": "Foo"})) && !item("a|cased: Foo", &json!({"a": "foo"})));
    assert!(item("a|neq: x", &json!({"a": "y"})) && !item("a|neq: x", &json!({"a": "x"})));
    let many = "a: [q, w, e, r, t, z, u, i, o, 'p*', '*1*', '*2*', '*3*', '*4*']";
    assert!(
        item(many, &json!({"a": "U"})) && item(many, &json!({"a": "pp"})) && item(many, &json!({"a": "x4x"}))
    );
    assert!(!item(many, &json!({"a": "x"})));
}

#[test]
fn modifiers_of_text() {
    assert!(item("a|contains: foo", &json!({"a": "xFOOx"})) && !item("a|contains: foo", &json!({"a": "fo"})));
    assert!(item("a|startswith: [foo, bar]", &json!({"a": "BARx"})));
    assert!(
        item("a|endswith: foo", &json!({"a": "xfoo"})) && !item("a|endswith: foo", &json!({"a": "foox"}))
    );
    assert!(
        item("a|contains|all: [x, y]", &json!({"a": "yx"}))
            && !item("a|contains|all: [x, y]", &json!({"a": "x"}))
    );
    assert!(item("a|all: [x, y]", &json!({"a": ["x", "y"]})), "each is one of the values");
    assert!(item("a|re: '^f[0-9]+$'", &json!({"a": "f12"})) && !item("a|re: 'F'", &json!({"a": "f"})));
    assert!(item("a|re|i: 'F'", &json!({"a": "f"})) && item("a|re|s: 'a.b'", &json!({"a": "a\nb"})));
    assert!(item("a|re|m: '^b$'", &json!({"a": "a\nb"})) && !item("a|re: '^b$'", &json!({"a": "a\nb"})));
    assert!(item("a|windash|contains: ' -enc'", &json!({"a": "x /enc"})));
    assert!(item("a|windash|contains: ' -enc'", &json!({"a": "x \u{2014}enc"})));
    assert!(
        item("a|expand: '%admins%'", &json!({"a": "ROOT"}))
            && item("a|expand: 'x%admins%y'", &json!({"a": "x100%y"}))
    );
}

#[test]
fn encodings() {
    let base64 = |text: &[u8]| base64::Engine::encode(&base64::engine::general_purpose::STANDARD, text);
    assert!(item("a|base64: 'foobar'", &json!({"a": base64(b"foobar")})));
    for before in ["", "x", "xy", "xyz"] {
        let text = base64(format!("{before}http://evil after").as_bytes());
        assert!(item("a|base64offset|contains: 'http://evil'", &json!({"a": text})), "{before}");
    }
    let wide: Vec<u8> = "ping".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(item("a|wide|base64: ping", &json!({"a": base64(&wide)})));
    assert!(item(
        "a|wide|base64offset|contains: ping",
        &json!({"a": base64(&[b"xx".as_slice(), &wide].concat())})
    ));
    let marked = [&[0xff, 0xfe], wide.as_slice()].concat();
    assert!(item("a|utf16|base64: ping", &json!({"a": base64(&marked)})));
    let big: Vec<u8> = "ping".encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert!(item("a|utf16be|base64: ping", &json!({"a": base64(&big)})));
}

#[test]
fn modifiers_of_other_kinds() {
    assert!(
        item("a|cidr: 10.0.0.0/8", &json!({"a": "10.1.2.3"}))
            && !item("a|cidr: 10.0.0.0/8", &json!({"a": "11.1.2.3"}))
    );
    assert!(item("a|cidr: ['2001:db8::/32', 1.2.3.4]", &json!({"a": "2001:db8::1"})));
    assert!(
        item("a|cidr: 1.2.3.4", &json!({"a": "::ffff:1.2.3.4"}))
            && !item("a|cidr: ::/1", &json!({"a": "8000::"}))
    );
    assert!(
        item("a|gte: 10", &json!({"a": 10}))
            && item("a|lt: 10.5", &json!({"a": "10"}))
            && !item("a|gt: 10", &json!({"a": "x"}))
    );
    assert!(item("a|exists: true", &json!({"a": 1})) && !item("a|exists: true", &json!({"a": null})));
    assert!(item("a|exists: false", &json!({"b": 1})) && !item("a|exists: false", &json!({"a": 1})));
    assert!(
        item("a|fieldref: b", &json!({"a": "x", "b": "X"})) && !item("a|fieldref: b", &json!({"a": "x"}))
    );
    assert!(item("a|fieldref|endswith: b", &json!({"a": "xy", "b": "y"})));
    assert!(item("a|fieldref|contains: b", &json!({"a": "xyz", "b": "Y"})));
    assert!(!item("a|cased|fieldref: b", &json!({"a": "x", "b": "X"})));
    // 2024-12-30 is a Monday in the first week of 2025.
    let at = json!({"at": 1_735_554_600, "t": "2024-12-30T10:30:00Z"});
    assert!(item("time|hour: 10", &at) && item("time|minute|gte: 30", &at) && item("t|day: 30", &at));
    assert!(
        item("t|month: 12", &at)
            && item("t|year: 2024", &at)
            && item("t|week: 1", &at)
            && !item("t|week: 53", &at)
    );
}

#[test]
fn definitions_and_keywords() {
    let list = "  s:\n    - a: 1\n      b: 2\n    - c: 3\n  condition: s";
    assert!(matches(list, &json!({"a": 1, "b": 2})) && matches(list, &json!({"c": 3})));
    assert!(!matches(list, &json!({"a": 1})));
    let words = "  k: [evil, 'mal*ware']\n  condition: k";
    assert!(matches(words, &json!({"x": {"y": "so EVIL"}})) && matches(words, &json!({"x": "mal and ware"})));
    assert!(!matches(words, &json!({"x": "fine"})));
    let both = "  k: {'|all': [evil, good]}\n  condition: k";
    assert!(matches(both, &json!({"x": "evil", "y": "good"})) && !matches(both, &json!({"x": "evil"})));
    let not = "  s: {a: 1}\n  filter_x: {b: 2}\n  filter_y: {c: 3}\n  condition: s and not 1 of filter_*";
    assert!(matches(not, &json!({"a": 1})) && !matches(not, &json!({"a": 1, "c": 3})));
    let conditions = "  s: {a: 1}\n  t: {b: 2}\n  condition: [s, t]";
    assert!(matches(conditions, &json!({"b": 2})));
}

#[test]
fn refused_with_line_and_field() {
    let refused = |detection: &str, line: usize, what: &str| {
        let error = rule(detection).and_then(|one| Set::new(one.filtered()?.0, &JsonSchema)).unwrap_err();
        assert!(error.to_string().contains(what), "{error}");
        assert_eq!(error.line, line, "{error}");
    };
    refused("  s: {a|foo: 1}\n  condition: s", 5, "`detection.s.a|foo`: unknown modifier `foo`");
    refused("  s:\n    a: 1\n    b|re: '(?=x)'\n  condition: s", 7, "linear time");
    refused("  s: {a|cidr: 10.0.0.0/99}\n  condition: s", 5, "not a network");
    refused("  s: {a: []}\n  condition: s", 5, "empty");
    refused("  s: {a: 1}\n  condition: t", 6, "`t` is not defined");
    refused("  s: {a: 1}", 5, "condition");
    refused("  s: {a|expand: '%other%'}\n  condition: s", 5, "`%other%`");
    refused("  s: {a: 1}\n  timeframe: 5m\n  condition: s", 6, "correlation");
    refused("  s: {never: 1}\n  condition: s", 5, "no field");
    refused("  s: {a|base64: 'x*'}\n  condition: s", 5, "wildcards");
    for everything in [
        "  s: {a: '*'}\n  condition: s",
        "  s: {a: 1}\n  condition: not s",
        "  s: {a|re: '.*'}\n  condition: s",
        "  s: {a|contains: ''}\n  condition: s",
        "  s: {a: 1}\n  t: {b: '*'}\n  condition: s or t",
        "  s: {a: null}\n  condition: s",
        "  s: {a|neq: 1}\n  condition: s",
        "  s: ['*']\n  condition: s",
        "  s: {a|cidr: 0.0.0.0/0}\n  condition: s",
    ] {
        refused(everything, 5, "match everything");
    }
    assert!(parse("title: x\nlogsource: {product: x}\n", &Placeholders::new()).is_err());
    assert!(parse("- 1", &Placeholders::new()).is_err());
    assert!(
        parse("title: x\nlevel: bad\nlogsource: {product: x}\ndetection: {}", &Placeholders::new()).is_err()
    );
}

#[test]
fn collections_and_filters() {
    let text = "action: global\ntitle: t\nlogsource: {product: x}\n---\nname: a\ndetection: {s: {k: 1}, condition: s}\n---\n\
        name: b\ntitle: own\ndetection: {s: {k: 2}, condition: s}\n---\naction: repeat\ndetection: {s: {z: 1}}\nname: c\n";
    let mut all = parse(text, &Placeholders::new()).unwrap();
    let titles: Vec<&str> = all.rules.iter().map(|rule| rule.about.title.as_str()).collect();
    assert_eq!(titles, ["t", "own", "own"]);
    let filter =
        "title: f\nlogsource: {product: x}\nfilter:\n  rules: [a]\n  ok: {user: admin}\n  condition: not ok";
    all.append(parse(filter, &Placeholders::new()).unwrap());
    let (rules, _) = all.clone().filtered().unwrap();
    let set = Set::new(rules, &JsonSchema).unwrap();
    let hits = |value: serde_json::Value| {
        let mut hits = Vec::new();
        set.matches(&record(&value), |_, rule| hits.push(rule.about.name.clone()));
        hits
    };
    assert_eq!(hits(json!({"k": 1, "user": "x"})), ["a"]);
    assert!(hits(json!({"k": 1, "user": "admin"})).is_empty());
    assert_eq!(hits(json!({"k": 2, "z": 1, "user": "admin"})), ["b", "c"]);
    let wrong = filter.replace("[a]", "[nothing]");
    all.append(parse(&wrong, &Placeholders::new()).unwrap());
    assert!(all.filtered().unwrap_err().reason.contains("`nothing`"));
}

#[test]
fn only_rules_that_could_match_are_asked() {
    let text = (0..500).fold(String::new(), |text, number| {
        format!("{text}---\ntitle: t\nlogsource: {{product: x}}\ndetection: {{s: {{kind: K{number}, a: 1}}, condition: s}}\n")
    });
    let set = Set::new(parse(&text, &Placeholders::new()).unwrap().rules, &JsonSchema).unwrap();
    assert_eq!(set.unindexed(), 0);
    let mut hits = Vec::new();
    set.matches(&record(&json!({"kind": "k77", "a": 1})), |place, _| hits.push(place));
    assert_eq!(hits, [77]);
}

const RULES: &str = "title: a\nname: a\nlogsource: {product: x}\ndetection: {s: {kind: a}, condition: s}\n---\n\
    title: b\nname: b\nlogsource: {product: x}\ndetection: {s: {kind: b}, condition: s}\n---\n\
    title: c\nname: c\nlogsource: {product: x}\ncorrelation:\n";

/// What a correlation fires on these records: group, count, value.
fn fired(correlation: &str, records: &[serde_json::Value], end: i64) -> Vec<(String, u64, f64)> {
    let all = parse(&format!("{RULES}{correlation}"), &Placeholders::new()).unwrap();
    let (rules, correlations) = all.filtered().unwrap();
    let mut correlator = Correlator::new(correlations, &rules, &|_| &JsonSchema).unwrap();
    let set = Set::new(rules, &JsonSchema).unwrap();
    let mut fired = Vec::new();
    for value in records {
        let record = record(value);
        set.matches(&record, |place, _| correlator.hit(place, &record, &mut fired));
    }
    correlator.tick(Timestamp::from_seconds(end), &mut fired);
    fired
        .iter()
        .map(|one| {
            let group: Vec<&str> = one.group.iter().map(|(_, value)| value.as_str()).collect();
            (group.join(","), one.count, one.value)
        })
        .collect()
}

fn at(kind: &str, user: &str, at: i64, value: i64) -> serde_json::Value {
    json!({"kind": kind, "user": user, "name": user, "at": at, "value": value})
}

#[test]
fn events_and_values_are_counted() {
    let count = "  type: event_count\n  rules: a\n  group-by: [user]\n  timespan: 1m\n  condition: {gte: 3}";
    let records = [
        at("a", "x", 0, 1),
        at("a", "y", 1, 1),
        at("a", "x", 50, 1),
        at("b", "x", 51, 1),
        at("a", "x", 60, 1),
    ];
    assert_eq!(fired(count, &records, 0), [("x".to_owned(), 3, 3.0)]);
    let records = [at("a", "x", 0, 1), at("a", "x", 61, 1), at("a", "x", 62, 1)];
    assert_eq!(fired(count, &records, 1000), []);
    let values = "  type: value_count\n  rules: [a]\n  group-by: [user]\n  timespan: 1m\n  condition: {gte: 3, field: value}";
    let records = [at("a", "x", 0, 1), at("a", "x", 1, 1), at("a", "x", 2, 2), at("a", "x", 3, 3)];
    assert_eq!(fired(values, &records, 0), [("x".to_owned(), 3, 3.0)]);
    // Each of a list is one, as if it had come alone; all together they are judged once.
    let mut lists = [at("a", "x", 0, 1), at("a", "x", 1, 1), at("a", "y", 2, 1)];
    lists[0]["value"] = json!([1, 2]);
    lists[1]["value"] = json!([2, 3, 4, 5, 6, 7, 8]);
    assert_eq!(fired(values, &lists, 0), [("x".to_owned(), 8, 8.0)]);
    let both = values.replace("field: value", "field: [value, name]");
    assert_eq!(fired(&both, &lists, 0), [("x".to_owned(), 8, 8.0)]);
    let range = "  type: event_count\n  rules: [a]\n  timespan: 1m\n  condition: {gte: 2, lte: 3}";
    assert_eq!(fired(range, &records[..3], 100), [(String::new(), 3, 3.0)]);
    assert_eq!(fired(range, &records, 100), []);
}

#[test]
fn numbers_are_added_up() {
    let records = [at("a", "x", 0, 10), at("a", "x", 1, 20), at("a", "x", 2, 60)];
    let sum = "  type: value_sum\n  rules: [a]\n  group-by: [user]\n  timespan: 1m\n  condition: {gt: 80, field: value}";
    assert_eq!(fired(sum, &records, 0), [("x".to_owned(), 3, 90.0)]);
    let average = sum.replace("value_sum", "value_avg").replace("80", "25");
    assert_eq!(fired(&average, &records, 100), [("x".to_owned(), 3, 30.0)]);
    let median = sum.replace("value_sum", "value_percentile").replace("gt: 80", "lt: 25");
    assert_eq!(fired(&median, &records, 100), [("x".to_owned(), 3, 20.0)]);
}

#[test]
fn rules_within_a_time() {
    let temporal = "  type: temporal\n  rules: [a, b]\n  aliases: {who: {a: user, b: name}}\n  group-by: [who]\n  timespan: 1m";
    assert_eq!(
        fired(temporal, &[at("b", "x", 0, 1), at("a", "y", 1, 1), at("a", "x", 59, 1)], 0),
        [("x".to_owned(), 2, 2.0)]
    );
    assert_eq!(fired(temporal, &[at("b", "x", 0, 1), at("a", "x", 61, 1)], 0), []);
    let ordered = temporal.replace("type: temporal", "type: temporal_ordered");
    assert_eq!(fired(&ordered, &[at("b", "x", 0, 1), at("a", "x", 30, 1)], 0), []);
    assert_eq!(fired(&ordered, &[at("b", "x", 0, 1), at("a", "x", 30, 1), at("b", "x", 40, 1)], 0).len(), 1);
    let chained = "  type: event_count\n  rules: [a]\n  group-by: [user]\n  timespan: 1m\n  condition: {gte: 2}\n---\n\
        title: d\nname: d\ncorrelation:\n  type: temporal_ordered\n  rules: [c, b]\n  group-by: [user]\n  timespan: 5m";
    let records = [at("a", "x", 0, 1), at("a", "x", 1, 1), at("b", "x", 90, 1)];
    assert_eq!(fired(chained, &records, 0).len(), 2);
}

#[test]
fn correlations_are_refused_with_a_reason() {
    let refused = |correlation: &str, what: &str| {
        let read = parse(&format!("{RULES}{correlation}"), &Placeholders::new()).and_then(|all| {
            let (rules, correlations) = all.filtered()?;
            Correlator::new(correlations, &rules, &|_| &JsonSchema)
        });
        let error = read.unwrap_err();
        assert!(error.to_string().contains(what), "{error}");
    };
    refused("  type: event_count\n  rules: [z]\n  timespan: 1m\n  condition: {gte: 3}", "no rule `z`");
    refused("  type: event_count\n  rules: [c]\n  timespan: 1m\n  condition: {gte: 3}", "before it");
    refused("  type: event_count\n  rules: [a]\n  timespan: 1x\n  condition: {gte: 3}", "timespan");
    refused(
        "  type: event_count\n  rules: [a]\n  timespan: 1m\n  condition: {gte: 1}",
        "one record is enough",
    );
    refused("  type: event_count\n  rules: [a]\n  timespan: 1m", "condition");
    refused("  type: value_sum\n  rules: [a]\n  timespan: 1m\n  condition: {gte: 3}", "field");
    refused("  type: other\n  rules: [a]\n  timespan: 1m", "type");
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "(title: t\n|logsource: \\{product: x\\}\n|detection:\n|  [a-c]: |[-{}\\[\\]:&*|>'\" \n]|[a-z*?\\\\%.0-9]{1,5}|  condition: a\n|---\n){0,20}") {
        let _ = parse(&text, &Placeholders::new());
    }

    #[test]
    fn the_index_loses_nothing(kinds in prop::collection::vec("[a-c]{1,2}", 1..5), kind in "[a-cA-C]{1,2}") {
        let text = format!("  s: {{kind: [{}]}}\n  condition: s", kinds.join(", "));
        let expected = kinds.iter().any(|one| one.eq_ignore_ascii_case(&kind));
        prop_assert_eq!(matches(&text, &json!({"kind": kind})), expected);
    }
}
