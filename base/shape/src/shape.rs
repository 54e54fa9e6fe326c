use std::fmt;
use std::sync::OnceLock;

use regex::Regex;

/// The schema of a value: its kind, its constraints and the names it has on the wire.
pub struct Shape {
    /// The name in AWS's model.
    pub name: &'static str,
    /// What the value is.
    pub kind: Kind,
    /// Lengths of strings (in characters), blobs (in bytes), lists and maps (in entries).
    pub length: (Option<u64>, Option<u64>),
    /// Smallest and largest number.
    pub range: (Option<i64>, Option<i64>),
    /// A regular expression that a string must match, as AWS's model gives it.
    pub pattern: Option<&'static str>,
    /// What is told instead of the pattern of a text that does not match it: IAM checks characters after
    /// everything else, and has words of its own.
    pub told: Option<&'static str>,
    /// Its value is a secret: never recorded, logged or shown in an error.
    pub sensitive: bool,
    /// Traits that only some protocols read.
    pub traits: &'static [Trait],
    compiled: OnceLock<Option<Regex>>,
}

/// By its name: shapes may hold themselves.
impl fmt::Debug for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Shape").field(&self.name).finish()
    }
}

/// What a value is.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// true or false
    Boolean,
    /// A 32-bit integer.
    Integer,
    /// A 64-bit integer.
    Long,
    /// An integer of any size; held as 64 bits.
    BigInteger,
    /// A 32-bit floating-point number.
    Float,
    /// A 64-bit floating-point number.
    Double,
    /// Text.
    String,
    /// Text out of a list.
    Enumeration(&'static [&'static str]),
    /// Bytes.
    Blob,
    /// A moment, in this format unless the protocol's default for the place it stands in applies.
    Timestamp(Option<TimestampFormat>),
    /// A list of this shape.
    List(&'static Member),
    /// A map from strings to this shape.
    Map(&'static Member, &'static Member),
    /// Members by name.
    Structure(&'static [Member]),
    /// Exactly one of the members.
    Union(&'static [Member]),
    /// Any JSON value.
    Document,
}

/// How a moment is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimestampFormat {
    /// Seconds since the epoch, with a fraction.
    EpochSeconds,
    /// `2026-11-21T09:30:00Z`
    Iso8601,
    /// `Sat, 21 Nov 2026 09:30:00 GMT`
    HttpDate,
}

/// Where on an HTTP message a member stands (rest protocols).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Location {
    /// In the body.
    Body,
    /// In this header.
    Header(&'static str),
    /// Every header with this prefix.
    Headers(&'static str),
    /// In this query parameter.
    Query(&'static str),
    /// Every query parameter that no other member names.
    QueryMap,
    /// In this part of the path.
    Uri(&'static str),
    /// The HTTP status.
    StatusCode,
    /// It is the body itself.
    Payload,
}

/// What only some protocols read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trait {
    /// A list or map without an element around its entries (XML and query protocols).
    Flattened,
    /// The member is an attribute of its structure's element.
    XmlAttribute,
    /// The namespace of an element, and its prefix.
    XmlNamespace(&'static str, Option<&'static str>),
    /// The name of the request's root element, where it is not the shape's own.
    RootName(&'static str),
    /// The name of the member in the ec2 protocol.
    QueryName(&'static str),
    /// A body that is read or written as it comes.
    Streaming,
    /// The server or client fills it in when absent.
    IdempotencyToken,
    /// A stream of events.
    EventStream,
    /// JSON carried in a header, encoded as base64.
    JsonValue,
    /// The member is the host prefix.
    HostLabel,
    /// A list or map that may hold nulls.
    Sparse,
}

/// A named part of a structure or union, or the entries of a list or map.
#[derive(Clone, Copy, Debug)]
pub struct Member {
    /// The name in AWS's model, by which handlers read it.
    pub name: &'static str,
    /// Its schema.
    pub shape: &'static Shape,
    /// It may not be absent.
    pub required: bool,
    /// Its name on the wire where that differs from `name`.
    pub wire: Option<&'static str>,
    /// Where it stands.
    pub location: Location,
    /// A format of its own for a moment.
    pub timestamp: Option<TimestampFormat>,
    /// Traits that only some protocols read.
    pub traits: &'static [Trait],
}

impl Shape {
    const fn new(kind: Kind) -> Self {
        Self {
            name: "",
            kind,
            length: (None, None),
            range: (None, None),
            pattern: None,
            told: None,
            sensitive: false,
            traits: &[],
            compiled: OnceLock::new(),
        }
    }

    /// Names it; done by [`crate::shapes!`].
    #[must_use]
    pub const fn named(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    /// At least and at most so many characters, bytes or entries.
    #[must_use]
    pub const fn length(mut self, least: u64, most: u64) -> Self {
        self.length = (Some(least), Some(most));
        self
    }

    /// At least so many characters, bytes or entries.
    #[must_use]
    pub const fn at_least(mut self, least: u64) -> Self {
        self.length.0 = Some(least);
        self
    }

    /// At most so many characters, bytes or entries.
    #[must_use]
    pub const fn at_most(mut self, most: u64) -> Self {
        self.length.1 = Some(most);
        self
    }

    /// The smallest and largest number.
    #[must_use]
    pub const fn range(mut self, least: i64, most: i64) -> Self {
        self.range = (Some(least), Some(most));
        self
    }

    /// The smallest number.
    #[must_use]
    pub const fn from(mut self, least: i64) -> Self {
        self.range.0 = Some(least);
        self
    }

    /// The largest number.
    #[must_use]
    pub const fn to(mut self, most: i64) -> Self {
        self.range.1 = Some(most);
        self
    }

    /// A regular expression that the text must match.
    #[must_use]
    pub const fn pattern(mut self, pattern: &'static str) -> Self {
        self.pattern = Some(pattern);
        self
    }

    /// What is told instead of the pattern.
    #[must_use]
    pub const fn told(mut self, words: &'static str) -> Self {
        self.told = Some(words);
        self
    }

    /// Its value is a secret.
    #[must_use]
    pub const fn sensitive(mut self) -> Self {
        self.sensitive = true;
        self
    }

    /// The format of a moment.
    #[must_use]
    pub const fn format(mut self, format: TimestampFormat) -> Self {
        self.kind = Kind::Timestamp(Some(format));
        self
    }

    /// Traits that only some protocols read.
    #[must_use]
    pub const fn with(mut self, traits: &'static [Trait]) -> Self {
        self.traits = traits;
        self
    }

    /// The members of a structure or union; none for other kinds.
    #[must_use]
    pub fn members(&self) -> &'static [Member] {
        match self.kind {
            Kind::Structure(members) | Kind::Union(members) => members,
            _ => &[],
        }
    }

    /// The member of this name.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<&'static Member> {
        self.members().iter().find(|member| member.name == name)
    }

    /// The member that is the whole body (rest protocols).
    #[must_use]
    pub fn payload(&self) -> Option<&'static Member> {
        self.members().iter().find(|member| member.location == Location::Payload)
    }

    /// The compiled pattern; none when there is none, or when it uses what the regex engine lacks
    /// (look-around): the conformance test lists those.
    #[must_use]
    pub fn regex(&self) -> Option<&Regex> {
        let pattern = self.pattern?;
        // AWS's services match the whole text, also where the pattern lacks anchors.
        let whole = || Regex::new(&format!(r"\A(?:{})\z", ascii_classes(pattern))).ok();
        self.compiled.get_or_init(whole).as_ref()
    }
}

/// In the regular expressions of AWS's services (Java's) `\w`, `\d` and `\s` know ASCII only; here they would take
/// letters and digits of every script.
fn ascii_classes(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len() + 32);
    let mut rest = pattern.chars();
    while let Some(c) = rest.next() {
        let escaped = (c == '\\').then(|| rest.next()).flatten();
        match escaped {
            None => out.push(c),
            Some('w') => out.push_str("[0-9A-Za-z_]"),
            Some('W') => out.push_str("[^0-9A-Za-z_]"),
            Some('d') => out.push_str("[0-9]"),
            Some('D') => out.push_str("[^0-9]"),
            Some('s') => out.push_str(r"[ \t\n\x0B\f\r]"),
            Some('S') => out.push_str(r"[^ \t\n\x0B\f\r]"),
            Some(other) => out.extend(['\\', other]),
        }
    }
    out
}

impl Member {
    /// It may not be absent.
    #[must_use]
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// Its name on the wire.
    #[must_use]
    pub const fn wire(mut self, name: &'static str) -> Self {
        self.wire = Some(name);
        self
    }

    /// Where it stands on the HTTP message.
    #[must_use]
    pub const fn at(mut self, location: Location) -> Self {
        self.location = location;
        self
    }

    /// The format of a moment.
    #[must_use]
    pub const fn format(mut self, format: TimestampFormat) -> Self {
        self.timestamp = Some(format);
        self
    }

    /// Traits that only some protocols read.
    #[must_use]
    pub const fn with(mut self, traits: &'static [Trait]) -> Self {
        self.traits = traits;
        self
    }

    /// The name on the wire.
    #[must_use]
    pub fn wire_name(&self) -> &'static str {
        self.wire.unwrap_or(self.name)
    }

    /// Whether the member or its shape has a trait.
    #[must_use]
    pub fn is(&self, wanted: Trait) -> bool {
        self.traits.contains(&wanted) || self.shape.traits.contains(&wanted)
    }
}

/// A member of this name and shape.
#[must_use]
pub const fn member(name: &'static str, shape: &'static Shape) -> Member {
    Member {
        name,
        shape,
        required: false,
        wire: None,
        location: Location::Body,
        timestamp: None,
        traits: &[],
    }
}

macro_rules! simple {
    ($($(#[$doc:meta])* $name:ident = $kind:expr;)*) => {$(
        $(#[$doc])*
        #[must_use]
        pub const fn $name() -> Shape {
            Shape::new($kind)
        }
    )*};
}
simple! {
    /// true or false
    boolean = Kind::Boolean;
    /// A 32-bit integer.
    integer = Kind::Integer;
    /// A 64-bit integer.
    long = Kind::Long;
    /// An integer of any size.
    big_integer = Kind::BigInteger;
    /// A 32-bit floating-point number.
    float = Kind::Float;
    /// A 64-bit floating-point number.
    double = Kind::Double;
    /// Text.
    string = Kind::String;
    /// Bytes.
    blob = Kind::Blob;
    /// A moment.
    timestamp = Kind::Timestamp(None);
    /// Any JSON value.
    document = Kind::Document;
}

/// Text out of a list.
#[must_use]
pub const fn enumeration(values: &'static [&'static str]) -> Shape {
    Shape::new(Kind::Enumeration(values))
}

/// A list; its member's wire name is that of its elements in XML (`member` by default).
#[must_use]
pub const fn list(of: &'static Member) -> Shape {
    Shape::new(Kind::List(of))
}

/// A map; the wire names are those of the elements in XML (`key` and `value` by default).
#[must_use]
pub const fn map(key: &'static Member, value: &'static Member) -> Shape {
    Shape::new(Kind::Map(key, value))
}

/// Members by name.
#[must_use]
pub const fn structure(members: &'static [Member]) -> Shape {
    Shape::new(Kind::Structure(members))
}

/// Exactly one of the members.
#[must_use]
pub const fn union(members: &'static [Member]) -> Shape {
    Shape::new(Kind::Union(members))
}

#[cfg(test)]
mod tests {
    use crate::{member, shapes, string, structure};

    shapes! {
        Word = string().pattern(r"[\w+=,.@-]+");
        Date = string().pattern(r"\d{4}\s\\w");
        Tree = structure(&[member("Next", &Tree)]);
    }

    #[test]
    fn letters_and_digits_are_those_of_ascii() {
        let fits = |shape: &crate::Shape, text| shape.regex().unwrap().is_match(text);
        assert!(fits(&Word, "a_Z9+=,.@-") && !fits(&Word, "é") && !fits(&Word, "٣") && !fits(&Word, "["));
        assert!(fits(&Date, r"1234 \w") && !fits(&Date, "1234 w") && !fits(&Date, "١٢٣٤ \\w"));
    }

    #[test]
    fn a_shape_that_holds_itself_can_be_shown() {
        assert!(format!("{Tree:?}").contains("Tree"));
    }
}
