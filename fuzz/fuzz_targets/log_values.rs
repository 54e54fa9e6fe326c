//! Values in JSON text without a tree, held against `serde_json`; and what a file is.
#![no_main]

use bastide_logs::json::{self, elements, members, scalar, unescape};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|data: &[u8]| {
    let _ = bastide_logs::sniff(data, "");
    let Ok(text) = str::from_utf8(data) else { return };
    let _ = json::member(text, &["a", "0", "b"]);
    let _ = unescape(text);
    let (members, elements) = (members(text).count(), elements(text).count());
    assert!(members <= text.len() && elements <= text.len());
    if let Ok(value) = serde_json::from_str::<Value>(text) {
        let raw = json::value(text, &[]).expect("what is JSON is read");
        assert_eq!(raw, text.trim_matches([' ', '\n', '\r', '\t']));
        same(raw, &value);
    }
});

fn same(raw: &str, value: &Value) {
    match value {
        Value::Object(map) => {
            // Of a name that occurs twice the library keeps the last value.
            let found: std::collections::BTreeMap<_, _> = members(raw).collect();
            assert_eq!(found.len(), map.len());
            for (name, raw) in found {
                same(raw, &map[name.as_ref()]);
            }
        }
        Value::Array(values) => {
            assert_eq!(elements(raw).count(), values.len());
            elements(raw).zip(values).for_each(|(raw, value)| same(raw, value));
        }
        Value::String(text) => assert_eq!(scalar(raw).as_deref(), Some(text.as_str())),
        Value::Null => assert_eq!(scalar(raw), None),
        Value::Bool(_) | Value::Number(_) => assert_eq!(scalar(raw).as_deref(), Some(raw)),
    }
}
