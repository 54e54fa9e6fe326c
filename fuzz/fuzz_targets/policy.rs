//! Policies: a byte that picks the kind, then the document. What parses decides, the same each time.
#![no_main]

use bastide_fuzz::cost;
use bastide_ids::AccountId;
use bastide_policy::{
    Attached, ContextMap, Layers, Policy, PolicyKind, Principal, Request, ResourceRule, decide, simulate,
};
use libfuzzer_sys::fuzz_target;

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
const RESOURCES: [&str; 3] = ["arn:aws:s3:::bucket/some/long/key/name", "*", "not an arn"];

fuzz_target!(|data: &[u8]| {
    let Some((pick, text)) = data.split_first() else { return };
    let Ok(text) = str::from_utf8(text) else { return };
    let kind = KINDS[usize::from(*pick) % KINDS.len()];
    let parsed = cost::held("parsing", || Policy::parse(text, kind));
    assert_eq!(parsed, Policy::parse(text, kind));
    match parsed {
        Ok(policy) => cost::held("deciding", || use_it(policy, text)),
        Err(refusal) => assert!(!refusal.to_string().is_empty()),
    }
});

fn use_it(policy: Policy, text: &str) {
    let lines = text.lines().count() + 1;
    for statement in policy.statements() {
        let (start, end) = statement.span();
        let ordered = (start.line, start.column) < (end.line, end.column);
        assert!(ordered && start.line > 0 && end.line as usize <= lines, "{start:?} {end:?}");
    }
    let keys = policy.context_keys();
    assert!(keys.iter().all(|key| text.contains(*key) || text.contains('\\')), "{keys:?}");
    let _ = (policy.principals().count(), policy.is_public(), policy.id(), policy.kind());
    let allow = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
    let all = [Attached::new("all", Policy::parse(allow, PolicyKind::Identity).expect("a policy"))];
    let kind = policy.kind();
    let one = [Attached::new("one", policy)];
    let levels = [one.to_vec()];
    for rule in [ResourceRule::Standard, ResourceRule::ResourceMustTrust] {
        let mut layers = Layers { identity: &all, rule, ..Layers::default() };
        match kind {
            PolicyKind::Identity | PolicyKind::Managed => layers.identity = &one,
            PolicyKind::Resource | PolicyKind::Trust => layers.resource = one.first(),
            PolicyKind::Boundary => layers.boundary = one.first(),
            PolicyKind::Session => layers.session = Some(&one),
            PolicyKind::Scp => layers.service_control = &levels,
            PolicyKind::Rcp => layers.resource_control = &levels,
            PolicyKind::VpcEndpoint => layers.vpc_endpoint = one.first(),
        }
        for principal in principals() {
            for resource in RESOURCES {
                ask(&principal, resource, &layers);
            }
        }
    }
}

fn ask(principal: &Principal, resource: &str, layers: &Layers<'_>) {
    let mut context = ContextMap::new()
        .with("aws:SourceIp", "10.1.2.3")
        .with("aws:CurrentTime", "2026-11-21T09:30:00Z")
        .with("aws:SecureTransport", "true")
        .with("a", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab")
        .with("n", "3")
        .with("arn", "arn:aws:iam::111122223333:role/reader");
    context.set("many", ["a", "b*", "", "${aws:username}", "2001:db8::1"]);
    let request =
        Request { principal, action: "s3:GetObject", resource, resource_account: None, context: &context };
    let decision = decide(&request, layers);
    assert_eq!(decision, decide(&request, layers));
    assert_eq!(decision, simulate(&request, layers).decision);
    assert_eq!(decision.message(&request).is_none(), decision.is_allowed());
    // Nothing more is needed to allow, so a denial everywhere must still deny.
    let deny = r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"s3:*","Resource":"*"}}"#;
    let deny = Attached::new("deny", Policy::parse(deny, PolicyKind::Identity).expect("a policy"));
    let denied = [layers.identity, &[deny]].concat();
    let denied = decide(&request, &Layers { identity: &denied, ..*layers });
    let identity = !matches!(principal, Principal::Anonymous | Principal::Service { .. });
    assert!(!(identity && denied.is_allowed()), "a denial that does not deny: {denied:?}");
}

fn principals() -> [Principal; 4] {
    let account = AccountId::from_number(111_122_223_333);
    [
        Principal::User {
            account,
            arn: format!("arn:aws:iam::{account}:user/team/alice"),
            name: "alice".into(),
            id: "AIDAALICE0000000000000".into(),
        },
        Principal::AssumedRole {
            account,
            role_arn: format!("arn:aws:iam::{account}:role/path/reader"),
            session_arn: format!("arn:aws:sts::{account}:assumed-role/reader/bob"),
            role_id: "AROAREADER000000000000".into(),
            user_id: "AROAREADER000000000000:bob".into(),
        },
        Principal::Service { name: "cloudtrail.amazonaws.com".into() },
        Principal::Anonymous,
    ]
}
