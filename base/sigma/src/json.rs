//! Values within JSON text, found without reading the rest into memory.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::record::Value;

/// Shows the values at a path (names joined by dots, whatever their case) until `visit` says `true`. Lists on the
/// way and at its end are gone through. Text that is not JSON has no values.
pub fn visit(json: &str, path: &str, visit: &mut dyn FnMut(Value<'_>) -> bool) -> bool {
    if json.is_empty() {
        return false;
    }
    let mut done = false;
    let mut deserializer = serde_json::Deserializer::from_str(json);
    // An error is text that is not JSON, or more than 128 deep; what was seen before it counts.
    let _ = Walk { path, visit, done: &mut done }.deserialize(&mut deserializer);
    done
}

struct Walk<'w> {
    path: &'w str,
    visit: &'w mut dyn FnMut(Value<'_>) -> bool,
    done: &'w mut bool,
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if *self.done {
            return deserializer.deserialize_ignored_any(IgnoredAny).map(|_| ());
        }
        if self.path.is_empty() {
            let raw = <&RawValue as serde::Deserialize>::deserialize(deserializer)?;
            *self.done = leaf(raw.get(), self.visit);
            return Ok(());
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<CowText<'de>>()? {
            match rest(self.path, &key.0) {
                Some(path) => {
                    map.next_value_seed(Walk { path, visit: &mut *self.visit, done: &mut *self.done })?;
                }
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq
            .next_element_seed(Walk { path: self.path, visit: &mut *self.visit, done: &mut *self.done })?
            .is_some()
        {}
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }
    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }
    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }
    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }
    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }
    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

/// What of a path is left below a key; names may hold dots themselves.
fn rest<'p>(path: &'p str, key: &str) -> Option<&'p str> {
    let head = path.get(..key.len())?;
    if key.is_empty() || !head.eq_ignore_ascii_case(key) {
        return None;
    }
    let tail = path.get(key.len()..)?;
    if tail.is_empty() { Some(tail) } else { tail.strip_prefix('.') }
}

/// Shows what is at the end of a path.
fn leaf(json: &str, visit: &mut dyn FnMut(Value<'_>) -> bool) -> bool {
    match json.as_bytes().first() {
        Some(b'"') => serde_json::from_str::<CowText<'_>>(json).is_ok_and(|text| visit(Value::Text(&text.0))),
        Some(b'[') => {
            let items: Vec<&RawValue> = serde_json::from_str(json).unwrap_or_default();
            let any = items.iter().any(|item| match item.get().as_bytes().first() {
                Some(b'[') => visit(Value::Text(item.get())),
                _ => leaf(item.get(), visit),
            });
            any || (items.is_empty() && visit(Value::Text("[]")))
        }
        Some(b'{') => visit(Value::Text(json)),
        Some(b't') => visit(Value::Bool(true)),
        Some(b'f') => visit(Value::Bool(false)),
        Some(b'n') => visit(Value::Null),
        Some(_) => match json.parse::<i64>() {
            Ok(number) => visit(Value::Integer(number)),
            Err(_) => json.parse().is_ok_and(|number| visit(Value::Float(number))),
        },
        None => false,
    }
}

#[derive(serde::Deserialize)]
#[serde(transparent)]
struct CowText<'a>(#[serde(borrow)] Cow<'a, str>);

#[cfg(test)]
mod tests {
    use super::*;

    fn all(json: &str, path: &str) -> Vec<String> {
        let mut values = Vec::new();
        visit(json, path, &mut |value| {
            values.push(format!("{value:?}"));
            false
        });
        values
    }

    #[test]
    fn paths_go_through_maps_and_lists() {
        let json =
            r#"{"a":{"b":[{"c":"x"},{"c":["y\n",1,true,null]},{"d":{"e":1}}]},"k.with/dot":{"z":2.5}}"#;
        assert_eq!(all(json, "A.b.c"), ["Text(\"x\")", "Text(\"y\\n\")", "Integer(1)", "Bool(true)", "Null"]);
        assert_eq!(all(json, "a.b.d"), ["Text(\"{\\\"e\\\":1}\")"]);
        assert_eq!(all(json, "k.with/dot.z"), ["Float(2.5)"]);
        assert!(all(json, "a.x").is_empty());
        assert!(all(json, "a.b.c.d").is_empty());
        assert!(all("{\"a\":", "a").is_empty());
        assert!(all("", "a").is_empty());
    }

    #[test]
    fn the_first_that_is_wanted_ends_it() {
        let mut seen = 0;
        assert!(visit(r#"{"a":[1,2,3],"b":1}"#, "a", &mut |_| {
            seen += 1;
            true
        }));
        assert_eq!(seen, 1);
    }
}
