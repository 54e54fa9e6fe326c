//! URIs of operations with labels: `/2015-03-31/functions/{FunctionName}`, `/{Bucket}/{Key+}?acl`.
//! Source: the Smithy specification of the `http` trait.

use bastide_shape::{Location, Protocol, Service, Shape};
use http::request::Parts;
use percent_encoding::percent_decode_str;

use crate::form;
use crate::route::{Known, Labels};

/// The URIs of a service's operations, the most specific first.
#[derive(Debug, Default)]
pub(crate) struct Templates(Vec<Template>);

#[derive(Debug)]
struct Template {
    method: &'static str,
    segments: Vec<Segment>,
    /// Query parameters that must be there, with this value if there is one.
    query: Vec<(&'static str, Option<&'static str>)>,
    /// Query parameters and headers that the operation's input requires.
    required: Vec<Location>,
    /// The less, the more specific the path is.
    rank: Vec<u8>,
    known: Known,
}

/// A template that a request fits.
pub(crate) struct Fit<'t> {
    /// The less, the more specific its path is.
    pub(crate) rank: &'t [u8],
    pub(crate) known: Known,
    pub(crate) labels: Labels,
}

#[derive(Debug)]
enum Segment {
    Literal(&'static str),
    Label(&'static str),
    Greedy(&'static str),
}

impl Templates {
    /// The templates of a service; none unless it speaks a rest protocol.
    pub(crate) fn new(service: &'static Service) -> Self {
        let rest = |protocol: &Protocol| matches!(protocol, Protocol::RestJson | Protocol::RestXml);
        if !service.protocols.iter().any(rest) {
            return Self::default();
        }
        let unbuilt =
            service.unbuilt_http.iter().map(|(name, method, uri)| (*method, *uri, Known::Unbuilt(name)));
        let built = service
            .operations
            .iter()
            .map(|operation| (operation.http.method, operation.http.uri, Known::Built(operation)));
        let mut templates: Vec<Template> =
            built.chain(unbuilt).map(|(method, uri, known)| Template::new(method, uri, known)).collect();
        templates.sort_by(|one, other| {
            one.rank
                .cmp(&other.rank)
                .then(other.query.len().cmp(&one.query.len()))
                .then(other.required.len().cmp(&one.required.len()))
        });
        Self(templates)
    }

    /// The operation that a request's method, path and query fit, and the labels of its path.
    pub(crate) fn find(&self, parts: &Parts) -> Option<Fit<'_>> {
        let path = parts.uri.path();
        let path = path.strip_prefix('/').unwrap_or(path);
        let segments: Vec<&str> = path.split('/').collect();
        let query = parts.uri.query().unwrap_or_default().as_bytes();
        let fits = |template: &&Template| {
            template.method == parts.method.as_str() && template.fits_query(query) && template.fits(&segments)
        };
        let first = self.0.iter().find(fits)?;
        // S3 has operations that only differ in what their input requires: DeleteObject and AbortMultipartUpload,
        // which has the query parameter `uploadId`. Of these the one that requires least stands last.
        let alike = self.0.iter().filter(fits).filter(|other| first.is_alike(other));
        let satisfied = alike.clone().find(|template| template.has_required(parts, query));
        let template = satisfied.or_else(|| alike.last())?;
        Some(Fit { rank: &template.rank, known: template.known, labels: template.labels(&segments)? })
    }
}

impl Segment {
    fn rank(&self) -> u8 {
        match self {
            Self::Literal(_) => 0,
            Self::Label(_) => 1,
            Self::Greedy(_) => 2,
        }
    }
}

impl Template {
    fn new(method: &'static str, uri: &'static str, known: Known) -> Self {
        let (path, query) = uri.split_once('?').unwrap_or((uri, ""));
        let segments = path.strip_prefix('/').unwrap_or(path).split('/');
        let segments: Vec<Segment> = segments
            .map(|segment| match segment.strip_prefix('{').and_then(|label| label.strip_suffix('}')) {
                Some(label) => label.strip_suffix('+').map_or(Segment::Label(label), Segment::Greedy),
                None => Segment::Literal(segment),
            })
            .collect();
        // What goes on behind a greedy label is more specific than what ends there.
        let rank = segments.iter().map(Segment::rank).chain([u8::MAX]).collect();
        let query = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| match pair.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (pair, None),
        });
        let input = if let Known::Built(operation) = known { operation.input } else { None };
        let required = input.map_or(&[][..], Shape::members).iter().filter(|member| member.required);
        let required = required.map(|member| member.location);
        let required =
            required.filter(|location| matches!(location, Location::Query(_) | Location::Header(_)));
        Self { method, segments, rank, query: query.collect(), required: required.collect(), known }
    }

    fn fits_query(&self, query: &[u8]) -> bool {
        self.query.iter().all(|(name, value)| {
            form::raw_pairs(query).any(|(found, held)| {
                found == name.as_bytes() && value.is_none_or(|value| value.as_bytes() == held)
            })
        })
    }

    fn fits(&self, path: &[&str]) -> bool {
        self.labels(path).is_some()
    }

    /// Whether two templates fit the same requests.
    fn is_alike(&self, other: &Self) -> bool {
        let same = |(one, other): (&Segment, &Segment)| match (one, other) {
            (Segment::Literal(one), Segment::Literal(other)) => one == other,
            (one, other) => one.rank() == other.rank(),
        };
        self.segments.len() == other.segments.len()
            && self.segments.iter().zip(&other.segments).all(same)
            && self.query == other.query
    }

    fn has_required(&self, parts: &Parts, query: &[u8]) -> bool {
        self.required.iter().all(|location| match location {
            Location::Query(name) => form::raw_pairs(query).any(|(found, _)| found == name.as_bytes()),
            Location::Header(name) => parts.headers.contains_key(*name),
            _ => true,
        })
    }

    /// The labels of a path that fits.
    fn labels(&self, path: &[&str]) -> Option<Labels> {
        let mut labels = Labels::new();
        let mut at = 0;
        for (index, segment) in self.segments.iter().enumerate() {
            let left = self.segments.len() - index - 1;
            match segment {
                Segment::Literal(literal) => {
                    // Compared as it stands on the wire and decoded: clients encode `:` and others as they like.
                    let found = path.get(at)?;
                    if found != literal && decoded(found)? != *literal {
                        return None;
                    }
                    at += 1;
                }
                Segment::Label(name) => {
                    let found = path.get(at).filter(|found| !found.is_empty())?;
                    labels.push((name, decoded(found)?));
                    at += 1;
                }
                Segment::Greedy(name) => {
                    let end = path.len().checked_sub(left).filter(|end| *end > at)?;
                    let found = path.get(at..end)?.join("/");
                    if found.is_empty() {
                        return None;
                    }
                    labels.push((name, decoded(&found)?));
                    at = end;
                }
            }
        }
        // A trailing slash more than the template has is the same path.
        let rest = path.get(at..)?;
        (rest.is_empty() || rest == [""]).then_some(labels)
    }
}

fn decoded(text: &str) -> Option<String> {
    percent_decode_str(text).decode_utf8().ok().map(std::borrow::Cow::into_owned)
}
