use bastide_policy::{
    Attached, ContextMap, Layers, Policy, PolicyKind, Principal, Request, ResourceRule, decide, simulate,
};
use proptest::prelude::*;

use crate::support::{OTHER, OWN, account, federated_user, role_session, root, service, user};

const KINDS: [PolicyKind; 9] = [
    PolicyKind::Identity,
    PolicyKind::Managed,
    PolicyKind::Resource,
    PolicyKind::Trust,
    PolicyKind::Boundary,
    PolicyKind::Session,
    PolicyKind::Scp,
    PolicyKind::Rcp,
    PolicyKind::VpcEndpoint,
];

fn one_of(choices: &'static [&'static str]) -> impl Strategy<Value = String> {
    proptest::sample::select(choices).prop_map(str::to_owned)
}

fn action() -> impl Strategy<Value = String> {
    one_of(&["s3:Get*", "s3:GetObject", "S3:*", "*", "kms:*", "*:Get?bject", "s3:PutObject"])
}

fn resource() -> impl Strategy<Value = String> {
    one_of(&[
        "*",
        "arn:aws:s3:::bucket/*",
        "arn:aws:s3:::bucket/key",
        "arn:aws:s3:::${aws:username}/*",
        "arn:aws:s3:::${no:such, 'bucket'}/k?y",
        "arn:aws:s3:::${no:such}/*",
        "arn:aws:kms:*:*:key/*",
    ])
}

fn condition() -> impl Strategy<Value = String> {
    one_of(&[
        "{}",
        r#"{"StringEquals":{"a:b":"x"}}"#,
        r#"{"StringNotEqualsIfExists":{"a:b":["x","${aws:username}"]}}"#,
        r#"{"ForAllValues:StringLike":{"a:b":"x*"},"Null":{"a:c":"true"}}"#,
        r#"{"ForAnyValue:ArnNotLike":{"a:b":"arn:aws:s3:::*"}}"#,
        r#"{"NumericLessThan":{"a:c":5},"Bool":{"aws:PrincipalIsAWSService":false}}"#,
        r#"{"NotIpAddress":{"a:c":"10.0.0.0/8"},"DateGreaterThan":{"a:b":"2020"}}"#,
    ])
}

fn principal_element() -> impl Strategy<Value = String> {
    one_of(&[
        r#""Principal":"*""#,
        r#""Principal":{"AWS":"111122223333"}"#,
        r#""Principal":{"AWS":"arn:aws:iam::111122223333:user/team/alice"}"#,
        r#""Principal":{"AWS":["444455556666","arn:aws:iam::111122223333:role/path/reader"]}"#,
        r#""Principal":{"Service":"cloudtrail.amazonaws.com"}"#,
        r#""NotPrincipal":{"AWS":"111122223333"}"#,
    ])
}

/// A statement without its effect, for a kind with or without principals.
fn statement_body(with_principal: bool) -> impl Strategy<Value = String> {
    let names = (any::<bool>(), proptest::collection::vec(action(), 1..3));
    let resources = (any::<bool>(), proptest::collection::vec(resource(), 1..3));
    (names, resources, condition(), principal_element()).prop_map(
        move |(actions, resources, condition, principal)| {
            let list = |(not, names): (bool, Vec<String>), element: &str| {
                let names = names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(",");
                format!(r#""{}{element}":[{names}]"#, if not { "Not" } else { "" })
            };
            let principal = if with_principal { format!(",{principal}") } else { String::new() };
            let (actions, resources) = (list(actions, "Action"), list(resources, "Resource"));
            format!(r#"{actions},{resources},"Condition":{condition}{principal}"#)
        },
    )
}

fn statements(with_principal: bool) -> impl Strategy<Value = Vec<String>> {
    let effect = proptest::sample::select(&["Allow", "Allow", "Allow", "Deny"][..]);
    let statement = (effect, statement_body(with_principal))
        .prop_map(|(effect, body)| format!(r#"{{"Effect":"{effect}",{body}}}"#));
    proptest::collection::vec(statement, 1..4)
}

fn parsed(kind: PolicyKind, statements: &[String]) -> Attached {
    let text = format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(","));
    Attached::new("p", Policy::parse(&text, kind).unwrap_or_else(|refusal| panic!("{refusal}: {text}")))
}

fn caller() -> impl Strategy<Value = Principal> {
    let callers = vec![user(), role_session(), federated_user(), root(), service(), Principal::Anonymous];
    proptest::sample::select(callers)
}

fn context() -> impl Strategy<Value = ContextMap> {
    let value = one_of(&["x", "xy", "3", "10.1.2.3", "arn:aws:s3:::b", "2026-01-01", ""]);
    (proptest::option::of(proptest::collection::vec(value.boxed(), 0..3)), any::<bool>()).prop_map(
        |(values, other)| {
            let mut context = ContextMap::new();
            if let Some(values) = values {
                context.set("A:B", values);
            }
            if other {
                context.set("a:c", ["3"]);
            }
            context
        },
    )
}

/// The statements of each layer.
#[derive(Clone, Debug)]
struct Texts {
    identity: Vec<String>,
    boundary: Option<Vec<String>>,
    session: Option<Vec<String>>,
    control: Option<Vec<String>>,
    endpoint: Option<Vec<String>>,
    resource: Option<Vec<String>>,
    must_trust: bool,
    cross_account: bool,
}

fn texts() -> impl Strategy<Value = Texts> {
    let maybe = |with_principal| proptest::option::of(statements(with_principal));
    let layers = (statements(false), maybe(false), maybe(false), maybe(false), maybe(true), maybe(true));
    (layers, any::<bool>(), any::<bool>()).prop_map(|(layers, must_trust, cross_account)| {
        let (identity, boundary, session, control, endpoint, resource) = layers;
        Texts { identity, boundary, session, control, endpoint, resource, must_trust, cross_account }
    })
}

impl Texts {
    fn is_allowed(&self, caller: &Principal, context: &ContextMap) -> bool {
        let identity = [parsed(PolicyKind::Identity, &self.identity)];
        let parse = |kind, texts: &Option<Vec<String>>| texts.as_ref().map(|texts| parsed(kind, texts));
        let boundary = parse(PolicyKind::Boundary, &self.boundary);
        let session = parse(PolicyKind::Session, &self.session);
        let control: Vec<Vec<Attached>> =
            parse(PolicyKind::Scp, &self.control).map(|policy| vec![policy]).into_iter().collect();
        let endpoint = parse(PolicyKind::VpcEndpoint, &self.endpoint);
        let resource = parse(PolicyKind::Resource, &self.resource);
        let rule = if self.must_trust { ResourceRule::ResourceMustTrust } else { ResourceRule::Standard };
        let layers = Layers {
            identity: &identity,
            boundary: boundary.as_ref(),
            session: session.as_ref().map(std::slice::from_ref),
            service_control: &control,
            resource_control: &[],
            vpc_endpoint: endpoint.as_ref(),
            resource: resource.as_ref(),
            rule,
            grant: None,
        };
        let request = Request {
            principal: caller,
            action: "s3:GetObject",
            resource: "arn:aws:s3:::bucket/key",
            resource_account: Some(account(if self.cross_account { OTHER } else { OWN })),
            context,
        };
        let decision = decide(&request, &layers);
        assert_eq!(simulate(&request, &layers).decision, decision);
        decision.is_allowed()
    }

    /// The same with one statement more in a layer, where that layer exists.
    fn and(mut self, layer: usize, effect: &str, principal: bool) -> Self {
        let principal = if principal { r#","Principal":"*""# } else { "" };
        let statement = format!(r#"{{"Effect":"{effect}","Action":"s3:*","Resource":"*"{principal}}}"#);
        match layer {
            0 => self.identity.push(statement),
            1 => self.boundary.iter_mut().for_each(|texts| texts.push(statement.clone())),
            2 => self.session.iter_mut().for_each(|texts| texts.push(statement.clone())),
            3 => self.control.iter_mut().for_each(|texts| texts.push(statement.clone())),
            4 => self.endpoint.iter_mut().for_each(|texts| texts.push(statement.clone())),
            _ => self.resource.iter_mut().for_each(|texts| texts.push(statement.clone())),
        }
        self
    }

    fn has(&self, layer: usize) -> bool {
        let layers = [&self.boundary, &self.session, &self.control, &self.endpoint, &self.resource];
        layer == 0 || layers[layer - 1].is_some()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_denial_always_wins(texts in texts(), caller in caller(), context in context(), layer in 0..6_usize) {
        prop_assume!(texts.has(layer));
        prop_assert!(!texts.and(layer, "Deny", layer > 3).is_allowed(&caller, &context));
    }

    #[test]
    fn one_more_allowance_never_denies(
        texts in texts(), caller in caller(), context in context(), layer in 0..6_usize,
    ) {
        if texts.is_allowed(&caller, &context) {
            prop_assert!(texts.and(layer, "Allow", layer > 3).is_allowed(&caller, &context));
        }
    }

    #[test]
    fn nothing_is_allowed_without_an_allowance(
        texts in texts(), caller in caller(), context in context(),
    ) {
        prop_assume!(!matches!(caller, Principal::Root { .. }));
        let mut denying = texts;
        let allows = |statement: &String| !statement.contains(r#""Allow""#);
        denying.identity.retain(allows);
        denying.resource.iter_mut().for_each(|texts| texts.retain(allows));
        let silent = r#"{"Effect":"Allow","Action":"none:*","Resource":"*"}"#;
        denying.identity.push(silent.to_owned());
        if let Some(texts) = &mut denying.resource {
            texts.push(silent.replace('}', r#","Principal":"*"}"#));
        }
        prop_assert!(!denying.is_allowed(&caller, &context));
    }

    #[test]
    fn parsing_never_panics_on_text(text in "\\PC{0,200}", kind in proptest::sample::select(&KINDS[..])) {
        let _ = Policy::parse(&text, kind);
    }

    #[test]
    fn parsing_never_panics_on_json(json in json(), kind in proptest::sample::select(&KINDS[..])) {
        let _ = Policy::parse(&json, kind);
    }

    #[test]
    fn parsing_never_panics_on_a_damaged_policy(
        texts in statements(true), at in any::<proptest::sample::Index>(), with in "\\PC?",
        kind in proptest::sample::select(&KINDS[..]),
    ) {
        let mut text: Vec<char> =
            format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, texts.join(",")).chars().collect();
        let at = at.index(text.len());
        text.splice(at..=at, with.chars());
        let _ = Policy::parse(&text.into_iter().collect::<String>(), kind);
    }
}

/// JSON that looks like a policy from afar.
fn json() -> impl Strategy<Value = String> {
    let word = one_of(&[
        "Version",
        "2012-10-17",
        "Statement",
        "Effect",
        "Allow",
        "Action",
        "Resource",
        "Principal",
        "AWS",
        "*",
        "Condition",
        "StringLike",
        "ForAllValues:DateLessThan",
        "IpAddress",
        "s3:*",
        "arn:aws:s3:::${a}",
        "Sid",
        "${",
        "arn:",
        "é:\u{1F600}",
        "Null",
        "NotAction",
        "NotPrincipal",
        "1.2.3.4/99",
        "-",
        "t",
    ])
    .boxed();
    let leaf = prop_oneof![
        word.clone().prop_map(|word| format!("\"{word}\"")),
        Just("null".to_owned()),
        Just("true".to_owned()),
        any::<f64>().prop_filter("JSON has no such number", |n| n.is_finite()).prop_map(|n| n.to_string()),
    ];
    leaf.prop_recursive(6, 60, 6, move |inner| {
        let entry = (word.clone(), inner.clone()).prop_map(|(key, value)| format!("\"{key}\":{value}"));
        prop_oneof![
            proptest::collection::vec(inner, 0..4).prop_map(|list| format!("[{}]", list.join(","))),
            proptest::collection::vec(entry, 0..6).prop_map(|map| format!("{{{}}}", map.join(","))),
        ]
    })
}
