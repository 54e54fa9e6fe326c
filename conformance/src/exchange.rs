//! Our codecs, asked by another process: a line of JSON in, a line of JSON out. `conformance/oracle` asks, with
//! what botocore's serializer wrote, and gives what we answer to botocore's parser.
//!
//! - `{"decode": {"method", "target", "headers", "body", "scope"}}` finds and reads a request:
//!   `{"service", "operation", "protocol", "document"}`.
//! - `{"encode": {"service", "operation", "protocol", "document"}}` writes an answer: `{"status", "headers", "body"}`.
//! - `{"error": {"service", "protocol", "name", "message", "members"}}` writes an error, likewise.
//! - `{"validate": {"service", "operation", "document"}}` holds an input against its schema: `{}`.
//!
//! Whatever cannot be done is answered by `{"failed": "why"}`. Bodies are base64. Documents are JSON, with
//! `{"$blob": base64}`, `{"$time": milliseconds}` and `{"$float": "NaN"}` for what JSON lacks.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bastide_codec::{Catalog, Limits, Route, WireError};
use bastide_ids::Timestamp;
use bastide_shape::{Document, ErrorShape, Operation, Protocol, Service, Value};
use bytes::Bytes;
use http::{Request, Response, request::Parts};
use serde::Deserialize;
use serde_json::{Value as Json, json};

/// The request id in every answer.
pub const REQUEST_ID: &str = "5f0d3f3a-6a57-4c3b-9d51-3a4f0c1f7e21";

type Failure = Box<dyn std::error::Error>;

/// What can be asked.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Question {
    Decode(Received),
    Encode(Answer),
    Error(Told),
    Validate(Input),
}

#[derive(Deserialize)]
struct Received {
    method: String,
    /// Path and query string.
    target: String,
    headers: Vec<(String, String)>,
    body: String,
    /// The service in the credential scope.
    scope: Option<String>,
}

#[derive(Deserialize)]
struct Answer {
    service: String,
    operation: String,
    protocol: String,
    document: Json,
}

#[derive(Deserialize)]
struct Told {
    service: String,
    protocol: String,
    name: String,
    message: String,
    members: Json,
}

#[derive(Deserialize)]
struct Input {
    service: String,
    operation: String,
    document: Json,
}

/// Answers one line.
#[must_use]
pub fn answer(catalog: &Catalog, line: &str) -> Json {
    let question: Result<Question, _> = serde_json::from_str(line);
    let answer = question.map_err(Failure::from).and_then(|question| match question {
        Question::Decode(received) => decode(catalog, &received),
        Question::Encode(answer) => encode(catalog, &answer),
        Question::Error(told) => tell(catalog, &told),
        Question::Validate(input) => validate(catalog, &input),
    });
    answer.unwrap_or_else(|failure| json!({ "failed": failure.to_string() }))
}

fn decode(catalog: &Catalog, received: &Received) -> Result<Json, Failure> {
    let mut request = Request::builder().method(received.method.as_str()).uri(received.target.as_str());
    for (name, value) in &received.headers {
        request = request.header(name.as_str(), value.as_str());
    }
    let body = STANDARD.decode(&received.body)?;
    let (parts, ()): (Parts, ()) = request.body(())?.into_parts();
    let route = bastide_codec::route(catalog, &parts, &body, received.scope.as_deref());
    let Route::Found { service, operation, protocol, labels } = route else {
        return Err(format!("no operation found: {route:?}").into());
    };
    let document = bastide_codec::decode(protocol, operation, &parts, &labels, &body, &Limits::default())?;
    Ok(json!({
        "service": service.name,
        "operation": operation.name,
        "protocol": name_of(protocol),
        "document": from_document(&document),
    }))
}

fn encode(catalog: &Catalog, answer: &Answer) -> Result<Json, Failure> {
    let (service, operation) = find(catalog, &answer.service, &answer.operation)?;
    let protocol = protocol_of(service, &answer.protocol)?;
    let document = to_document(&answer.document)?;
    Ok(sent(bastide_codec::encode(protocol, service, operation, &document, REQUEST_ID)?))
}

fn tell(catalog: &Catalog, told: &Told) -> Result<Json, Failure> {
    let service = catalog.service(&told.service).ok_or("unknown service")?;
    let protocol = protocol_of(service, &told.protocol)?;
    let mut errors = service.operations.iter().flat_map(|operation| operation.errors);
    let shape: &'static ErrorShape =
        errors.find(|error| error.name == told.name).ok_or_else(|| format!("no error `{}`", told.name))?;
    let members = to_document(&told.members)?;
    let error = WireError::of(shape, told.message.as_str()).with(&members);
    Ok(sent(bastide_codec::encode_error(protocol, Some(service), &error, REQUEST_ID)))
}

fn validate(catalog: &Catalog, input: &Input) -> Result<Json, Failure> {
    let (_, operation) = find(catalog, &input.service, &input.operation)?;
    let document = to_document(&input.document)?;
    if let Some(shape) = operation.input {
        bastide_shape::validate(shape, &document).map_err(|violations| violations.message())?;
    }
    Ok(json!({}))
}

fn find(
    catalog: &Catalog,
    service: &str,
    operation: &str,
) -> Result<(&'static Service, &'static Operation), Failure> {
    let found = catalog.service(service).ok_or_else(|| format!("no service `{service}`"))?;
    let operation =
        catalog.operation(service, operation).ok_or_else(|| format!("no operation `{operation}`"))?;
    Ok((found, operation))
}

fn sent(response: Response<Bytes>) -> Json {
    let (parts, body) = response.into_parts();
    let headers: Vec<(&str, String)> = parts
        .headers
        .iter()
        .map(|(name, value)| (name.as_str(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect();
    json!({ "status": parts.status.as_u16(), "headers": headers, "body": STANDARD.encode(body) })
}

/// The name of a protocol in botocore.
fn name_of(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Json10 | Protocol::Json11 => "json",
        Protocol::RestJson => "rest-json",
        Protocol::Query => "query",
        Protocol::Ec2 => "ec2",
        Protocol::RestXml => "rest-xml",
        Protocol::Cbor => "smithy-rpc-v2-cbor",
    }
}

fn protocol_of(service: &Service, name: &str) -> Result<Protocol, Failure> {
    let protocol = service.protocols.iter().copied().find(|protocol| name_of(*protocol) == name);
    protocol.ok_or_else(|| format!("`{}` does not speak {name}", service.name).into())
}

fn from_document(document: &Document) -> Json {
    Json::Object(document.iter().map(|(name, value)| (name.to_string(), from_value(value))).collect())
}

fn from_value(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(truth) => json!(truth),
        Value::Int(number) => json!(number),
        Value::Float(number) if number.is_finite() => json!(number),
        Value::Float(number) => json!({ "$float": number.to_string() }),
        Value::Str(text) => json!(text),
        Value::Blob(bytes) => json!({ "$blob": STANDARD.encode(&**bytes) }),
        Value::Time(moment) => json!({ "$time": moment.millis() }),
        Value::List(values) => values.iter().map(from_value).collect(),
        Value::Map(members) => from_document(members),
    }
}

fn to_document(json: &Json) -> Result<Document, Failure> {
    match to_value(json)? {
        Value::Map(document) => Ok(document),
        other => Err(format!("not a document: {other:?}").into()),
    }
}

fn to_value(json: &Json) -> Result<Value, Failure> {
    Ok(match json {
        Json::Null => Value::Null,
        Json::Bool(truth) => Value::Bool(*truth),
        Json::Number(number) => match number.as_i64() {
            Some(number) => Value::Int(number),
            None => Value::Float(number.as_f64().ok_or("a number out of range")?),
        },
        Json::String(text) => Value::Str(text.clone()),
        Json::Array(values) => Value::List(values.iter().map(to_value).collect::<Result<_, _>>()?),
        Json::Object(members) => {
            if let Some(Json::String(bytes)) = members.get("$blob") {
                return Ok(Value::from(STANDARD.decode(bytes)?));
            }
            if let Some(millis) = members.get("$time").and_then(Json::as_i64) {
                return Ok(Value::Time(Timestamp::from_millis(millis)));
            }
            if let Some(Json::String(number)) = members.get("$float") {
                return Ok(Value::Float(number.parse()?));
            }
            let mut document = Document::new();
            for (name, value) in members {
                document.push(name.clone(), to_value(value)?);
            }
            Value::Map(document)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(question: &Json) -> Json {
        answer(&Catalog::new(crate::tables::ALL), &question.to_string())
    }

    #[test]
    fn a_request_is_read_and_an_answer_written() {
        let body = STANDARD.encode(r#"{"KeyId":"a","GrantTokens":["t"]}"#);
        let headers =
            [["x-amz-target", "TrentService.DescribeKey"], ["content-type", "application/x-amz-json-1.1"]];
        let sent = json!({"decode": {"method": "POST", "target": "/", "headers": headers, "body": body, "scope": "kms"}});
        let read = ask(&sent);
        assert_eq!(read["operation"], "DescribeKey");
        assert_eq!(read["document"], json!({"KeyId": "a", "GrantTokens": ["t"]}));
        let document = json!({"KeyMetadata": {"KeyId": "a", "CreationDate": {"$time": 1500}}});
        let written = ask(&json!({
            "encode": {"service": "kms", "operation": "DescribeKey", "protocol": "json", "document": document}
        }));
        assert_eq!(written["status"], 200);
        let body = STANDARD.decode(written["body"].as_str().unwrap()).unwrap();
        let body: Json = serde_json::from_slice(&body).unwrap();
        assert_eq!(body["KeyMetadata"]["CreationDate"], 1.5);
    }

    #[test]
    fn what_cannot_be_done_is_told() {
        assert!(ask(&json!({"frobnicate": {}}))["failed"].is_string());
        let question = json!({"validate": {"service": "kms", "operation": "DescribeKey", "document": {}}});
        assert!(ask(&question)["failed"].as_str().unwrap().contains("keyId"));
    }

    #[test]
    fn documents_come_back_as_they_went() {
        let document = json!({"a": {"$blob": "AAE="}, "b": {"$time": -1}, "c": [1, 1.0, null, "x"], "d": {"$float": "NaN"}});
        assert_eq!(from_document(&to_document(&document).unwrap()), document);
    }
}
