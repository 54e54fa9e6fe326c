//! Findings are kept as the JSON that GuardDuty writes; here they become the documents that the door writes.

use bastide_ids::Timestamp;
use bastide_shape::{Document, Kind, Shape, Value};
use serde_json::Value as Json;

/// JSON with the wire names of a shape as a document. What the shape does not have is left out.
pub(crate) fn document(shape: &'static Shape, json: &Json) -> Option<Value> {
    match (shape.kind, json) {
        (_, Json::Null) => None,
        (Kind::Structure(members) | Kind::Union(members), Json::Object(object)) => {
            let member = |member: &'static bastide_shape::Member| {
                let value = document(member.shape, object.get(member.wire_name())?)?;
                Some((member.name.into(), value))
            };
            Some(Value::Map(members.iter().filter_map(member).collect()))
        }
        (Kind::List(of), Json::Array(elements)) => {
            Some(Value::List(elements.iter().filter_map(|element| document(of.shape, element)).collect()))
        }
        (Kind::Map(_, of), Json::Object(object)) => {
            let entry =
                |(name, value): (&String, &Json)| Some((name.clone().into(), document(of.shape, value)?));
            Some(Value::Map(object.iter().filter_map(entry).collect::<Document>()))
        }
        (Kind::String | Kind::Enumeration(_), Json::String(text)) => Some(text.as_str().into()),
        (Kind::String, Json::Number(_) | Json::Bool(_)) => Some(json.to_string().into()),
        (Kind::Boolean, Json::Bool(truth)) => Some((*truth).into()),
        (Kind::Integer | Kind::Long | Kind::BigInteger, Json::Number(number)) => {
            number.as_i64().map(Value::Int)
        }
        (Kind::Float | Kind::Double, Json::Number(number)) => number.as_f64().map(Value::Float),
        (Kind::Timestamp(_), Json::Number(number)) => {
            Timestamp::from_seconds_f64(number.as_f64()?).ok().map(Value::Time)
        }
        (Kind::Timestamp(_), Json::String(text)) => Timestamp::parse_iso8601(text).ok().map(Value::Time),
        _ => None,
    }
}
