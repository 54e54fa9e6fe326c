use proptest::prelude::*;

use super::*;

const SAMPLE: &str =
    r#" {"a": {"b" : [1, {"c":"x\n\u00e9\ud83d\ude00"}, null], "d":"[}\"{"}, "e":-1.5e3,"t":true,"n":null}"#;

#[test]
fn finds_members_by_path() {
    assert_eq!(member(SAMPLE, &["a", "b", "1", "c"]).as_deref(), Some("x\né😀"));
    assert_eq!(member(SAMPLE, &["a", "d"]).as_deref(), Some("[}\"{"));
    assert_eq!(member(SAMPLE, &["e"]).as_deref(), Some("-1.5e3"));
    assert_eq!(member(SAMPLE, &["t"]).as_deref(), Some("true"));
    assert_eq!(value(SAMPLE, &["n"]), Some("null"));
    assert_eq!(value(SAMPLE, &["a", "b", "2"]), Some("null"));
    for missing in [&["n"][..], &["a"], &["a", "b", "3"], &["a", "b", "x"], &["e", "f"], &["z"]] {
        assert_eq!(member(SAMPLE, missing), None, "{missing:?}");
    }
    assert_eq!(value("", &["a"]), None);
    assert_eq!(value("{\"a\":[}", &["a"]), None);
}

#[test]
fn lists_members_and_elements() {
    let names: Vec<_> = members(SAMPLE).map(|(name, _)| name.into_owned()).collect();
    assert_eq!(names, ["a", "e", "t", "n"]);
    let list = value(SAMPLE, &["a", "b"]).unwrap();
    assert_eq!(elements(list).collect::<Vec<_>>(), ["1", r#"{"c":"x\n\u00e9\ud83d\ude00"}"#, "null"]);
    assert_eq!(members("[1]").count() + elements("{}").count() + elements("[]").count(), 0);
}

#[test]
fn odd_escapes_lose_nothing() {
    assert_eq!(unescape(r#"\ud800x\udc00\u12\q\"#), "\u{fffd}x\u{fffd}\u{fffd}12\u{fffd}\u{fffd}");
    assert_eq!(unescape(r#"\"\\\/\b\f\n\r\t"#), "\"\\/\u{8}\u{c}\n\r\t");
    assert_eq!(unescape(r"\ud83d\u0041"), "\u{fffd}A");
}

#[test]
fn depth_is_limited() {
    let deep = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(value(&deep(MAX_DEPTH), &[]).is_some());
    assert_eq!(value(&deep(MAX_DEPTH + 1), &[]), None);
}

fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<String>().prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            proptest::collection::btree_map(any::<String>(), inner, 0..6)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}

/// What `raw` says, read with this module alone.
fn read(raw: &str) -> serde_json::Value {
    match raw.as_bytes().first() {
        Some(b'{') => members(raw).map(|(name, raw)| (name.into_owned(), read(raw))).collect(),
        Some(b'[') => elements(raw).map(read).collect::<Vec<_>>().into(),
        Some(b'"') => scalar(raw).unwrap().into_owned().into(),
        _ => serde_json::from_str(raw).unwrap(),
    }
}

proptest! {
    #[test]
    fn reads_what_serde_writes(value in json(), pretty in any::<bool>()) {
        let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) };
        let text = text.unwrap();
        prop_assert_eq!(super::value(&text, &[]), Some(text.as_str()));
        prop_assert_eq!(read(&text), value);
    }

    #[test]
    fn any_text_is_survived(text in "\\PC*|[\\[\\]{}\",:\\\\u0-9 ]{0,60}") {
        let _ = value(&text, &["a", "0"]);
        prop_assert!(members(&text).count() <= text.len());
        prop_assert!(elements(&text).count() <= text.len());
        let _ = unescape(&text);
    }
}
