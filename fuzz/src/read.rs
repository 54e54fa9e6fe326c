//! What must hold of whatever a decoder says.

use bastide_codec::{Catalog, DecodeError, Labels, Limits, Route, decode, encode, encode_error, route};
use bastide_shape::{Document, Location, Operation, Protocol, Service};
use http::request::Parts;

use crate::message::{self, post};
use crate::same::{extent, same};
use crate::tables::{self, is_echo};

/// A request to an operation.
pub struct Asked<'a> {
    pub protocol: Protocol,
    pub service: &'static Service,
    pub operation: &'static Operation,
    pub parts: &'a Parts,
    pub labels: Labels,
    pub body: &'a [u8],
}

const TIGHT: Limits = Limits { depth: 4, entries: 16 };

impl Asked<'_> {
    /// Reads a request: the same each time, within its limits, and what was read can be written and read again.
    pub fn read(&self) -> Option<Document> {
        let first = self.decode(&Limits::default());
        let again = self.decode(&Limits::default());
        match (&first, &again) {
            (Ok(first), Ok(again)) => assert!(same(first, again), "read in two ways: {first:?} {again:?}"),
            (first, again) => assert_eq!(first, again, "read in two ways"),
        }
        if let Ok(small) = self.decode(&TIGHT) {
            let (depth, values) = extent(&small);
            assert!(depth <= TIGHT.depth, "beyond the limits: {small:?}");
            // One name of a form makes a value at each of its levels; what stands in headers is limited by their size.
            let rest = matches!(self.protocol, Protocol::RestJson | Protocol::RestXml);
            assert!(rest || values <= TIGHT.entries * TIGHT.depth, "beyond the limits: {small:?}");
            let whole = first.as_ref().expect("a decoder with wider limits takes as much");
            assert!(same(&small, whole), "limits change what is read: {small:?} {whole:?}");
        }
        match first {
            Ok(document) => {
                let (depth, _) = extent(&document);
                assert!(depth <= Limits::default().depth, "nested {depth} deep");
                if is_echo(self.operation) {
                    self.mirror(&document);
                }
                Some(document)
            }
            Err(error) => {
                self.refuse(&error);
                None
            }
        }
    }

    fn decode(&self, limits: &Limits) -> Result<Document, DecodeError> {
        decode(self.protocol, self.operation, self.parts, &self.labels, self.body, limits)
    }

    fn refuse(&self, error: &DecodeError) {
        assert!(error.status == 400 && !error.code.is_empty() && error.message.len() < 256, "{error:?}");
        let answer = encode_error(self.protocol, Some(self.service), &error.wire(), "id");
        assert_eq!(answer.status(), 400);
    }

    /// Writes what was read as an answer, and reads that as a request. The form protocols have no answers that
    /// are forms, so that theirs goes through CBOR, which can hold everything; their XML must be written.
    fn mirror(&self, read: &Document) {
        let protocol = match self.protocol {
            Protocol::Query | Protocol::Ec2 => {
                self.write(self.protocol, read);
                Protocol::Cbor
            }
            protocol => protocol,
        };
        let answer = self.write(protocol, read);
        let mut parts = post();
        parts.headers = answer.headers().clone();
        let labels = Labels::new();
        let again = decode(protocol, self.operation, &parts, &labels, answer.body(), &Limits::default());
        let again = again.unwrap_or_else(|error| panic!("{error}: {read:?} {answer:?}"));
        let kept = self.written(read);
        assert!(same(&kept, &again), "written and read again it differs: {kept:?} {again:?}");
    }

    fn write(&self, protocol: Protocol, read: &Document) -> http::Response<bytes::Bytes> {
        let written = encode(protocol, self.service, self.operation, read, "id");
        written.unwrap_or_else(|error| panic!("{error}: {read:?}"))
    }

    /// The members that stand on an answer.
    fn written(&self, read: &Document) -> Document {
        let members = self.operation.input.map_or(&[][..], |shape| shape.members());
        let stands = |name: &str| {
            members.iter().any(|member| {
                let elsewhere = matches!(
                    member.location,
                    Location::Uri(_) | Location::Query(_) | Location::QueryMap | Location::StatusCode
                );
                member.name == name && !elsewhere
            })
        };
        read.clone().into_iter().filter(|(name, _)| stands(name)).collect()
    }
}

/// Reads a body behind a line with the name of its operation, in this protocol. An unknown name is that of the
/// first service's first operation.
pub fn named(protocol: Protocol, services: &[&'static Service], parts: &Parts, data: &[u8]) {
    let (name, body) = message::line(data);
    let name = str::from_utf8(name).unwrap_or_default();
    let found = services.iter().find_map(|service| Some((*service, service.operation(name)?)));
    let Some((service, operation)) =
        found.or_else(|| services.first().map(|service| (*service, service.operations[0])))
    else {
        return;
    };
    Asked { protocol, service, operation, parts, labels: Labels::new(), body }.read();
}

/// Reads a request that is routed first.
pub fn routed(catalog: &Catalog, data: &[u8], scope: Option<&str>) {
    let Some((parts, body)) = message::request(data) else { return };
    if let Route::Found { service, operation, protocol, labels } = route(catalog, &parts, body, scope) {
        Asked { protocol, service, operation, parts: &parts, labels, body }.read();
    }
}

/// All services of the tables.
#[must_use]
pub fn catalog() -> Catalog {
    Catalog::new(tables::SERVICES)
}
