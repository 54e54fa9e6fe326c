//! Which operation of which service a request asks for, and in which protocol.

use std::borrow::Cow;
use std::collections::HashMap;

use bastide_shape::{Operation, Protocol, Service};
use http::Method;
use http::header::CONTENT_TYPE;
use http::request::Parts;

use crate::form;
use crate::template::Templates;

/// The parts of the path that an operation's URI names, decoded.
pub type Labels = Vec<(&'static str, String)>;

/// What a request asks for.
#[derive(Debug)]
pub enum Route {
    /// An operation that is built.
    Found {
        /// Its service.
        service: &'static Service,
        /// The operation.
        operation: &'static Operation,
        /// The protocol in which it is asked, and must be answered.
        protocol: Protocol,
        /// The parts of the path that its URI names.
        labels: Labels,
    },
    /// An operation that AWS has and this does not.
    Unbuilt {
        /// Its service.
        service: &'static Service,
        /// The operation's name.
        name: &'static str,
        /// The protocol in which it is asked.
        protocol: Protocol,
    },
    /// An operation that nobody knows.
    UnknownOperation {
        /// The service it was asked of, if that is known.
        service: Option<&'static Service>,
        /// What was asked: the name of an operation, or a method and a path; empty when a form names none.
        name: String,
        /// The version of the API that was asked for (query protocols).
        version: Option<String>,
        /// The protocol in which it was asked.
        protocol: Protocol,
    },
    /// Nothing that any protocol recognises.
    None,
}

/// The services that requests may ask for, indexed by what requests show of them.
#[derive(Debug)]
pub struct Catalog {
    entries: Vec<Entry>,
    by_name: HashMap<&'static str, usize>,
    by_target: HashMap<&'static str, usize>,
    by_signing_name: HashMap<&'static str, Vec<usize>>,
}

#[derive(Debug)]
struct Entry {
    service: &'static Service,
    operations: HashMap<&'static str, Known>,
    templates: Templates,
}

/// An operation that AWS has.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Known {
    Built(&'static Operation),
    Unbuilt(&'static str),
}

impl Catalog {
    /// Indexes services; of two with the same target prefix the first is asked.
    #[must_use]
    pub fn new(services: &[&'static Service]) -> Self {
        let mut catalog = Self {
            entries: Vec::with_capacity(services.len()),
            by_name: HashMap::new(),
            by_target: HashMap::new(),
            by_signing_name: HashMap::new(),
        };
        for (index, service) in services.iter().copied().enumerate() {
            catalog.entries.push(Entry::new(service));
            catalog.by_name.entry(service.name).or_insert(index);
            catalog.by_signing_name.entry(service.signing_name).or_default().push(index);
            // CloudTrail is asked with its full prefix and with the part behind the last dot.
            let short = service.target_prefix.rsplit('.').next().unwrap_or_default();
            for prefix in [service.target_prefix, short] {
                if !prefix.is_empty() {
                    catalog.by_target.entry(prefix).or_insert(index);
                }
            }
        }
        catalog
    }

    /// All services.
    pub fn services(&self) -> impl Iterator<Item = &'static Service> {
        self.entries.iter().map(|entry| entry.service)
    }

    /// The service of this name, such as `kms`.
    #[must_use]
    pub fn service(&self, name: &str) -> Option<&'static Service> {
        self.entry(*self.by_name.get(name)?).map(|entry| entry.service)
    }

    /// The operation of this name, if it is built.
    #[must_use]
    pub fn operation(&self, service: &str, name: &str) -> Option<&'static Operation> {
        match self.entry(*self.by_name.get(service)?)?.operations.get(name)? {
            Known::Built(operation) => Some(operation),
            Known::Unbuilt(_) => None,
        }
    }

    fn entry(&self, index: usize) -> Option<&Entry> {
        self.entries.get(index)
    }

    fn target(&self, prefix: &str) -> Option<&Entry> {
        self.entry(*self.by_target.get(prefix)?)
    }

    /// The services that a credential scope may mean.
    fn scoped(&self, signing_name: &str) -> impl Iterator<Item = &Entry> {
        let indices = self.by_signing_name.get(signing_name).map_or(&[][..], Vec::as_slice);
        indices.iter().filter_map(|index| self.entry(*index))
    }

    /// The services that a credential scope may mean; all when there is none.
    fn candidates(&self, scope_service: Option<&str>) -> Vec<&Entry> {
        match scope_service {
            Some(name) => self.scoped(name).collect(),
            None => self.entries.iter().collect(),
        }
    }
}

impl Entry {
    fn new(service: &'static Service) -> Self {
        let unbuilt = service.unbuilt.iter().map(|name| (*name, Known::Unbuilt(name)));
        let built = service.operations.iter().map(|operation| (operation.name, Known::Built(operation)));
        Self { service, operations: unbuilt.chain(built).collect(), templates: Templates::new(service) }
    }

    fn speaks(&self, protocols: &[Protocol]) -> bool {
        self.service.protocols.iter().any(|protocol| protocols.contains(protocol))
    }

    fn route(&self, name: &str, version: Option<String>, protocol: Protocol) -> Route {
        match self.operations.get(name) {
            Some(known) => known.route(self.service, protocol, Labels::new()),
            None => Route::UnknownOperation {
                service: Some(self.service),
                name: name.to_owned(),
                version,
                protocol,
            },
        }
    }
}

impl Known {
    fn route(self, service: &'static Service, protocol: Protocol, labels: Labels) -> Route {
        match self {
            Self::Built(operation) => Route::Found { service, operation, protocol, labels },
            Self::Unbuilt(name) => Route::Unbuilt { service, name, protocol },
        }
    }
}

/// Finds what a request asks for: by `Smithy-Protocol` and path, by `X-Amz-Target`, by the parameter `Action`,
/// or by method and path. `scope_service` is the service in its credential scope; an unsigned request has none.
#[must_use]
pub fn route(catalog: &Catalog, parts: &Parts, body: &[u8], scope_service: Option<&str>) -> Route {
    let by_name = by_smithy_protocol(catalog, parts).or_else(|| by_target(catalog, parts, scope_service));
    if let Some(route) = by_name {
        return route;
    }
    let action = action(parts, body);
    let by_action = action.as_ref().and_then(|action| by_action(catalog, action, scope_service));
    if let Some(route) = by_action {
        return route;
    }
    by_path(catalog, parts, scope_service)
        .or_else(|| action.map(|action| unknown_action(catalog, action, scope_service)))
        .or_else(|| missing_action(catalog, parts, scope_service))
        .unwrap_or(Route::None)
}

/// `/service/NAME/operation/OPERATION` with `Smithy-Protocol: rpc-v2-cbor`; the path may have a prefix.
fn by_smithy_protocol(catalog: &Catalog, parts: &Parts) -> Option<Route> {
    const PROTOCOL: Protocol = Protocol::Cbor;
    if parts.headers.get("smithy-protocol")?.as_bytes() != b"rpc-v2-cbor" {
        return None;
    }
    let path = parts.uri.path();
    let mut segments = path.rsplit('/');
    let (name, operation, service, label) =
        (segments.next()?, segments.next(), segments.next(), segments.next());
    let named = if operation == Some("operation") && label == Some("service") { service } else { None };
    Some(match named.and_then(|service| catalog.target(service)).filter(|entry| entry.speaks(&[PROTOCOL])) {
        Some(entry) => entry.route(name, None, PROTOCOL),
        None => Route::UnknownOperation {
            service: None,
            name: path.to_owned(),
            version: None,
            protocol: PROTOCOL,
        },
    })
}

/// `X-Amz-Target: TrentService.Encrypt`.
fn by_target(catalog: &Catalog, parts: &Parts, scope_service: Option<&str>) -> Option<Route> {
    let target = parts.headers.get("x-amz-target")?;
    let content_type = parts.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let asked = match content_type.map(|value| value.split(';').next().unwrap_or_default().trim()) {
        Some("application/x-amz-json-1.0") => Some(Protocol::Json10),
        Some("application/x-amz-json-1.1") => Some(Protocol::Json11),
        _ => None,
    };
    let target = target.to_str().unwrap_or_default();
    let (prefix, name) = target.rsplit_once('.').unwrap_or(("", target));
    let entry = catalog.target(prefix).filter(|entry| entry.speaks(&[Protocol::Json10, Protocol::Json11]));
    if let Some(entry) = entry {
        let own =
            entry.service.protocols.iter().find(|own| matches!(own, Protocol::Json10 | Protocol::Json11));
        let protocol = asked.or(own.copied()).unwrap_or(Protocol::Json11);
        return Some(entry.route(name, None, protocol));
    }
    Some(Route::UnknownOperation {
        service: scope_service.and_then(|name| catalog.scoped(name).next()).map(|entry| entry.service),
        name: target.to_owned(),
        version: None,
        protocol: asked.unwrap_or(Protocol::Json11),
    })
}

struct Action {
    name: String,
    version: Option<String>,
}

/// `Action=ListUsers&Version=2010-05-08` in a form or in the query string.
fn action(parts: &Parts, body: &[u8]) -> Option<Action> {
    let query = parts.uri.query().unwrap_or_default().as_bytes();
    let form = if parts.method == Method::POST && form::is_form(&parts.headers) { body } else { &[] };
    [form, query].into_iter().find_map(|pairs| {
        let name = form::first(pairs, "Action")?.into_owned();
        Some(Action { name, version: form::first(pairs, "Version").map(Cow::into_owned) })
    })
}

const QUERY: [Protocol; 2] = [Protocol::Query, Protocol::Ec2];

fn by_action(catalog: &Catalog, action: &Action, scope_service: Option<&str>) -> Option<Route> {
    let candidates = catalog.candidates(scope_service);
    let speaking: Vec<&Entry> = candidates.into_iter().filter(|entry| entry.speaks(&QUERY)).collect();
    let asked = |entry: &&&Entry| {
        let version = action.version.as_deref();
        version.is_none_or(|version| version == entry.service.api_version)
            && entry.operations.contains_key(action.name.as_str())
    };
    let entry = speaking.iter().find(asked)?;
    Some(entry.route(&action.name, None, query_protocol(entry.service)))
}

fn unknown_action(catalog: &Catalog, action: Action, scope_service: Option<&str>) -> Route {
    let entry = scope_service.and_then(|name| catalog.scoped(name).next());
    Route::UnknownOperation {
        service: entry.map(|entry| entry.service),
        name: action.name,
        version: action.version,
        protocol: entry.map_or(Protocol::Query, |entry| query_protocol(entry.service)),
    }
}

/// A form, or a request signed for a service that takes forms, with nothing that names an operation.
fn missing_action(catalog: &Catalog, parts: &Parts, scope_service: Option<&str>) -> Option<Route> {
    let scoped = scope_service.and_then(|name| catalog.scoped(name).find(|entry| entry.speaks(&QUERY)));
    let form =
        scope_service.is_none() && parts.headers.contains_key(CONTENT_TYPE) && form::is_form(&parts.headers);
    (scoped.is_some() || form).then(|| Route::UnknownOperation {
        service: scoped.map(|entry| entry.service),
        name: String::new(),
        version: None,
        protocol: scoped.map_or(Protocol::Query, |entry| query_protocol(entry.service)),
    })
}

fn query_protocol(service: &Service) -> Protocol {
    service.protocols.iter().copied().find(|protocol| QUERY.contains(protocol)).unwrap_or(Protocol::Query)
}

const REST: [Protocol; 2] = [Protocol::RestJson, Protocol::RestXml];

/// A method and a path that fit an operation's URI.
fn by_path(catalog: &Catalog, parts: &Parts, scope_service: Option<&str>) -> Option<Route> {
    let candidates = catalog.candidates(scope_service);
    let speaking: Vec<&Entry> = candidates.into_iter().filter(|entry| entry.speaks(&REST)).collect();
    let fits = speaking.iter().filter_map(|entry| Some((entry, entry.templates.find(parts)?)));
    if let Some((entry, fit)) = fits.min_by_key(|(_, fit)| fit.rank) {
        return Some(fit.known.route(entry.service, rest_protocol(entry.service), fit.labels));
    }
    // Without a scope an unknown path is nothing that anybody can be blamed for.
    let service = scope_service.and(speaking.first()).map(|entry| entry.service)?;
    Some(Route::UnknownOperation {
        service: Some(service),
        name: format!("{} {}", parts.method, parts.uri.path()),
        version: None,
        protocol: rest_protocol(service),
    })
}

fn rest_protocol(service: &Service) -> Protocol {
    service.protocols.iter().copied().find(|protocol| REST.contains(protocol)).unwrap_or(Protocol::RestJson)
}
