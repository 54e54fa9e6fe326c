use bastide_policy::{Effect, Fault, MAX_DOCUMENT, NamedPrincipal, Policy, PolicyKind};

use PolicyKind::{Boundary, Identity, Managed, Rcp, Resource, Scp, Session, Trust, VpcEndpoint};

const SYNTAX: &str = "Syntax errors in policy.";
const LEGACY: &str = "The policy failed legacy parsing";
const VERSION: &str = "Policy document must be version 2012-10-17 or greater.";
const NO_ACTIONS: &str = "Policy statement must contain actions.";
const NO_RESOURCES: &str = "Policy statement must contain resources.";
const PREFACED: &str = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.";
const ONE_COLON: &str = "Actions/Condition can contain only one colon.";
const NOT_UNIQUE: &str = "Statement IDs (SID) in a single policy must be unique.";
const PRINCIPAL: &str = "Policy document should not specify a principal.";
const ORGANIZATIONS: &str =
    "The provided policy document does not meet the requirements of the specified policy type.";
const TRUST_ACTIONS: &str = "AssumeRole policy may only specify STS AssumeRole actions.";

/// What parsing says to a document of these statements; empty when it accepts it.
fn refusal(kind: PolicyKind, statements: &str) -> String {
    refusal_of_text(kind, &format!(r#"{{"Version":"2012-10-17","Statement":{statements}}}"#))
}

fn refusal_of_text(kind: PolicyKind, text: &str) -> String {
    Policy::parse(text, kind).map_or_else(|refusal| refusal.to_string(), |_| String::new())
}

/// A valid statement with these elements more, or instead.
fn statement(elements: &str) -> String {
    let mut text = format!("{{{elements}");
    for (name, element) in
        [("Effect", r#""Allow""#), ("Action", r#""s3:ListBucket""#), ("Resource", r#""arn:aws:s3:::b""#)]
    {
        if !elements.contains(&format!("{name}\"")) {
            let comma = if text.len() > 1 { "," } else { "" };
            text = format!(r#"{text}{comma}"{name}":{element}"#);
        }
    }
    text + "}"
}

#[test]
fn the_document() {
    let body = statement("");
    for (text, expected) in [
        ("not json".to_owned(), SYNTAX),
        (String::new(), SYNTAX),
        ("[]".to_owned(), SYNTAX),
        ("{}".to_owned(), SYNTAX),
        (r#"{"Version":"2012-10-17"}"#.to_owned(), SYNTAX),
        (r#"{"Version":"2012-10-17","Statement":[]}"#.to_owned(), SYNTAX),
        (r#"{"Version":"2012-10-17","Statement":["x"]}"#.to_owned(), SYNTAX),
        (r#"{"Version":"2012-10-17","Statement":"x"}"#.to_owned(), SYNTAX),
        (format!(r#"{{"Version":"2013-10-17","Statement":{body}}}"#), SYNTAX),
        (format!(r#"{{"Version":2012,"Statement":{body}}}"#), SYNTAX),
        (format!(r#"{{"Version":"2012-10-17","Id":[],"Statement":{body}}}"#), SYNTAX),
        (format!(r#"{{"Version":"2012-10-17","Other":"x","Statement":{body}}}"#), SYNTAX),
        (format!(r#"{{"Version":"2012-10-17","Statement":{body},"Statement":{body}}}"#), SYNTAX),
        (format!(r#"{{"Version":"2012-10-17","Statement":{body}}} trailing"#), SYNTAX),
        (format!(r#"{{"Version":"2012-10-17","Statement":{}{}}}"#, "[".repeat(200), "]".repeat(200)), SYNTAX),
        (format!(r#"{{"Version":"2012-10-17","Id":"x","Statement":{body}}}"#), ""),
        (format!(r#"{{"Version":"2012-10-17","Statement":[{body},{body}]}}"#), ""),
        (format!(r#"{{"Version":"2012-10-17","Statement":{body}}}{}"#, " ".repeat(MAX_DOCUMENT)), SYNTAX),
    ] {
        assert_eq!(refusal_of_text(Identity, &text), expected, "{text:.200}");
    }
}

#[test]
fn versions() {
    let older = |statement: &str| format!(r#"{{"Version":"2008-10-17","Statement":{statement}}}"#);
    let none = |statement: &str| format!(r#"{{"Statement":{statement}}}"#);
    let body = statement("");
    for kind in [Identity, Boundary, Session, Scp] {
        assert_eq!(refusal_of_text(kind, &older(&body)), "", "{kind:?}");
        assert_eq!(refusal_of_text(kind, &none(&body)), "", "{kind:?}");
    }
    assert_eq!(refusal_of_text(Managed, &older(&body)), VERSION);
    assert_eq!(refusal_of_text(Managed, &none(&statement(r#""Effect":"denY""#))), VERSION, "before effects");
    let operator = r#""Condition":{"x":{"a":"1"}}"#;
    assert_eq!(refusal_of_text(Managed, &none(&statement(operator))), SYNTAX, "operators are shape");
    assert_eq!(refusal_of_text(Managed, &none(&statement(r#""Effect":"x""#))), SYNTAX, "after shapes");
}

#[test]
fn elements() {
    for (elements, expected) in [
        (r#""Effect":"Deny""#, ""),
        (r#""Effect":"invalid""#, SYNTAX),
        (r#""Effect":[]"#, SYNTAX),
        (r#""Effect":"denY""#, LEGACY),
        (r#""Extra":"x""#, SYNTAX),
        (r#""Sid":"A1""#, ""),
        (r#""Sid":"""#, ""),
        (r#""Sid":{}"#, SYNTAX),
        (r#""Action":[]"#, NO_ACTIONS),
        (r#""NotAction":[]"#, NO_ACTIONS),
        (r#""Action":{}"#, SYNTAX),
        (r#""Action":[[]]"#, SYNTAX),
        (r#""Action":"s3:*","NotAction":[]"#, SYNTAX),
        (r#""Action":"*""#, ""),
        (r#""Action":"*:*""#, ""),
        (r#""Action":"**""#, PREFACED),
        (r#""Action":"invalid""#, PREFACED),
        (r#""NotAction":"""#, PREFACED),
        (r#""Action":"s3:List:Bucket""#, ONE_COLON),
        (r#""Action":["s3:A","s:3:A"]"#, ONE_COLON),
        (r#""Action":"a a:List""#, "Vendor a a is not valid"),
        (r#""Action":"s*:List""#, "Vendor s* is not valid"),
        (r#""Action":"iam: a b ""#, ""),
        (r#""Action":"s3-x.y:Foo""#, ""),
        (r#""Resource":[]"#, NO_RESOURCES),
        (r#""NotResource":[]"#, NO_RESOURCES),
        (r#""Resource":"*","NotResource":"*""#, SYNTAX),
        (r#""Resource":{"a":"*"}"#, SYNTAX),
        (r#""Resource":["*",{}]"#, SYNTAX),
        (r#""Principal":"*""#, PRINCIPAL),
        (r#""NotPrincipal":{"AWS":"*"}"#, PRINCIPAL),
        (r#""Principal":{"AWS":3}"#, SYNTAX),
    ] {
        let text = statement(elements);
        for kind in [Identity, Managed, Boundary, Session] {
            assert_eq!(refusal(kind, &text), expected, "{kind:?} {text}");
        }
    }
    assert_eq!(refusal(Identity, r#"{"Effect":"Allow"}"#), NO_ACTIONS);
    assert_eq!(refusal(Identity, r#"{"Effect":"Allow","Resource":"*"}"#), NO_ACTIONS);
    assert_eq!(refusal(Identity, r#"{"Effect":"Allow","Action":"s3:*"}"#), NO_RESOURCES);
    assert_eq!(refusal(Identity, r#"{"Action":"s3:*","Resource":"*"}"#), SYNTAX);
    assert_eq!(
        refusal(Identity, r#"{"Effect":"Allow","Effect":"Deny","Action":"s3:*","Resource":"*"}"#),
        SYNTAX
    );
}

#[test]
fn statement_ids() {
    let two = |one: &str, two: &str| format!("[{},{}]", statement(one), statement(two));
    assert_eq!(refusal(Identity, &two(r#""Sid":"a""#, r#""Sid":"a""#)), NOT_UNIQUE);
    assert_eq!(refusal(Identity, &two(r#""Sid":"""#, r#""Sid":"""#)), "");
    assert_eq!(refusal(Identity, &two(r#""Sid":"a""#, r#""Sid":"A""#)), "");
    assert!(refusal(Identity, &statement(r#""Sid":"with space""#)).contains("[0-9A-Za-z]*"));
    let everyone = r#""Sid":"with space","Principal":"*""#;
    assert_eq!(refusal(Resource, &statement(everyone)), "");
    assert_eq!(refusal(Resource, &two(everyone, everyone)), NOT_UNIQUE);
}

#[test]
fn resources_of_identity_policies() {
    let arn_format = |name: &str| format!("Resource {name} must be in ARN format or \"*\".");
    let regexes = "Resource vendor must be fully qualified and cannot contain regexes.";
    let path = "IAM resource path must either be \"*\", root, or start with user/, federated-user/, role/, group/, \
                instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, \
                oidc-provider/, report/, access-report/.";
    let partition =
        |name: &str, arn: &str| format!("Partition \"{name}\" is not valid for resource \"{arn}\".");
    let region = |text: &str| text.to_owned();
    for (name, expected) in [
        ("*", String::new()),
        ("arn:aws:s3:::b/*", String::new()),
        ("arn:aws:fdsasf", String::new()),
        ("arn:*:s3:::b", String::new()),
        ("arn:aws-us-gov:s3:::b", String::new()),
        ("arn:aws:iam:::user/x", String::new()),
        ("arn:aws:iam::*:user/${aws:username}", String::new()),
        ("arn:aws:iam::${aws:PrincipalAccount}:role/x", String::new()),
        ("arn:aws:iam::123456789012:*", String::new()),
        ("arn:aws:s3:us-west-2:123456789012:accesspoint/p", String::new()),
        ("arn:aws:rds:region:*:*", String::new()),
        ("", arn_format("")),
        ("invalid resource", arn_format("invalid resource")),
        ("a:aws:s3:::b", arn_format("a:aws:s3:::b")),
        ("a:b", partition("b", "arn:b:*:*:*:*")),
        ("a:b:c", partition("b", "arn:b:c:*:*:*")),
        ("a:b:c:d:e:f:g:h", partition("b", "arn:b:c:d:e:f:g:h")),
        ("aws:s3:::b", partition("s3", "arn:s3:::b:*")),
        ("arn:aws", regexes.to_owned()),
        ("arn:aws:s*:::b", regexes.to_owned()),
        ("arn:aws:s3::b", LEGACY.to_owned()),
        ("arn:aws::::b", LEGACY.to_owned()),
        ("arn:aws:iam:::b", path.to_owned()),
        ("arn:aws:iam::123456789012:u*", path.to_owned()),
        (
            "arn:aws:iam:us-east-1::b",
            region("IAM resource arn:aws:iam:us-east-1::b cannot contain region information."),
        ),
        (
            "arn:aws:s3:us-east-1::b",
            region("Resource arn:aws:s3:us-east-1::b can not contain region information."),
        ),
    ] {
        for element in ["Resource", "NotResource"] {
            let text = statement(&format!(r#""{element}":"{name}""#));
            assert_eq!(refusal(Identity, &text), expected, "{text}");
        }
    }
    let order = statement(r#""Action":"s:3:List","Resource":"x""#);
    assert_eq!(refusal(Identity, &order), arn_format("x"), "resources before actions");
    assert_eq!(
        refusal(Identity, r#"{"Effect":"Allow","Action":"invalid"}"#),
        NO_RESOURCES,
        "also when there are none"
    );
}

#[test]
fn condition_blocks() {
    for (block, expected) in [
        ("{}", ""),
        (r#"{"a":{}}"#, ""),
        (r#"{"DateGreaterThan":{}}"#, ""),
        (r#"{"DateGreaterThan":{"a":[]}}"#, ""),
        (r#"{"DateGreaterThan":{"a":"01T"}}"#, ""),
        (r#"{"DateLessThan":{"a":"-292275054"}}"#, ""),
        (r#"{"ForAnyValue:StringEqualsIfExists":{"a":"x"}}"#, ""),
        (r#"{"Bool":{"a":true},"NumericEquals":{"a":[1,2.5]}}"#, ""),
        ("[]", SYNTAX),
        (r#""a""#, SYNTAX),
        (r#"{"a":"b"}"#, SYNTAX),
        (r#"{"x":{"a":"1"}}"#, SYNTAX),
        (r#"{"StringEquals":{"a":null}}"#, SYNTAX),
        (r#"{"StringEquals":{"a":{}}}"#, SYNTAX),
        (r#"{"StringEquals":{"a":"1","a":"2"}}"#, SYNTAX),
        (r#"{"StringEquals":{"a":"1"},"StringEquals":{"b":"2"}}"#, SYNTAX),
        (r#"{"ForAnyValue::StringEquals":{"a":"1"}}"#, SYNTAX),
        (r#"{"NullIfExists":{"a":"true"}}"#, SYNTAX),
        (r#"{"DateGreaterThan":{"a":"sdfdsf"}}"#, LEGACY),
        (r#"{"DateLessThan":{"a":"9223372036854775808"}}"#, LEGACY),
        (r#"{"NumericEquals":{"a":"x"}}"#, LEGACY),
        (r#"{"NotIpAddress":{"a":"1.2.3.4/33"}}"#, LEGACY),
    ] {
        assert_eq!(refusal(Identity, &statement(&format!(r#""Condition":{block}"#))), expected, "{block}");
    }
}

#[test]
fn principals() {
    for (block, valid) in [
        (r#""*""#, true),
        (r#"{"AWS":"*"}"#, true),
        (r#"{"AWS":"123456789012"}"#, true),
        (r#"{"AWS":["arn:aws:iam::123456789012:root","arn:aws:iam::123456789012:user/a/b"]}"#, true),
        (r#"{"AWS":"arn:aws-cn:iam::123456789012:role/r"}"#, true),
        (r#"{"AWS":"arn:aws:sts::123456789012:assumed-role/r/s"}"#, true),
        (r#"{"AWS":"arn:aws:sts::123456789012:federated-user/f"}"#, true),
        (r#"{"AWS":"arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"}"#, true),
        (r#"{"AWS":"AROAEXAMPLEID00000000"}"#, true),
        (r#"{"Service":"kms.amazonaws.com","Federated":"accounts.google.com","CanonicalUser":"79a5"}"#, true),
        (r#"{"Federated":"arn:aws:iam::123456789012:saml-provider/p"}"#, true),
        (
            r#"{"Federated":"arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"}"#,
            true,
        ),
        (r#""arn:aws:iam::123456789012:root""#, false),
        ("{}", false),
        (r#"{"AWS":[]}"#, false),
        (r#"{"AWS":"12345678901"}"#, false),
        (r#"{"AWS":"arn:aws:iam::123456789012:user/*"}"#, false),
        (r#"{"AWS":"arn:aws:iam::123456789012:group/g"}"#, false),
        (r#"{"AWS":"arn:aws:iam::123456789012:role/"}"#, false),
        (r#"{"AWS":"arn:aws:iam:us-east-1:123456789012:role/r"}"#, false),
        (r#"{"AWS":"arn:aws:sts::123456789012:assumed-role/r"}"#, false),
        (r#"{"AWS":"arn:aws:s3:::b"}"#, false),
        (r#"{"Service":"kms"}"#, false),
        (r#"{"Service":"*"}"#, false),
        (r#"{"Federated":"arn:aws:iam::123456789012:user/u"}"#, false),
        (r#"{"CanonicalUser":""}"#, false),
        (r#"{"Other":"x"}"#, false),
    ] {
        for element in ["Principal", "NotPrincipal"] {
            let text = format!(
                r#"{{"Version":"2012-10-17","Statement":{}}}"#,
                statement(&format!(r#""{element}":{block}"#))
            );
            let parsed = Policy::parse(&text, Resource);
            assert_eq!(parsed.is_ok(), valid, "{text}: {parsed:?}");
        }
    }
    let bad = r#"{"AWS":"arn:aws:s3:::b"}"#;
    let text = format!(r#"{{"Effect":"Allow","Principal":{bad},"Action":"sts:AssumeRole"}}"#);
    assert_eq!(refusal(Trust, &text), r#"Invalid principal in policy: "AWS":"arn:aws:s3:::b""#);
}

#[test]
fn trust_policies() {
    let trust = |elements: &str| refusal(Trust, &format!(r#"{{"Effect":"Allow",{elements}}}"#));
    let ec2 = r#""Principal":{"Service":"ec2.amazonaws.com"}"#;
    assert_eq!(trust(&format!(r#"{ec2},"Action":"sts:AssumeRole""#)), "");
    assert_eq!(trust(&format!(r#"{ec2},"Action":["sts:AssumeRole","sts:TagSession"]"#)), "");
    assert_eq!(trust(&format!(r#"{ec2},"Action":"sts:*""#)), "");
    assert_eq!(trust(&format!(r#"{ec2},"Action":"s3:GetObject""#)), TRUST_ACTIONS);
    assert_eq!(trust(&format!(r#"{ec2},"Action":"*""#)), TRUST_ACTIONS);
    assert_eq!(trust(&format!(r#"{ec2},"Action":"sts:Unknown""#)), TRUST_ACTIONS);
    assert_eq!(trust(r#""Action":"sts:AssumeRole""#), "Missing required field Principal");
    assert_eq!(trust(r#""Action":"s3:*","Resource":"*""#), "Has prohibited field Resource");
    assert_eq!(
        trust(&format!(r#"{ec2},"Action":"sts:AssumeRole","NotResource":"*""#)),
        "Has prohibited field Resource"
    );
    assert_eq!(trust(ec2), NO_ACTIONS);
    assert_eq!(refusal_of_text(Trust, "nonsense"), "This policy contains invalid Json");
    let older = format!(
        r#"{{"Version":"2008-10-17","Statement":{{"Effect":"Allow",{ec2},"Action":"sts:AssumeRole"}}}}"#
    );
    assert_eq!(refusal_of_text(Trust, &older), "");
}

#[test]
fn resource_and_endpoint_policies() {
    for kind in [Resource, VpcEndpoint] {
        assert_eq!(refusal(kind, &statement(r#""Principal":"*""#)), "");
        assert_eq!(refusal(kind, &statement("")), "Missing required field Principal");
        assert_eq!(
            refusal(kind, &statement(r#""Principal":"*","Resource":"bucket""#)),
            "Resource bucket must be in ARN format or \"*\"."
        );
    }
}

#[test]
fn organization_policies() {
    assert_eq!(refusal(Scp, &statement(r#""NotAction":"s3:*","Condition":{"Bool":{"a":"true"}}"#)), "");
    assert_eq!(refusal(Scp, &statement(r#""Principal":"*""#)), ORGANIZATIONS);
    assert_eq!(refusal(Scp, r#"{"Effect":"Deny","Action":"s3:*"}"#), ORGANIZATIONS);
    assert_eq!(refusal_of_text(Scp, "{"), ORGANIZATIONS);
    let full = r#""Effect":"Allow","Principal":"*","Action":"*","Resource":"*""#;
    assert_eq!(refusal(Rcp, &statement(full)), "");
    assert_eq!(refusal(Rcp, &statement(r#""Effect":"Deny","Principal":"*""#)), "");
    for elements in [
        r#""Effect":"Allow","Principal":"*""#,
        r#""Effect":"Deny""#,
        r#""Effect":"Deny","Principal":{"AWS":"123456789012"}"#,
        r#""Effect":"Deny","NotPrincipal":"*""#,
        r#""Effect":"Deny","Principal":"*","Action":"*""#,
        r#""Effect":"Deny","Principal":"*","NotAction":"s3:*""#,
    ] {
        assert_eq!(refusal(Rcp, &statement(elements)), ORGANIZATIONS, "{elements}");
    }
    assert_eq!(refusal(Rcp, &format!("[{},{}]", statement(full), statement(full))), ORGANIZATIONS);
    let older = format!(r#"{{"Version":"2008-10-17","Statement":{}}}"#, statement(full));
    assert_eq!(refusal_of_text(Rcp, &older), ORGANIZATIONS);
}

#[test]
fn what_a_policy_tells() {
    let text = r#"{"Version":"2012-10-17","Id":"mine","Statement":[
        {"Sid":"One","Effect":"Deny","NotPrincipal":{"AWS":"123456789012"},"Action":"s3:*",
         "Resource":"arn:aws:s3:::b/${aws:PrincipalTag/Home}/${AWS:username}",
         "Condition":{"StringEquals":{"aws:SourceVpc":"${aws:userid, 'x'}"},"Null":{"AWS:SOURCEVPC":"false"}}},
        {"Sid":"","Effect":"Allow","Principal":{"Service":"kms.amazonaws.com"},"Action":"s3:*","Resource":"*"}]}"#;
    let policy = Policy::parse(text, Resource).unwrap();
    assert_eq!((policy.kind(), policy.id()), (Resource, Some("mine")));
    let keys = policy.context_keys();
    assert_eq!(keys.len(), 4, "{keys:?}");
    for key in ["aws:PrincipalTag/Home", "AWS:username", "aws:userid"] {
        assert!(keys.contains(&key), "{keys:?}");
    }
    let [one, two] = policy.statements() else { panic!("two statements") };
    assert_eq!(
        (one.sid(), one.effect(), two.sid(), two.effect()),
        (Some("One"), Effect::Deny, None, Effect::Allow)
    );
    let named: Vec<_> = policy.principals().collect();
    assert!(matches!(named.as_slice(), [NamedPrincipal::Account(_), NamedPrincipal::Service(_)]));
    assert!(!policy.is_public());
    let open = r#"{"Statement":{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}}"#;
    assert!(Policy::parse(open, Resource).unwrap().is_public());
    let fault = Policy::parse(open, Identity).unwrap_err();
    assert_eq!((fault.fault(), fault.message()), (Fault::Principal, PRINCIPAL));
}
