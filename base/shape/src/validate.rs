//! The constraints of a schema, held against a document. All violations of a request are told at once, in the
//! form of AWS's ValidationException (observed on KMS, CloudTrail and Config).

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::{Document, Kind, Member, Shape, Value};

/// What is wrong with a document.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Violations {
    found: Vec<Violation>,
    /// The first one that has its own words ([`Shape::told`]); it counts only when there are no others.
    own: Option<String>,
}

#[derive(Debug, PartialEq, Eq)]
struct Violation {
    /// The value, with a space before it; empty when it is not told.
    shown: String,
    /// Where it stands.
    path: String,
    /// What it must do.
    constraint: String,
    broken: Broken,
}

/// The kinds of constraints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broken {
    /// A required member is not there; a union has not one member.
    Missing,
    /// More characters, bytes, elements or entries than may be.
    TooLong,
    /// Fewer than must be.
    TooShort,
    /// Another text than the pattern allows.
    Pattern,
    /// None of the values that there are.
    Enumeration,
    /// A number above its range.
    TooLarge,
    /// A number below its range.
    TooSmall,
    /// An element of a list, or a key or value of a map, that breaks any of these.
    Element,
}

/// A request with more violations than this is told the first so many.
const MOST: usize = 10;
/// So much of a value is told, in bytes.
const LONGEST_VALUE: usize = 1024;
/// So much of a map's key is told, in bytes.
const LONGEST_KEY: usize = 256;

impl Violations {
    /// The message of the ValidationException: `2 validation errors detected: …; …`.
    #[must_use]
    pub fn message(&self) -> String {
        self.told(|violation| violation.text(&violation.shown, &violation.constraint))
    }

    /// The message of a service that [tells no values](crate::Telling::NoValues). Such a service also counts among the
    /// constraints of a list's elements that they are there.
    #[must_use]
    pub fn message_without_values(&self) -> String {
        self.told(|violation| {
            let constraint = match violation.constraint.strip_suffix(']') {
                Some(start) if start.starts_with(OF_ELEMENTS) => {
                    &format!("{start}, Member must not be null]")
                }
                _ => &violation.constraint,
            };
            violation.text("", constraint)
        })
    }

    /// What the first violation is of. One with its own words is of a pattern.
    #[must_use]
    pub fn first(&self) -> Broken {
        self.found.first().map_or(Broken::Pattern, |violation| violation.broken)
    }

    fn told(&self, text: impl Fn(&Violation) -> String) -> String {
        let (count, plural) = (self.found.len(), if self.found.len() == 1 { "" } else { "s" });
        match &self.own {
            Some(own) if count == 0 => own.clone(),
            _ => {
                let all: Vec<String> = self.found.iter().map(text).collect();
                format!("{count} validation error{plural} detected: {}", all.join("; "))
            }
        }
    }

    fn push(&mut self, path: &Path<'_>, shown: Option<&str>, broken: Broken, constraint: &str) {
        if self.found.len() < MOST {
            let value = shown.map_or(String::new(), |shown| format!(" '{shown}'"));
            let value = if value == " 'null'" { " null".to_owned() } else { value };
            let violation =
                Violation { shown: value, path: path.text(), constraint: constraint.to_owned(), broken };
            self.found.push(violation);
        }
    }
}

impl Violation {
    fn text(&self, shown: &str, constraint: &str) -> String {
        let path = &self.path;
        format!("Value{shown} at '{path}' failed to satisfy constraint: Member must {constraint}")
    }
}

/// How the constraint on all elements of a list begins.
const OF_ELEMENTS: &str = "satisfy constraint: [";

/// Holds a document against the schema of a structure.
///
/// # Errors
/// All [`Violations`], up to ten.
pub fn validate(shape: &Shape, document: &Document) -> Result<(), Violations> {
    let mut violations = Violations::default();
    structure(shape, document, &Path::Root, &mut violations);
    if violations == Violations::default() { Ok(()) } else { Err(violations) }
}

/// Where a value stands; written as text only when there is something to tell.
enum Path<'a> {
    Root,
    Member(&'a Path<'a>, &'a str),
    Element(&'a Path<'a>, usize),
    /// The key; its number where it is a secret.
    Entry(&'a Path<'a>, Cow<'a, str>),
}

impl Path<'_> {
    fn text(&self) -> String {
        match self {
            Self::Root => String::new(),
            Self::Member(Self::Root, name) => lower_first(name),
            Self::Member(parent, name) => format!("{}.{}", parent.text(), lower_first(name)),
            Self::Element(parent, index) => format!("{}.{}.member", parent.text(), index + 1),
            Self::Entry(parent, key) => format!("{}.{}.member", parent.text(), cut(key, LONGEST_KEY)),
        }
    }
}

fn lower_first(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map_or(String::new(), |first| first.to_lowercase().chain(chars).collect())
}

fn structure(shape: &Shape, document: &Document, path: &Path<'_>, violations: &mut Violations) {
    let mut present = 0;
    for member in shape.members() {
        let here = Path::Member(path, member.name);
        match document.value(member.name) {
            Some(value) => {
                present += 1;
                check(member, value, &here, violations);
            }
            None if member.required => violations.push(&here, Some("null"), Broken::Missing, "not be null"),
            None => {}
        }
    }
    if matches!(shape.kind, Kind::Union(_)) && present != 1 {
        violations.push(path, None, Broken::Missing, "have exactly one member set");
    }
}

fn check(member: &Member, value: &Value, path: &Path<'_>, violations: &mut Violations) {
    let shape = member.shape;
    constraints(shape, value, |broken, constraint| {
        violations.push(path, shown(shape, value).as_deref(), broken, constraint);
    });
    if let Some(words) = shape.told
        && violations.own.is_none()
        && breaks_pattern(shape, value)
    {
        violations.own = Some(format!("The specified value for {} is invalid. {words}", path.text()));
    }
    match (&shape.kind, value) {
        (Kind::Structure(_) | Kind::Union(_), Value::Map(inner)) => structure(shape, inner, path, violations),
        (Kind::List(element), Value::List(values)) => {
            if is_simple(element.shape) {
                elements(element.shape, (shape, value), values.iter(), path, violations);
            } else {
                for (index, value) in values.iter().enumerate() {
                    check(element, value, &Path::Element(path, index), violations);
                }
            }
        }
        (Kind::Map(key, entry), Value::Map(entries)) => {
            let keys: Vec<Value> = entries.iter().map(|(key, _)| Value::Str(key.to_string())).collect();
            elements(key.shape, (shape, value), keys.iter(), path, violations);
            if is_simple(entry.shape) {
                elements(
                    entry.shape,
                    (shape, value),
                    entries.iter().map(|(_, value)| value),
                    path,
                    violations,
                );
            } else {
                for (index, (name, value)) in entries.iter().enumerate() {
                    let secret = key.shape.sensitive;
                    let name = if secret { Cow::from((index + 1).to_string()) } else { Cow::from(&**name) };
                    check(entry, value, &Path::Entry(path, name), violations);
                }
            }
        }
        _ => {}
    }
}

fn is_simple(shape: &Shape) -> bool {
    !matches!(shape.kind, Kind::Structure(_) | Kind::Union(_) | Kind::List(_) | Kind::Map(..))
}

/// A list or map of simple values is told as a whole, with every constraint of its elements.
fn elements<'a>(
    of: &Shape,
    (shape, whole): (&Shape, &Value),
    mut values: impl Iterator<Item = &'a Value>,
    path: &Path<'_>,
    violations: &mut Violations,
) {
    let broken = |value: &Value| {
        let mut found = false;
        constraints(of, value, |_, _| found = true);
        found
    };
    if values.any(broken) {
        let shown = shown(shape, whole);
        let all = all_constraints(of).join(", ");
        violations.push(path, shown.as_deref(), Broken::Element, &format!("{OF_ELEMENTS}{all}]"));
    }
}

/// Tells each constraint that a value breaks.
fn constraints(shape: &Shape, value: &Value, mut broken: impl FnMut(Broken, &str)) {
    let length = match value {
        Value::Str(text) => Some(text.chars().count()),
        Value::Blob(bytes) => Some(bytes.len()),
        Value::List(values) => Some(values.len()),
        Value::Map(entries) if matches!(shape.kind, Kind::Map(..)) => Some(entries.len()),
        _ => None,
    };
    if let Some(length) = length.and_then(|length| u64::try_from(length).ok()) {
        // The order in which AWS tells them: upper bound first only when both are broken, which cannot be.
        if let Some(most) = shape.length.1.filter(|most| length > *most) {
            broken(Broken::TooLong, &format!("have length less than or equal to {most}"));
        }
        if let Some(least) = shape.length.0.filter(|least| length < *least) {
            broken(Broken::TooShort, &format!("have length greater than or equal to {least}"));
        }
    }
    match value {
        Value::Str(text) => {
            if shape.told.is_none() && breaks_pattern(shape, value) {
                broken(Broken::Pattern, &pattern_constraint(shape));
            }
            if let Kind::Enumeration(values) = shape.kind
                && !values.contains(&text.as_str())
            {
                broken(Broken::Enumeration, &enumeration_constraint(values));
            }
        }
        Value::Int(number) => {
            if let Some(most) = shape.range.1.filter(|most| number > most) {
                broken(Broken::TooLarge, &format!("have value less than or equal to {most}"));
            }
            if let Some(least) = shape.range.0.filter(|least| number < least) {
                broken(Broken::TooSmall, &format!("have value greater than or equal to {least}"));
            }
        }
        _ => {}
    }
}

fn breaks_pattern(shape: &Shape, value: &Value) -> bool {
    value.as_str().zip(shape.regex()).is_some_and(|(text, regex)| !regex.is_match(text))
}

fn all_constraints(shape: &Shape) -> Vec<String> {
    let mut all = Vec::new();
    if let Some(most) = shape.length.1 {
        all.push(format!("Member must have length less than or equal to {most}"));
    }
    if let Some(least) = shape.length.0 {
        all.push(format!("Member must have length greater than or equal to {least}"));
    }
    if shape.pattern.is_some() {
        all.push(format!("Member must {}", pattern_constraint(shape)));
    }
    if let Kind::Enumeration(values) = shape.kind {
        all.push(format!("Member must {}", enumeration_constraint(values)));
    }
    if let Some(most) = shape.range.1 {
        all.push(format!("Member must have value less than or equal to {most}"));
    }
    if let Some(least) = shape.range.0 {
        all.push(format!("Member must have value greater than or equal to {least}"));
    }
    all
}

fn pattern_constraint(shape: &Shape) -> String {
    format!("satisfy regular expression pattern: {}", shape.pattern.unwrap_or_default())
}

fn enumeration_constraint(values: &[&str]) -> String {
    format!("satisfy enum value set: [{}]", values.join(", "))
}

/// A value as AWS's Java services print it, cut where it grows long; `None` when it is a secret or holds one.
fn shown(shape: &Shape, value: &Value) -> Option<String> {
    let mut text = String::new();
    show(shape, value, &mut text).then(|| cut(&text, LONGEST_VALUE).to_owned())
}

/// Whether there was no secret.
fn show(shape: &Shape, value: &Value, out: &mut String) -> bool {
    if shape.sensitive {
        return false;
    }
    // What comes behind is cut off; it is looked at only for secrets.
    let mut unseen = String::new();
    let out = if out.len() > LONGEST_VALUE { &mut unseen } else { out };
    let _ = match value {
        Value::Null => write!(out, "null"),
        Value::Bool(truth) => write!(out, "{truth}"),
        Value::Int(number) => write!(out, "{number}"),
        Value::Float(number) => write!(out, "{number}"),
        Value::Str(text) => write!(out, "{text}"),
        Value::Blob(bytes) => {
            let length = bytes.len();
            write!(out, "java.nio.HeapByteBuffer[pos=0 lim={length} cap={length}]")
        }
        Value::Time(moment) => write!(out, "{moment}"),
        Value::List(values) => return show_list(shape, values, out),
        Value::Map(entries) => return show_map(shape, entries, out),
    };
    true
}

fn show_list(shape: &Shape, values: &[Value], out: &mut String) -> bool {
    let of = if let Kind::List(of) = shape.kind { of.shape } else { shape };
    out.push('[');
    let open = values.iter().enumerate().all(|(index, value)| {
        out.push_str(if index == 0 { "" } else { ", " });
        show(of, value, out)
    });
    out.push(']');
    open
}

fn show_map(shape: &Shape, entries: &Document, out: &mut String) -> bool {
    let of = |name: &str| match shape.kind {
        Kind::Map(key, of) => (!key.shape.sensitive).then_some(of.shape),
        Kind::Structure(_) | Kind::Union(_) => shape.member(name).map(|member| member.shape),
        _ => Some(shape),
    };
    out.push('{');
    let open = entries.iter().enumerate().all(|(index, (name, value))| {
        let _ = write!(out, "{}{name}=", if index == 0 { "" } else { ", " });
        of(name).is_some_and(|of| show(of, value, out))
    });
    out.push('}');
    open
}

/// The beginning of a text, of no more than so many bytes.
fn cut(text: &str, most: usize) -> &str {
    text.get(..text.floor_char_boundary(most)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use crate::{boolean, enumeration, integer, list, map, member, shapes, string, structure, union};

    use super::*;

    shapes! {
        Request = structure(&[
            member("KeyId", &KeyId).required(),
            member("Limit", &Limit),
            member("Tags", &Tags),
            member("Context", &Context),
            member("Operations", &Operations),
            member("Secret", &Secret),
            member("Choice", &Choice),
            member("Name", &Name),
            member("Secrets", &Secrets),
            member("Hidden", &Hidden),
            member("Named", &Named),
            member("Open", &Open),
            member("Mode", &Mode),
        ]);
        Secrets = list(&member("member", &Secret)).at_most(2);
        Hidden = map(&member("key", &KeyId), &member("value", &Secret));
        Named = map(&member("key", &Secret), &member("value", &Inner));
        Open = map(&member("key", &Long), &member("value", &Inner));
        Long = string();
        Inner = structure(&[member("Secret", &Secret), member("Id", &KeyId).required()]);
        KeyId = string().length(1, 4).pattern("[a-z]+");
        Limit = integer().range(1, 10);
        Tags = list(&member("member", &Tag)).at_most(2);
        Tag = structure(&[member("TagKey", &KeyId).required()]);
        Context = map(&member("key", &KeyId), &member("value", &KeyId));
        Operations = list(&member("member", &Mode));
        Mode = enumeration(&["A", "B"]);
        Secret = string().length(3, 5).sensitive();
        Name = string().length(1, 8).pattern("[a-z]+").told("It must be small.");
        Choice = union(&[member("One", &Flag), member("Two", &Flag)]);
        Flag = boolean();
    }

    fn message(document: &Document) -> String {
        validate(&Request, document).unwrap_err().message()
    }

    #[test]
    fn a_document_that_fits() {
        let document = Document::new()
            .with("KeyId", "abc")
            .with("Limit", 10i64)
            .with("Context", Document::new().with("a", "b"))
            .with("Choice", Document::new().with("One", true));
        assert_eq!(validate(&Request, &document), Ok(()));
    }

    #[test]
    fn all_violations_are_told_at_once() {
        let document = Document::new().with("Limit", 11i64).with("Tags", vec![Document::new()]);
        assert_eq!(
            message(&document),
            "3 validation errors detected: Value null at 'keyId' failed to satisfy constraint: Member must not be \
             null; Value '11' at 'limit' failed to satisfy constraint: Member must have value less than or equal \
             to 10; Value null at 'tags.1.member.tagKey' failed to satisfy constraint: Member must not be null"
        );
    }

    #[test]
    fn a_pattern_holds_for_the_whole_text() {
        assert_eq!(
            message(&Document::new().with("KeyId", "ab1")),
            "1 validation error detected: Value 'ab1' at 'keyId' failed to satisfy constraint: Member must satisfy \
             regular expression pattern: [a-z]+"
        );
    }

    #[test]
    fn own_words_are_told_when_nothing_else_is_wrong() {
        let own = "The specified value for name is invalid. It must be small.";
        assert_eq!(message(&Document::new().with("KeyId", "a").with("Name", "A")), own);
        let both = message(&Document::new().with("Name", "ABCDEFGHI"));
        assert!(both.starts_with("2 validation errors") && !both.contains("small"), "{both}");
    }

    #[test]
    fn simple_elements_are_told_as_a_whole() {
        let document = Document::new().with("KeyId", "a").with("Operations", &["A", "C"][..]);
        assert_eq!(
            message(&document),
            "1 validation error detected: Value '[A, C]' at 'operations' failed to satisfy constraint: Member must \
             satisfy constraint: [Member must satisfy enum value set: [A, B]]"
        );
    }

    #[test]
    fn some_services_tell_no_values() {
        let told = |document: &Document| validate(&Request, document).unwrap_err().message_without_values();
        let document = Document::new().with("Limit", 11i64).with("Operations", &["A", "C"][..]);
        assert_eq!(
            told(&document),
            "3 validation errors detected: Value at 'keyId' failed to satisfy constraint: Member must not be null; \
             Value at 'limit' failed to satisfy constraint: Member must have value less than or equal to 10; \
             Value at 'operations' failed to satisfy constraint: Member must satisfy constraint: [Member must \
             satisfy enum value set: [A, B], Member must not be null]"
        );
        let own = "The specified value for name is invalid. It must be small.";
        assert_eq!(told(&Document::new().with("KeyId", "a").with("Name", "A")), own);
    }

    #[test]
    fn the_kind_of_the_first_violation() {
        let first = |document: Document| validate(&Request, &document).unwrap_err().first();
        let with =
            |name: &'static str, value: Value| first(Document::new().with("KeyId", "a").with(name, value));
        assert_eq!(first(Document::new().with("Limit", 11i64)), Broken::Missing);
        assert_eq!(first(Document::new().with("KeyId", "abcde").with("Limit", 11i64)), Broken::TooLong);
        assert_eq!(first(Document::new().with("KeyId", "")), Broken::TooShort);
        assert_eq!(first(Document::new().with("KeyId", "A")), Broken::Pattern);
        assert_eq!(with("Limit", 11i64.into()), Broken::TooLarge);
        assert_eq!(with("Limit", 0i64.into()), Broken::TooSmall);
        assert_eq!(with("Operations", (&["C"][..]).into()), Broken::Element);
        assert_eq!(with("Mode", "C".into()), Broken::Enumeration);
        assert_eq!(with("Name", "A".into()), Broken::Pattern);
    }

    #[test]
    fn secrets_are_not_shown() {
        let text = message(&Document::new().with("KeyId", "a").with("Secret", "hunter2"));
        assert!(text.contains("Value at 'secret' failed"), "{text}");
    }

    #[test]
    fn secrets_inside_are_not_shown() {
        let secrets = &["hunter2", "hunter3", "hunter4"][..];
        let secret = Document::new().with("hunter5", Document::new().with("Secret", "hunter6"));
        let text = message(
            &Document::new()
                .with("KeyId", "a")
                .with("Secrets", secrets)
                .with("Hidden", Document::new().with("UPPER", "hunter7"))
                .with("Named", secret),
        );
        assert!(!text.contains("hunter"), "{text}");
        assert!(text.contains("Value at 'secrets' failed"), "{text}");
        assert!(text.contains("Value at 'hidden' failed"), "{text}");
        assert!(text.contains("Value at 'named.1.member.secret' failed"), "{text}");
    }

    #[test]
    fn what_is_told_is_short() {
        let long = "k".repeat(5000);
        let many: Vec<Document> = (0..3).map(|_| Document::new().with("TagKey", &long)).collect();
        let text = message(
            &Document::new()
                .with("KeyId", &long)
                .with("Tags", many)
                .with("Open", Document::new().with(long, "")),
        );
        assert!(text.len() < 8000, "{} bytes", text.len());
    }

    #[test]
    fn a_union_has_one_member() {
        let document = Document::new().with("KeyId", "a").with("Choice", Document::new());
        assert!(message(&document).contains("exactly one member"));
    }
}
