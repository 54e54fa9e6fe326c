use std::net::IpAddr;

use bastide_ids::Timestamp;
use bastide_policy::{ContextMap, ContextSource, Layers, PolicyKind, Request, Value, Values, decide};

use crate::support::{BUCKET, allows, attached, request, user};

/// Whether a condition block, written as JSON, holds in a context.
fn holds(block: &str, context: &ContextMap) -> bool {
    let statement = format!(r#"{{"Effect":"Allow","Action":"*","Resource":"*","Condition":{block}}}"#);
    allows(&statement, "s3:GetObject", BUCKET, context)
}

fn of(values: &[&str]) -> ContextMap {
    let mut context = ContextMap::new();
    context.set("My:Key", values.iter().copied());
    context
}

/// Every operator: a policy value, a request value that fits its positive form, and one that does not.
const OPERATORS: [(&str, bool, &str, &str, &str); 27] = [
    ("StringEquals", false, "Ab*", "Ab*", "Abc"),
    ("StringNotEquals", true, "Ab*", "Ab*", "Abc"),
    ("StringEqualsIgnoreCase", false, "ÄbC", "äBc", "abc"),
    ("StringNotEqualsIgnoreCase", true, "ÄbC", "äBc", "abc"),
    ("StringLike", false, "a*c?", "a/b/cd", "a/b/c"),
    ("StringNotLike", true, "a*c?", "a/b/cd", "a/b/c"),
    ("NumericEquals", false, "10", "10.0", "11"),
    ("NumericNotEquals", true, "10", "10", "11"),
    ("NumericLessThan", false, "10", "9", "10"),
    ("NumericLessThanEquals", false, "10", "10", "10.5"),
    ("NumericGreaterThan", false, "10", "11", "10"),
    ("NumericGreaterThanEquals", false, "10", "10", "9"),
    ("DateEquals", false, "2026-01-01T00:00:00Z", "2026-01-01", "2026-01-02"),
    ("DateNotEquals", true, "2026-01-01T00:00:00Z", "1767225600", "2026-01-02"),
    ("DateLessThan", false, "2026-01-01", "2025-12-31T23:59:59Z", "2026-01-01"),
    ("DateLessThanEquals", false, "2026-01-01", "2026-01-01", "2026-01-01T00:00:01Z"),
    ("DateGreaterThan", false, "2026-01-01", "2026-01-01T00:00:01Z", "2026-01-01"),
    ("DateGreaterThanEquals", false, "1767225600", "2026-01-01", "2025-12-31"),
    ("Bool", false, "True", "true", "false"),
    ("BinaryEquals", false, "QmluYXJ5", "QmluYXJ5", "QmluYXJ6"),
    ("IpAddress", false, "203.0.113.0/24", "203.0.113.9", "203.0.114.9"),
    ("NotIpAddress", true, "2001:db8::/32", "2001:db8::1", "10.0.0.1"),
    ("ArnEquals", false, "arn:aws:sns:*:1:t?", "arn:aws:sns:eu:1:t1", "arn:aws:sns:eu:2:t1"),
    ("ArnLike", false, "arn:aws:sns:*:1:t*", "arn:aws:sns:eu:1:t:x", "arn:aws:sns:eu:x:1:t"),
    ("ArnNotEquals", true, "arn:aws:sns:*:1:t?", "arn:aws:sns:eu:1:t1", "arn:aws:sns:eu:2:t1"),
    ("ArnNotLike", true, "arn:aws:sns:*:1:t*", "arn:aws:sns:eu:1:tx", "not an arn"),
    ("Null", false, "true", "", ""),
];

#[test]
fn every_operator_with_every_prefix_and_suffix() {
    for (operator, negated, wanted, fits, differs) in OPERATORS {
        if operator == "Null" {
            continue;
        }
        let check = |prefix: &str, suffix: &str, values: Option<&[&str]>, expected: bool| {
            let block = format!(r#"{{"{prefix}{operator}{suffix}":{{"my:KEY":"{wanted}"}}}}"#);
            let context = values.map_or_else(ContextMap::new, of);
            assert_eq!(holds(&block, &context), expected, "{block} {values:?}");
        };
        for suffix in ["", "IfExists"] {
            let if_exists = !suffix.is_empty();
            check("", suffix, Some(&[fits]), !negated);
            check("", suffix, Some(&[differs]), negated);
            check("", suffix, Some(&[differs, fits]), !negated);
            check("", suffix, None, negated || if_exists);

            check("ForAnyValue:", suffix, Some(&[fits]), !negated);
            check("ForAnyValue:", suffix, Some(&[differs]), negated);
            check("ForAnyValue:", suffix, Some(&[differs, fits]), true);
            check("ForAnyValue:", suffix, None, if_exists);
            check("ForAnyValue:", suffix, Some(&[]), if_exists);

            check("ForAllValues:", suffix, Some(&[fits, fits]), !negated);
            check("ForAllValues:", suffix, Some(&[differs, differs]), negated);
            check("ForAllValues:", suffix, Some(&[differs, fits]), false);
            check("ForAllValues:", suffix, None, true);
            check("ForAllValues:", suffix, Some(&[]), true);
            check("ForAllValues:", suffix, Some(&[""]), true);
        }
    }
}

#[test]
fn several_policy_values_are_alternatives() {
    for (operator, negated, wanted, fits, differs) in OPERATORS {
        let other = match operator {
            _ if operator.starts_with("Numeric") && !operator.ends_with("Equals") => continue,
            _ if operator.starts_with("Date") && !operator.ends_with("Equals") => continue,
            "NumericLessThanEquals"
            | "NumericGreaterThanEquals"
            | "DateLessThanEquals"
            | "DateGreaterThanEquals"
            | "Bool"
            | "Null" => continue,
            "NumericEquals" | "NumericNotEquals" => "99",
            "DateEquals" | "DateNotEquals" => "1999",
            "IpAddress" | "NotIpAddress" => "192.0.2.1",
            "BinaryEquals" => "AAAA",
            _ => "arn:aws:x:y:z:other",
        };
        let block = format!(r#"{{"{operator}":{{"my:key":["{other}","{wanted}"]}}}}"#);
        assert_eq!(holds(&block, &of(&[fits])), !negated, "{block}");
        assert_eq!(holds(&block, &of(&[differs])), negated, "{block}");
    }
}

#[test]
fn null_asks_for_presence() {
    let block = |wanted: &str| format!(r#"{{"Null":{{"my:key":"{wanted}"}}}}"#);
    assert!(holds(&block("true"), &ContextMap::new()));
    assert!(!holds(&block("true"), &of(&["x"])));
    assert!(holds(&block("false"), &of(&["x"])));
    assert!(!holds(&block("FALSE"), &ContextMap::new()));
    assert!(holds(&block("true"), &of(&[])), "a key without values is absent");
    assert!(!holds(&block("maybe"), &of(&["x"])) && !holds(&block("maybe"), &ContextMap::new()));
    assert!(holds(r#"{"Null":{"my:key":false}}"#, &of(&["x"])), "a bare truth value");
}

#[test]
fn all_operators_and_keys_of_a_block_must_hold() {
    let context = ContextMap::new().with("a", "1").with("b", "2");
    let block = r#"{"StringEquals":{"a":"1","b":"2"},"NumericLessThan":{"b":3}}"#;
    assert!(holds(block, &context));
    assert!(!holds(block, &ContextMap::new().with("a", "1").with("b", "3")));
    assert!(!holds(block, &ContextMap::new().with("a", "2").with("b", "2")));
    assert!(holds("{}", &context) && holds(r#"{"StringEquals":{}}"#, &context));
    assert!(!holds(r#"{"StringEquals":{"a":[]}}"#, &context), "no value fits");
}

#[test]
fn request_values_that_cannot_be_read_fit_nothing() {
    let cases = [
        ("NumericEquals", "1", false),
        ("NumericNotEquals", "1", true),
        ("DateLessThan", "2026", false),
        ("Bool", "true", false),
        ("IpAddress", "0.0.0.0/0", false),
        ("NotIpAddress", "0.0.0.0/0", true),
        ("ArnLike", "*", false),
    ];
    for (operator, wanted, expected) in cases {
        let block = format!(r#"{{"{operator}":{{"my:key":"{wanted}"}}}}"#);
        assert_eq!(holds(&block, &of(&["#!"])), expected, "{block}");
    }
    assert!(holds(r#"{"ArnLike":{"my:key":"*"}}"#, &of(&["arn:aws:s3:::b"])));
    assert!(!holds(r#"{"ArnLike":{"my:key":"arn:aws:s3"}}"#, &of(&["arn:aws:s3:::b"])), "not six parts");
}

#[test]
fn keys_have_no_case() {
    let mut context = ContextMap::new();
    context.set("aws:RequestTag/Team", ["blue"]);
    context.set("kms:EncryptionContext:App", ["x"]);
    assert!(holds(r#"{"StringEquals":{"AWS:requesttag/TEAM":"blue"}}"#, &context));
    assert!(holds(r#"{"StringEquals":{"KMS:encryptioncontext:app":"x"}}"#, &context));
    assert!(!holds(r#"{"StringEquals":{"aws:requesttag/team":"Blue"}}"#, &context), "values have");
}

#[test]
fn variables_in_conditions() {
    let context = of(&["team-alice"]).with("aws:PrincipalTag/Team", "team-alice");
    assert!(holds(r#"{"StringEquals":{"my:key":"${aws:principaltag/team}"}}"#, &context));
    assert!(holds(r#"{"StringLike":{"my:key":"*-${aws:username}"}}"#, &context));
    assert!(holds(r#"{"StringEqualsIgnoreCase":{"my:key":"TEAM-${aws:username}"}}"#, &context));
    assert!(!holds(r#"{"StringNotEquals":{"my:key":"team-${aws:username}"}}"#, &context));
    assert!(holds(r#"{"StringEquals":{"my:key":"${none:such, 'team-alice'}"}}"#, &context));
    assert!(!holds(r#"{"StringEquals":{"my:key":"${aws:username, 'team-alice'}"}}"#, &context));
}

#[test]
fn a_variable_without_a_value_never_holds() {
    let context = of(&["x"]);
    for operator in ["StringEquals", "StringNotEquals", "StringNotLike", "StringNotEqualsIgnoreCase"] {
        let block = format!(r#"{{"{operator}":{{"my:key":"${{none:such}}"}}}}"#);
        assert!(!holds(&block, &context), "{operator}");
    }
    assert!(holds(r#"{"StringEquals":{"my:key":["${none:such}","x"]}}"#, &context), "another value may");
    assert!(!holds(r#"{"ArnNotLike":{"my:key":"arn:aws:s3:::${none:such}"}}"#, &context));
    let two = of(&["x"]).with("other", "");
    assert!(holds(r#"{"StringEquals":{"my:key":"x${other}"}}"#, &two), "an empty value is a value");
    let mut many = of(&["x"]);
    many.set("other", ["x", "y"]);
    assert!(!holds(r#"{"StringEquals":{"my:key":"${other, 'x'}"}}"#, &many), "many values are none");
}

#[test]
fn a_variables_value_is_literal() {
    let context = of(&["anything"]).with("aws:PrincipalTag/Team", "*");
    assert!(!holds(r#"{"StringLike":{"my:key":"${aws:PrincipalTag/Team}"}}"#, &context));
    assert!(!holds(r#"{"StringLike":{"my:key":"any*${aws:PrincipalTag/Team}"}}"#, &context));
    let star = of(&["*"]).with("aws:PrincipalTag/Team", "*");
    assert!(holds(r#"{"StringLike":{"my:key":"${aws:PrincipalTag/Team}"}}"#, &star));
}

#[test]
fn special_characters_are_literal() {
    let like = |pattern: &str, text: &str| {
        holds(&format!(r#"{{"StringLike":{{"my:key":"{pattern}"}}}}"#), &of(&[text]))
    };
    assert!(like("a${*}b", "a*b") && !like("a${*}b", "axb"));
    assert!(like("a${?}b", "a?b") && !like("a${?}b", "axb"));
    assert!(like("${$}{aws:username}", "${aws:username}"));
    assert!(like("${unclosed", "${unclosed") && like("${}", "${}") && like("${a, b}", "${a, b}"));
    assert!(holds(r#"{"StringEquals":{"my:key":"${*}"}}"#, &of(&["*"])));
}

#[test]
fn the_older_version_has_no_variables() {
    let text = r#"{"Version":"2008-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*",
        "Condition":{"StringEquals":{"my:key":"${aws:username}"}}}}"#;
    let policy = bastide_policy::Policy::parse(text, PolicyKind::Identity).unwrap();
    let identity = [bastide_policy::Attached::new("old", policy)];
    let user = user();
    let allowed = |context: &ContextMap| {
        decide(&request(&user, context), &Layers { identity: &identity, ..Layers::default() }).is_allowed()
    };
    assert!(allowed(&of(&["${aws:username}"])) && !allowed(&of(&["alice"])));
}

#[test]
fn the_principals_own_keys() {
    let none = ContextMap::new();
    for (key, value) in [
        ("aws:username", "alice"),
        ("aws:userid", "AIDAALICE0000000000000"),
        ("aws:PrincipalAccount", "111122223333"),
        ("aws:ResourceAccount", "111122223333"),
        ("aws:PrincipalType", "User"),
        ("aws:PrincipalIsAWSService", "false"),
        ("aws:PrincipalArn", "arn:aws:iam::111122223333:user/team/alice"),
    ] {
        assert!(holds(&format!(r#"{{"StringEquals":{{"{key}":"{value}"}}}}"#), &none), "{key}");
    }
    let given = ContextMap::new().with("aws:username", "mallory");
    assert!(holds(r#"{"StringEquals":{"aws:username":"mallory"}}"#, &given), "the context goes first");
}

/// Values that are not texts.
struct Typed;

impl ContextSource for Typed {
    fn values(&self, key: &str) -> Option<Values<'_>> {
        let value = match key {
            "date" => Value::Date(Timestamp::parse_iso8601("2026-01-01T00:00:00Z").ok()?),
            "number" => Value::Number(1_767_225_600),
            "bool" => Value::Bool(true),
            "ip" => Value::Ip(IpAddr::from([203, 0, 113, 7])),
            "list" => return Some(Values::Strs(&["a", "b"])),
            _ => return None,
        };
        Some(Values::One(value))
    }
}

#[test]
fn typed_values_read_as_any_operator_needs() {
    let holds = |block: &str| {
        let statement = format!(r#"{{"Effect":"Allow","Action":"*","Resource":"*","Condition":{block}}}"#);
        let identity = [attached("test", PolicyKind::Identity, &statement)];
        let user = user();
        let request = Request { context: &Typed, ..request(&user, &()) };
        decide(&request, &Layers { identity: &identity, ..Layers::default() }).is_allowed()
    };
    for block in [
        r#"{"DateEquals":{"date":"2026-01-01"}}"#,
        r#"{"NumericEquals":{"date":"1767225600"}}"#,
        r#"{"StringEquals":{"date":"2026-01-01T00:00:00Z"}}"#,
        r#"{"DateEquals":{"number":"2026-01-01"}}"#,
        r#"{"StringLike":{"number":"17*"}}"#,
        r#"{"Bool":{"bool":"true"}}"#,
        r#"{"StringEquals":{"bool":"true"}}"#,
        r#"{"IpAddress":{"ip":"203.0.113.0/24"}}"#,
        r#"{"StringEquals":{"ip":"203.0.113.7"}}"#,
        r#"{"ForAllValues:StringEquals":{"list":["a","b","c"]}}"#,
    ] {
        assert!(holds(block), "{block}");
    }
    assert!(!holds(r#"{"Bool":{"number":"true"}}"#) && !holds(r#"{"IpAddress":{"date":"0.0.0.0/0"}}"#));
}
