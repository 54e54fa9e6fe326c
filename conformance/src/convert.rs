//! A [`Model`] as tables like those under `api/`: to compare ours with, and to send documents of services through
//! the codecs that have no tables yet.
//!
//! The tables are leaked: they live as long as the process, like statics.

use std::collections::{HashMap, HashSet};

use bastide_shape::{
    Access, ErrorShape, Kind, Location, Member, Operation, Protocol, Service, Shape, TimestampFormat, Trait,
    blob, boolean, document, double, enumeration, error, float, integer, list, long, map, member, operation,
    service, string, structure, timestamp, union,
};

use crate::model::{Metadata, Model, NamespaceModel, OperationModel, Reference, ShapeModel};

/// How often a shape may contain itself before its parts are cut off: statics can refer to themselves, what is
/// made at run time cannot.
const MOST_NESTED: usize = 3;

/// The service's tables as botocore's model has them; every operation is built.
#[must_use]
pub fn service_of(name: &str, model: &Model) -> &'static Service {
    let mut convert = Convert { model, whole: HashMap::new(), errors: HashMap::new(), open: Vec::new() };
    let mut models: Vec<(&str, &OperationModel)> = model.operations.iter().collect();
    // A deprecated operation may share its path with the one that came after it, which is to be found first.
    models.sort_by_key(|(_, operation)| operation.deprecated);
    let operations: Vec<&'static Operation> =
        models.into_iter().map(|(name, operation)| convert.operation(name, operation)).collect();
    let metadata = &model.metadata;
    let signing = metadata.signing_name.as_ref().unwrap_or(&metadata.endpoint_prefix);
    let mut service = service(text(name), text(&format!("{signing}.amazonaws.com")));
    service.signing_name = text(signing);
    service.api_version = text(&metadata.api_version);
    service.target_prefix = metadata.target_prefix.as_deref().map_or("", text);
    service.xml_namespace = metadata.xml_namespace.as_deref().map_or("", text);
    service.protocols = protocols(metadata).leak();
    service.global = metadata.global_endpoint.is_some();
    service.query_compatible = metadata.aws_query_compatible.is_some();
    service.operations = operations.leak();
    Box::leak(Box::new(service))
}

/// The protocols that botocore says a service speaks, its own first.
#[must_use]
pub fn protocols(metadata: &Metadata) -> Vec<Protocol> {
    let own = std::iter::once(&metadata.protocol);
    let mut all = Vec::new();
    for protocol in own.chain(&metadata.protocols) {
        let protocol = match (protocol.as_str(), metadata.json_version.as_deref()) {
            ("json", Some("1.0")) => Protocol::Json10,
            ("json", _) => Protocol::Json11,
            ("rest-json", _) => Protocol::RestJson,
            ("rest-xml", _) => Protocol::RestXml,
            ("ec2", _) => Protocol::Ec2,
            ("smithy-rpc-v2-cbor", _) => Protocol::Cbor,
            _ => Protocol::Query,
        };
        if !all.contains(&protocol) {
            all.push(protocol);
        }
    }
    all
}

struct Convert<'a> {
    model: &'a Model,
    /// Shapes that are done and hold nothing that was cut off.
    whole: HashMap<String, &'static Shape>,
    errors: HashMap<String, &'static ErrorShape>,
    /// The shapes that are being made, outermost first.
    open: Vec<String>,
}

impl Convert<'_> {
    fn operation(&mut self, name: &str, model: &OperationModel) -> &'static Operation {
        let http = &model.http;
        let mut row = operation(Access::Write)
            .http(text(&http.method), text(&http.request_uri), http.response_code.unwrap_or(200))
            .named(text(name));
        row.input = model.input.as_ref().map(|input| self.input(input));
        row.output = model.output.as_ref().map(|output| self.shape(&output.shape));
        row.result_wrapper =
            model.output.as_ref().and_then(|output| output.result_wrapper.as_deref()).map(text);
        let errors: Vec<_> = model.errors.iter().map(|error| self.error(&error.shape)).collect();
        row.errors = errors.leak();
        row.unsigned = model.authtype.as_deref() == Some("none")
            || model.auth.iter().any(|auth| auth == "smithy.api#noAuth");
        Box::leak(Box::new(row))
    }

    /// An input's shape carries what the operation says of the root element.
    fn input(&mut self, reference: &Reference) -> &'static Shape {
        let plain = self.shape(&reference.shape);
        if reference.location_name.is_none() && reference.xml_namespace.is_none() {
            return plain;
        }
        let mut traits = plain.traits.to_vec();
        traits.extend(reference.location_name.as_deref().map(|name| Trait::RootName(text(name))));
        traits.extend(reference.xml_namespace.as_ref().map(namespace));
        let mut rooted = structure(plain.members()).named(plain.name);
        rooted.traits = traits.leak();
        let rooted: &'static Shape = Box::leak(Box::new(rooted));
        self.whole.insert(reference.shape.clone(), rooted);
        rooted
    }

    fn error(&mut self, name: &str) -> &'static ErrorShape {
        if let Some(done) = self.errors.get(name) {
            return done;
        }
        let Some(model) = self.model.shape(name) else { return Box::leak(Box::new(error(400))) };
        let mut made = error(self.model.status(model)).named(text(name));
        made.code = model
            .error
            .as_ref()
            .and_then(|error| error.code.as_deref())
            .filter(|code| *code != name)
            .map(text);
        let details: Vec<_> =
            model.details().map(|(name, detail)| self.member(model, name, detail)).collect();
        made.members = details.leak();
        let made: &'static ErrorShape = Box::leak(Box::new(made));
        self.errors.insert(name.to_owned(), made);
        made
    }

    fn shape(&mut self, name: &str) -> &'static Shape {
        if let Some(done) = self.whole.get(name) {
            return done;
        }
        let nested = self.open.iter().filter(|open| *open == name).count();
        let Some(model) = self.model.shape(name).filter(|_| nested < MOST_NESTED) else {
            return Box::leak(Box::new(structure(&[]).named(text(name))));
        };
        self.open.push(name.to_owned());
        let mut shape = self.builder(model).named(text(name));
        self.open.pop();
        bounds(&mut shape, model);
        shape.pattern = model.pattern.as_deref().map(text);
        shape.sensitive = model.sensitive;
        let traits = [
            (model.flattened, Trait::Flattened),
            (model.streaming, Trait::Streaming),
            (model.eventstream, Trait::EventStream),
            (model.sparse, Trait::Sparse),
        ];
        let mut traits: Vec<Trait> = traits.into_iter().filter(|(is, _)| *is).map(|(_, of)| of).collect();
        traits.extend(model.xml_namespace.as_ref().map(namespace));
        shape.traits = traits.leak();
        let shape: &'static Shape = Box::leak(Box::new(shape));
        if nested == 0 && !self.open.iter().any(|open| self.reaches(name, open)) {
            self.whole.insert(name.to_owned(), shape);
        }
        shape
    }

    /// Whether a shape has another one somewhere in it.
    fn reaches(&self, from: &str, to: &str) -> bool {
        let mut seen = HashSet::from([from]);
        let mut stack = vec![from];
        while let Some(name) = stack.pop() {
            for part in self.model.shape(name).into_iter().flat_map(ShapeModel::parts) {
                if part.shape == to {
                    return true;
                }
                if seen.insert(&part.shape) {
                    stack.push(&part.shape);
                }
            }
        }
        false
    }

    fn builder(&mut self, model: &ShapeModel) -> Shape {
        match model.kind.as_str() {
            "structure" if model.document => document(),
            "structure" => {
                let members: Vec<Member> =
                    model.members.iter().map(|(name, part)| self.member(model, name, part)).collect();
                if model.union { union(members.leak()) } else { structure(members.leak()) }
            }
            "list" => list(self.entry("member", model.member.as_deref())),
            "map" => {
                let key = self.entry("key", model.key.as_deref());
                map(key, self.entry("value", model.value.as_deref()))
            }
            "string" => match &model.enumeration {
                Some(values) => {
                    let values: Vec<&'static str> = values.iter().map(|value| text(value)).collect();
                    enumeration(values.leak())
                }
                None => string(),
            },
            "timestamp" => {
                let mut shape = timestamp();
                shape.kind = Kind::Timestamp(model.timestamp_format.as_deref().map(timestamp_format));
                shape
            }
            "boolean" => boolean(),
            "integer" => integer(),
            "long" => long(),
            "float" => float(),
            "double" => double(),
            _ => blob(),
        }
    }

    fn entry(&mut self, name: &'static str, reference: Option<&Reference>) -> &'static Member {
        let Some(reference) = reference else {
            return Box::leak(Box::new(member(name, Box::leak(Box::new(string())))));
        };
        let mut entry = member(name, self.shape(&reference.shape));
        entry.wire = reference.location_name.as_deref().filter(|wire| *wire != name).map(text);
        entry.traits = traits(reference).leak();
        Box::leak(Box::new(entry))
    }

    fn member(&mut self, of: &ShapeModel, name: &str, reference: &Reference) -> Member {
        let target = self.model.shape(&reference.shape);
        let mut made = member(text(name), self.shape(&reference.shape));
        made.required = of.required.iter().any(|required| required == name);
        made.timestamp = reference.timestamp_format.as_deref().map(timestamp_format);
        made.traits = traits(reference).leak();
        let wire = reference.location_name.as_deref();
        match location(reference, target, name) {
            Some(location) => made.location = location,
            None => {
                let wire = wire.or_else(|| target.and_then(|shape| shape.location_name.as_deref()));
                made.wire = wire.filter(|wire| *wire != name).map(text);
                if of.payload.as_deref() == Some(name) {
                    made.location = Location::Payload;
                }
            }
        }
        made
    }
}

fn text(value: &str) -> &'static str {
    value.to_owned().leak()
}

#[allow(clippy::cast_possible_truncation, reason = "the bounds of whole numbers are whole numbers")]
#[allow(clippy::cast_sign_loss, reason = "lengths are not negative")]
fn bounds(shape: &mut Shape, model: &ShapeModel) {
    let whole = |bound: Option<f64>| bound.filter(|bound| bound.fract() == 0.0);
    let (min, max) = (whole(model.min), whole(model.max));
    if matches!(model.kind.as_str(), "integer" | "long" | "float" | "double") {
        shape.range = (min.map(|min| min as i64), max.map(|max| max as i64));
    } else {
        shape.length = (min.map(|min| min as u64), max.map(|max| max as u64));
    }
}

fn location(reference: &Reference, shape: Option<&ShapeModel>, name: &str) -> Option<Location> {
    let wire = || text(reference.location_name.as_deref().unwrap_or(name));
    Some(match reference.location.as_deref()? {
        "header" => Location::Header(wire()),
        "headers" => Location::Headers(wire()),
        "querystring" if shape.is_some_and(|shape| shape.kind == "map") => Location::QueryMap,
        "querystring" => Location::Query(wire()),
        "uri" => Location::Uri(wire()),
        "statusCode" => Location::StatusCode,
        _ => return None,
    })
}

fn timestamp_format(format: &str) -> TimestampFormat {
    match format {
        "iso8601" => TimestampFormat::Iso8601,
        "rfc822" => TimestampFormat::HttpDate,
        _ => TimestampFormat::EpochSeconds,
    }
}

fn namespace(model: &NamespaceModel) -> Trait {
    let (uri, prefix) = model.parts();
    Trait::XmlNamespace(text(uri), prefix.map(text))
}

fn traits(reference: &Reference) -> Vec<Trait> {
    let flags = [
        (reference.flattened, Trait::Flattened),
        (reference.xml_attribute, Trait::XmlAttribute),
        (reference.streaming, Trait::Streaming),
        (reference.idempotency_token, Trait::IdempotencyToken),
        (reference.jsonvalue, Trait::JsonValue),
        (reference.host_label, Trait::HostLabel),
    ];
    let mut traits: Vec<Trait> = flags.into_iter().filter(|(is, _)| *is).map(|(_, of)| of).collect();
    traits.extend(reference.xml_namespace.as_ref().map(namespace));
    traits.extend(reference.query_name.as_deref().map(|name| Trait::QueryName(text(name))));
    traits
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODEL: &str = r#"{
        "metadata": {"apiVersion": "2020-01-01", "endpointPrefix": "things", "protocol": "rest-xml", "serviceId": "T"},
        "operations": {
            "Old": {"http": {"method": "GET", "requestUri": "/{Id}"}, "deprecated": true},
            "Take": {
                "http": {"method": "PUT", "requestUri": "/{Id}", "responseCode": 201},
                "input": {"shape": "Request", "locationName": "TakeRequest", "xmlNamespace": {"uri": "urn:t"}},
                "errors": [{"shape": "Gone"}, {"shape": "Broken"}]
            }
        },
        "shapes": {
            "Request": {"type": "structure", "required": ["Id"], "members": {
                "Id": {"shape": "Id", "location": "uri", "locationName": "Id"},
                "Tree": {"shape": "Tree"},
                "When": {"shape": "When", "location": "header", "locationName": "x-when"}
            }},
            "Id": {"type": "string", "min": 1, "max": 8, "pattern": "[a-z]+", "sensitive": true},
            "Tree": {"type": "structure", "members": {"Children": {"shape": "Trees"}}},
            "Trees": {"type": "list", "member": {"shape": "Tree", "locationName": "Tree"}, "flattened": true},
            "When": {"type": "timestamp", "timestampFormat": "iso8601"},
            "Gone": {"type": "structure", "members": {"Message": {"shape": "Id"}, "Id": {"shape": "Id"}},
                "error": {"code": "ThingGone", "httpStatusCode": 410}, "exception": true},
            "Broken": {"type": "structure", "members": {}, "exception": true, "fault": true}
        }
    }"#;

    fn things() -> &'static Service {
        service_of("things", &serde_json::from_str(MODEL).unwrap())
    }

    #[test]
    fn what_the_model_says_stands_in_the_tables() {
        let service = things();
        assert_eq!(service.protocols, [Protocol::RestXml]);
        let names: Vec<&str> = service.operations.iter().map(|operation| operation.name).collect();
        assert_eq!(names, ["Take", "Old"], "the deprecated one stands last");
        let take = service.operation("Take").unwrap();
        assert_eq!((take.http.method, take.http.uri, take.http.status), ("PUT", "/{Id}", 201));
        let input = take.input.unwrap();
        assert_eq!(input.traits, [Trait::RootName("TakeRequest"), Trait::XmlNamespace("urn:t", None)]);
        let id = input.member("Id").unwrap();
        assert_eq!((id.required, id.location), (true, Location::Uri("Id")));
        assert_eq!((id.shape.length, id.shape.pattern), ((Some(1), Some(8)), Some("[a-z]+")));
        assert!(id.shape.sensitive);
        let when = input.member("When").unwrap();
        assert!(matches!(when.shape.kind, Kind::Timestamp(Some(TimestampFormat::Iso8601))));
    }

    #[test]
    fn errors_have_their_codes_statuses_and_details() {
        let errors = things().operation("Take").unwrap().errors;
        let told: Vec<_> = errors.iter().map(|error| (error.wire_code(), error.status)).collect();
        assert_eq!(told, [("ThingGone", 410), ("Broken", 500)]);
        let details: Vec<&str> = errors[0].members.iter().map(|member| member.name).collect();
        assert_eq!(details, ["Id"]);
    }

    #[test]
    fn a_shape_that_contains_itself_is_cut_off_inside() {
        let mut shape = things().operation("Take").unwrap().input.unwrap().member("Tree").unwrap().shape;
        let mut depth = 0;
        while let Some(children) = shape.member("Children") {
            let Kind::List(of) = children.shape.kind else { panic!("a list") };
            assert_eq!(of.wire_name(), "Tree");
            shape = of.shape;
            depth += 1;
        }
        assert_eq!((depth, shape.name), (MOST_NESTED, "Tree"));
    }
}
