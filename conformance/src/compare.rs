//! Our tables held against botocore's: every fact that both carry.

use std::{
    collections::{BTreeSet, HashSet},
    fmt::Debug,
};

use bastide_shape::{ErrorShape, Kind, Member, Operation, Service, Shape, Trait};

/// What a comparison found.
#[derive(Debug, Default)]
pub struct Comparison {
    /// How many facts were compared.
    pub facts: usize,
    /// One line for each that differs: `kms AliasNameType: length: ours …, botocore's …`.
    pub differences: Vec<String>,
}

/// Compares our tables of a service with botocore's, as [`crate::convert::service_of`] makes them.
#[must_use]
pub fn compare(ours: &Service, theirs: &Service) -> Comparison {
    let mut walk = Walk { service: ours.name, found: Comparison::default(), seen: HashSet::new() };
    walk.service(ours, theirs);
    for operation in theirs.operations {
        if let Some(ours) = ours.operation(operation.name) {
            walk.operation(ours, operation);
        }
    }
    walk.found
}

/// Takes out the differences that a list of known ones has, and adds a line for each known one that is no more:
/// the list may only shrink.
#[must_use]
pub fn unknown(found: &[String], known: &str) -> Vec<String> {
    let known: BTreeSet<&str> =
        known.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    let found: BTreeSet<&str> = found.iter().map(String::as_str).collect();
    let new = found.difference(&known).map(|line| (*line).to_owned());
    let gone = known.difference(&found);
    new.chain(gone.map(|line| format!("no longer a difference, take it off the list: {line}"))).collect()
}

struct Walk {
    service: &'static str,
    found: Comparison,
    /// Pairs of shapes that have been compared, by their names.
    seen: HashSet<(&'static str, &'static str)>,
}

impl Walk {
    #[allow(clippy::needless_pass_by_value, reason = "the facts are small, and a call a line reads best")]
    fn check<T: PartialEq + Debug>(&mut self, place: &str, what: &str, ours: T, theirs: T) {
        self.found.facts += 1;
        if ours != theirs {
            let service = self.service;
            self.found
                .differences
                .push(format!("{service} {place}: {what}: ours {ours:?}, botocore's {theirs:?}"));
        }
    }

    fn service(&mut self, ours: &Service, theirs: &Service) {
        self.check("service", "signing name", ours.signing_name, theirs.signing_name);
        self.check("service", "version", ours.api_version, theirs.api_version);
        self.check("service", "target prefix", ours.target_prefix, theirs.target_prefix);
        self.check("service", "namespace", ours.xml_namespace, theirs.xml_namespace);
        self.check("service", "protocols", ours.protocols, theirs.protocols);
        self.check("service", "query compatible", ours.query_compatible, theirs.query_compatible);
        let rest = theirs.operations.iter().any(|operation| operation.http.uri != "/");
        for operation in theirs.operations {
            let name = operation.name;
            let built = ours.operation(name).is_some();
            let listed = built != ours.unbuilt.contains(&name);
            self.check(name, "stands once, as built or as unbuilt", listed, true);
            if rest && !built {
                let path = ours.unbuilt_http.iter().find(|(unbuilt, ..)| *unbuilt == name);
                let path = path.map(|(_, method, uri)| (*method, *uri));
                self.check(name, "path", path, Some((operation.http.method, operation.http.uri)));
            }
        }
        let known: HashSet<&str> = theirs.operations.iter().map(|operation| operation.name).collect();
        let names =
            ours.operations.iter().map(|operation| operation.name).chain(ours.unbuilt.iter().copied());
        for name in names {
            self.check(name, "is an operation of botocore's", known.contains(name), true);
        }
    }

    fn operation(&mut self, ours: &Operation, theirs: &Operation) {
        let name = theirs.name;
        self.check(name, "method", ours.http.method, theirs.http.method);
        self.check(name, "URI", ours.http.uri, theirs.http.uri);
        self.check(name, "status", ours.http.status, theirs.http.status);
        self.check(name, "wrapper", ours.result_wrapper, theirs.result_wrapper);
        self.check(name, "unsigned", ours.unsigned, theirs.unsigned);
        for (what, ours, theirs) in
            [("input", ours.input, theirs.input), ("output", ours.output, theirs.output)]
        {
            self.check(name, what, ours.is_some(), theirs.is_some());
            if let (Some(ours), Some(theirs)) = (ours, theirs) {
                self.shape(ours, theirs);
            }
        }
        let names = |errors: &[&ErrorShape]| errors.iter().map(|error| error.name).collect::<BTreeSet<_>>();
        self.check(name, "errors", names(ours.errors), names(theirs.errors));
        for theirs in theirs.errors {
            if let Some(ours) = ours.errors.iter().find(|ours| ours.name == theirs.name) {
                self.error(ours, theirs);
            }
        }
    }

    fn error(&mut self, ours: &'static ErrorShape, theirs: &'static ErrorShape) {
        if self.seen.insert((ours.name, theirs.name)) {
            self.check(theirs.name, "code", ours.wire_code(), theirs.wire_code());
            self.check(theirs.name, "status", ours.status, theirs.status);
            self.members(theirs.name, ours.members, theirs.members);
        }
    }

    fn shape(&mut self, ours: &'static Shape, theirs: &'static Shape) {
        let name = theirs.name;
        if !self.seen.insert((ours.name, name)) {
            return;
        }
        self.check(name, "length", ours.length, theirs.length);
        self.check(name, "range", ours.range, theirs.range);
        self.check(name, "pattern", ours.pattern, theirs.pattern);
        self.check(name, "sensitive", ours.sensitive, theirs.sensitive);
        self.check(name, "traits", traits(ours.traits), traits(theirs.traits));
        if let Some(pattern) = ours.pattern {
            self.check(name, &format!("pattern {pattern:?} can be compiled"), ours.regex().is_some(), true);
        }
        match (ours.kind, theirs.kind) {
            (Kind::Structure(ours), Kind::Structure(theirs)) | (Kind::Union(ours), Kind::Union(theirs)) => {
                self.members(name, ours, theirs);
            }
            (Kind::List(ours), Kind::List(theirs)) => self.member(&format!("{name}.member"), ours, theirs),
            (Kind::Map(our_key, our_value), Kind::Map(key, value)) => {
                self.member(&format!("{name}.key"), our_key, key);
                self.member(&format!("{name}.value"), our_value, value);
            }
            (Kind::Enumeration(ours), Kind::Enumeration(theirs)) => {
                let set = |values: &[&'static str]| values.iter().copied().collect::<BTreeSet<_>>();
                self.check(name, "values", set(ours), set(theirs));
            }
            (ours, theirs) => self.check(name, "type", shown(ours), shown(theirs)),
        }
    }

    fn members(&mut self, place: &str, ours: &'static [Member], theirs: &'static [Member]) {
        for theirs in theirs {
            let ours = ours.iter().find(|ours| ours.name == theirs.name);
            let place = format!("{place}.{}", theirs.name);
            self.check(&place, "is there", ours.is_some(), true);
            if let Some(ours) = ours {
                self.member(&place, ours, theirs);
            }
        }
        // What begins with `__` is the protocol's, which models leave out.
        for ours in ours.iter().filter(|ours| !ours.name.starts_with("__")) {
            let is_theirs = theirs.iter().any(|theirs| theirs.name == ours.name);
            self.check(&format!("{place}.{}", ours.name), "is a member of botocore's", is_theirs, true);
        }
    }

    fn member(&mut self, place: &str, ours: &'static Member, theirs: &'static Member) {
        self.check(place, "required", ours.required, theirs.required);
        self.check(place, "wire name", ours.wire_name(), theirs.wire_name());
        self.check(place, "location", ours.location, theirs.location);
        self.check(place, "timestamp format", ours.timestamp, theirs.timestamp);
        self.check(place, "traits", traits(ours.traits), traits(theirs.traits));
        self.shape(ours.shape, theirs.shape);
    }
}

/// Traits in an order that does not depend on the table's.
fn traits(traits: &[Trait]) -> BTreeSet<String> {
    traits.iter().map(|of| format!("{of:?}")).collect()
}

/// A kind without its parts.
fn shown(kind: Kind) -> String {
    match kind {
        Kind::Enumeration(_) => "Enumeration".to_owned(),
        Kind::List(_) => "List".to_owned(),
        Kind::Map(..) => "Map".to_owned(),
        Kind::Structure(_) => "Structure".to_owned(),
        Kind::Union(_) => "Union".to_owned(),
        simple => format!("{simple:?}"),
    }
}

#[cfg(test)]
mod tests {
    use bastide_shape::{
        Access, Protocol, error, errors, member, operation, operations, service, shapes, string, structure,
    };

    use super::*;

    mod ours {
        use super::*;
        shapes! {
            Request = structure(&[member("Name", &NameType), member("Mine", &NameType)]);
            NameType = string().length(1, 64).pattern("(?=a)a");
        }
        errors! {
            NotFound = error(404);
        }
        operations! {
            Make = operation(Access::Write).input(&Request).errors(&[&NotFound]);
        }
    }

    mod theirs {
        use super::*;
        shapes! {
            Request = structure(&[member("Name", &NameType).required()]);
            NameType = string().length(1, 128).pattern("(?=a)a");
        }
        errors! {
            NotFound = error(400);
        }
        operations! {
            Make = operation(Access::Write).input(&Request).output(&Request).errors(&[&NotFound]);
            Take = operation(Access::Write);
        }
    }

    static OURS: Service =
        service("s", "s").speaks("1", &[Protocol::Query]).operations(&[&ours::Make], &["Gone"]);
    static THEIRS: Service =
        service("s", "s").speaks("1", &[Protocol::Query]).operations(&[&theirs::Make, &theirs::Take], &[]);

    #[test]
    fn every_difference_is_told() {
        let found = compare(&OURS, &THEIRS).differences;
        let expected = [
            "s Take: stands once, as built or as unbuilt: ours false, botocore's true",
            "s Gone: is an operation of botocore's: ours false, botocore's true",
            "s Request.Name: required: ours false, botocore's true",
            "s NameType: length: ours (Some(1), Some(64)), botocore's (Some(1), Some(128))",
            "s NameType: pattern \"(?=a)a\" can be compiled: ours false, botocore's true",
            "s Request.Mine: is a member of botocore's: ours false, botocore's true",
            "s Make: output: ours false, botocore's true",
            "s NotFound: status: ours 404, botocore's 400",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn equal_tables_have_no_difference() {
        let found = compare(&THEIRS, &THEIRS);
        assert_eq!(
            found.differences,
            ["s NameType: pattern \"(?=a)a\" can be compiled: ours false, botocore's true"]
        );
        assert!(found.facts > 20);
    }

    #[test]
    fn the_list_of_known_differences_only_shrinks() {
        let found = ["a".to_owned(), "b".to_owned()];
        assert_eq!(unknown(&found, "# why\na\nb\n"), Vec::<String>::new());
        assert_eq!(unknown(&found, "a\nc\n"), ["b", "no longer a difference, take it off the list: c"]);
    }
}
