use bastide_policy::{
    Attached, ContextMap, ContextSource, Decision, Grant, Layer, Layers, PolicyKind, Principal, Request,
    ResourceRule, Values, decide,
};

use crate::support::{
    BUCKET, OTHER, OWN, account, allows, attached, federated_user, policy, request, role_session, root,
    service, user,
};

const ALLOW: &str = r#"{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}"#;
const DENY: &str = r#"{"Sid":"No","Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::bucket/*"}"#;
const OTHERWISE: &str = r#"{"Effect":"Allow","Action":"s3:Put*","Resource":"*"}"#;

/// A resource policy's statement for a principal, written as JSON.
fn named(effect: &str, principal: &str) -> String {
    format!(r#"{{"Effect":"{effect}","Principal":{principal},"Action":"s3:*","Resource":"*"}}"#)
}

fn aws(name: &str) -> String {
    format!(r#"{{"AWS":"{name}"}}"#)
}

fn resource_policy(principal: &str) -> Attached {
    attached("bucket", PolicyKind::Resource, &named("Allow", principal))
}

/// What a layer says in the exhaustive test.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Says {
    Absent,
    Allow,
    Nothing,
    Deny,
}

const SAYS: [Says; 4] = [Says::Absent, Says::Allow, Says::Nothing, Says::Deny];

/// How the resource's policy names the caller.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Names {
    Absent,
    Account,
    Role,
    Caller,
    Everyone,
    Deny,
}

const NAMES: [Names; 6] =
    [Names::Absent, Names::Account, Names::Role, Names::Caller, Names::Everyone, Names::Deny];

/// The policies of the exhaustive test, made once.
struct Policies {
    says: [Option<Attached>; 4],
    /// The same, for kinds of policies that name principals.
    says_of_everyone: [Option<Attached>; 4],
    /// The same, as the only level of an organization.
    levels: [Vec<Vec<Attached>>; 4],
    names: [Option<Attached>; 6],
}

impl Policies {
    fn of(caller: &Principal) -> Self {
        let said = |says: Says, principal: &str| {
            let statement = match says {
                Says::Absent => return None,
                Says::Allow => ALLOW,
                Says::Nothing => OTHERWISE,
                Says::Deny => DENY,
            };
            Some(statement.replacen('{', &format!("{{{principal}"), 1))
        };
        let identity = |says| said(says, "").map(|text| attached("p", PolicyKind::Identity, &text));
        let everyone = r#""Principal":"*","#;
        let endpoint = |says| said(says, everyone).map(|text| attached("p", PolicyKind::VpcEndpoint, &text));
        let (arn, role) = match caller {
            Principal::AssumedRole { session_arn, role_arn, .. } => (session_arn, role_arn),
            other => (&other.arn().to_owned(), &other.arn().to_owned()),
        };
        let names = NAMES.map(|names| match names {
            Names::Absent => None,
            Names::Account => Some(resource_policy(&aws(OWN))),
            Names::Role => Some(resource_policy(&aws(role))),
            Names::Caller => Some(resource_policy(&aws(arn))),
            Names::Everyone => Some(resource_policy(r#""*""#)),
            Names::Deny => {
                let both = format!("{},{}", named("Allow", r#""*""#), named("Deny", &aws(OWN)));
                Some(attached("bucket", PolicyKind::Resource, &both))
            }
        });
        Self {
            says: SAYS.map(identity),
            says_of_everyone: SAYS.map(endpoint),
            levels: SAYS.map(|says| identity(says).map(|policy| vec![policy]).into_iter().collect()),
            names,
        }
    }
}

/// What the exhaustive test varies.
#[derive(Clone, Copy, Debug)]
struct Case {
    is_role: bool,
    cross_account: bool,
    must_trust: bool,
    identity: Says,
    resource: Names,
    boundary: Says,
    session: Says,
    service_control: Says,
    endpoint: Says,
}

impl Case {
    /// The flow chart of the IAM User Guide, told apart from the code under test.
    fn allowed(&self) -> bool {
        let all = [self.identity, self.boundary, self.session, self.service_control, self.endpoint];
        if all.contains(&Says::Deny) || self.resource == Names::Deny {
            return false;
        }
        let passes = |says: Says| matches!(says, Says::Allow | Says::Absent);
        if !passes(self.service_control) || !passes(self.endpoint) {
            return false;
        }
        let limits = passes(self.boundary) && passes(self.session);
        let identity = self.identity == Says::Allow;
        let resource = self.resource != Names::Absent;
        if self.cross_account {
            return identity && resource && limits;
        }
        let names_role_only = self.is_role && self.resource == Names::Role;
        let names_caller = resource && self.resource != Names::Account && !names_role_only;
        if names_caller {
            return true;
        }
        if names_role_only && limits {
            return true;
        }
        identity && limits && (resource || !self.must_trust)
    }
}

#[test]
fn every_combination_of_layers() {
    for is_role in [false, true] {
        let caller = if is_role { role_session() } else { user() };
        let policies = Policies::of(&caller);
        let mut allowed = 0;
        for number in 0..(2 * 2 * 4 * 6 * 4 * 4 * 4 * 4) {
            let mut rest = number;
            let mut take = |base: usize| {
                let digit = rest % base;
                rest /= base;
                digit
            };
            let [cross_account, must_trust] = [take(2) == 1, take(2) == 1];
            let [identity, boundary, session, control, endpoint] = [(); 5].map(|()| take(4));
            let resource = take(6);
            let case = Case {
                is_role,
                cross_account,
                must_trust,
                identity: SAYS[identity],
                resource: NAMES[resource],
                boundary: SAYS[boundary],
                session: SAYS[session],
                service_control: SAYS[control],
                endpoint: SAYS[endpoint],
            };
            let rule = if must_trust { ResourceRule::ResourceMustTrust } else { ResourceRule::Standard };
            let layers = Layers {
                identity: policies.says[identity].as_slice(),
                boundary: policies.says[boundary].as_ref(),
                session: policies.says[session].as_ref().map(std::slice::from_ref),
                service_control: &policies.levels[control],
                vpc_endpoint: policies.says_of_everyone[endpoint].as_ref(),
                resource: policies.names[resource].as_ref(),
                rule,
                ..Layers::default()
            };
            let owner = account(if cross_account { OTHER } else { OWN });
            let request = Request { resource_account: Some(owner), ..request(&caller, &()) };
            let decision = decide(&request, &layers);
            assert_eq!(decision.is_allowed(), case.allowed(), "{case:?}: {decision:?}");
            let denied = matches!(decision, Decision::ExplicitDeny { .. });
            let all = [case.identity, case.boundary, case.session, case.service_control, case.endpoint];
            assert_eq!(denied, all.contains(&Says::Deny) || case.resource == Names::Deny, "{case:?}");
            allowed += usize::from(decision.is_allowed());
        }
        assert!(allowed > 100, "the table must not be all denials: {allowed}");
    }
}

/// The layer that denies when the identity policy allows and other layers stand beside it.
fn beside_identity(layers: Layers<'_>) -> Option<Layer> {
    let identity = [attached("mine", PolicyKind::Identity, ALLOW)];
    let caller = role_session();
    match decide(&request(&caller, &()), &Layers { identity: &identity, ..layers }) {
        Decision::Allow { .. } => None,
        Decision::ImplicitDeny { layer } => Some(layer),
        Decision::ExplicitDeny { by } => Some(by.layer),
    }
}

#[test]
fn every_level_of_an_organization_must_allow() {
    let level = |statement: &str| vec![attached("p", PolicyKind::Scp, statement)];
    let both = vec![attached("full", PolicyKind::Scp, ALLOW), attached("guard", PolicyKind::Scp, DENY)];
    let everyone = |effect| named(effect, r#""*""#);
    let full = r#"{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}"#;
    let rcp = |statement: &str| attached("p", PolicyKind::Rcp, statement);
    let scps: [(Vec<Vec<Attached>>, Option<Layer>); 5] = [
        (vec![level(ALLOW), level(ALLOW)], None),
        (vec![level(ALLOW), level(OTHERWISE)], Some(Layer::ServiceControl)),
        (vec![level(OTHERWISE), level(ALLOW)], Some(Layer::ServiceControl)),
        (vec![level(ALLOW), vec![]], Some(Layer::ServiceControl)),
        (vec![level(ALLOW), both], Some(Layer::ServiceControl)),
    ];
    for (levels, expected) in &scps {
        assert_eq!(
            beside_identity(Layers { service_control: levels, ..Layers::default() }),
            *expected,
            "{levels:?}"
        );
    }
    let rcps = [
        (vec![vec![rcp(full)], vec![rcp(full)]], None),
        (vec![vec![rcp(full)], vec![]], Some(Layer::ResourceControl)),
        (vec![vec![rcp(full), rcp(&everyone("Deny"))]], Some(Layer::ResourceControl)),
    ];
    for (levels, expected) in &rcps {
        assert_eq!(
            beside_identity(Layers { resource_control: levels, ..Layers::default() }),
            *expected,
            "{levels:?}"
        );
    }
}

#[test]
fn a_session_without_policies_is_not_a_session_with_none() {
    assert_eq!(beside_identity(Layers::default()), None);
    assert_eq!(beside_identity(Layers { session: Some(&[]), ..Layers::default() }), Some(Layer::Session));
}

#[test]
fn who_a_resource_policy_names() {
    let role = format!("arn:aws:iam::{OWN}:role/path/reader");
    let session = format!("arn:aws:sts::{OWN}:assumed-role/reader/bob");
    let federated = format!("arn:aws:sts::{OWN}:federated-user/carol");
    let alice = format!("arn:aws:iam::{OWN}:user/team/alice");
    let own_root = format!("arn:aws:iam::{OWN}:root");
    let trail = r#"{"Service":["ec2.amazonaws.com","cloudtrail.amazonaws.com"]}"#;
    let google = Principal::Federated { provider: "accounts.google.com".into(), subject: "s".into() };
    let by_google = r#"{"Federated":"accounts.google.com"}"#;
    let cases: [(Principal, &str, bool); 25] = [
        (user(), &aws(&alice), true),
        (user(), &aws("AIDAALICE0000000000000"), true),
        (user(), &aws(&own_root), false),
        (user(), &aws(OWN), false),
        (user(), &aws("*"), true),
        (user(), r#""*""#, true),
        (user(), &aws(&format!("arn:aws:iam::{OWN}:user/alice")), false),
        (user(), trail, false),
        (role_session(), &aws(&role), true),
        (role_session(), &aws(&session), true),
        (role_session(), &aws("AROAREADER000000000000"), true),
        (role_session(), &aws(&format!("arn:aws:sts::{OWN}:assumed-role/reader/eve")), false),
        (federated_user(), &aws(&federated), true),
        (federated_user(), &aws(&alice), true),
        (federated_user(), &aws(OWN), false),
        (root(), &aws(&own_root), true),
        (root(), &aws(OWN), true),
        (root(), &aws(OTHER), false),
        (service(), trail, true),
        (service(), r#"{"Service":"s3.amazonaws.com"}"#, false),
        (service(), r#""*""#, true),
        (Principal::Anonymous, r#""*""#, true),
        (Principal::Anonymous, &aws(OWN), false),
        (google.clone(), by_google, true),
        (google, &aws(OWN), false),
    ];
    for (caller, principal, expected) in cases {
        let resource = resource_policy(principal);
        let layers =
            Layers { resource: Some(&resource), rule: ResourceRule::ResourceMustTrust, ..Layers::default() };
        let decision = decide(&request(&caller, &()), &layers);
        assert_eq!(decision.is_allowed(), expected, "{caller:?} {principal}: {decision:?}");
    }
}

struct Canonical;

impl ContextSource for Canonical {
    fn values(&self, _key: &str) -> Option<Values<'_>> {
        None
    }

    fn canonical_user(&self) -> Option<&str> {
        Some("79a59df900b949e5")
    }
}

#[test]
fn canonical_users() {
    for (id, expected) in [("79a59df900b949e5", true), ("79a59df900b949e6", false)] {
        let resource = resource_policy(&format!(r#"{{"CanonicalUser":"{id}"}}"#));
        let user = user();
        let request = Request { context: &Canonical, ..request(&user, &()) };
        let layers = Layers { resource: Some(&resource), ..Layers::default() };
        assert_eq!(decide(&request, &layers).is_allowed(), expected);
    }
}

#[test]
fn not_principal() {
    let everyone = named("Allow", r#""*""#);
    let decide_with = |caller: &Principal, effect: &str, spared: &[String]| {
        let names = spared.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(",");
        let statement =
            named(effect, &format!(r#"{{"AWS":[{names}]}}"#)).replace("Principal", "NotPrincipal");
        let statements = if effect == "Deny" { format!("{everyone},{statement}") } else { statement };
        let resource = attached("bucket", PolicyKind::Resource, &statements);
        decide(&request(caller, &()), &Layers { resource: Some(&resource), ..Layers::default() }).is_allowed()
    };
    let account = OWN.to_owned();
    let alice = format!("arn:aws:iam::{OWN}:user/team/alice");
    let role = format!("arn:aws:iam::{OWN}:role/path/reader");
    let session = format!("arn:aws:sts::{OWN}:assumed-role/reader/bob");
    // A denial spares only who is named with everything that they are.
    assert!(decide_with(&user(), "Deny", &[account.clone(), alice.clone()]));
    assert!(!decide_with(&user(), "Deny", std::slice::from_ref(&alice)));
    assert!(!decide_with(&user(), "Deny", std::slice::from_ref(&account)));
    assert!(decide_with(&role_session(), "Deny", &[account.clone(), role.clone(), session.clone()]));
    assert!(!decide_with(&role_session(), "Deny", &[account.clone(), role.clone()]));
    assert!(!decide_with(&role_session(), "Deny", &[account.clone(), session.clone()]));
    assert!(decide_with(&root(), "Deny", std::slice::from_ref(&account)));
    assert!(!decide_with(&service(), "Deny", std::slice::from_ref(&account)));
    assert!(!decide_with(&Principal::Anonymous, "Deny", std::slice::from_ref(&account)));
    // An allowance excludes whoever is named with anything that they are.
    assert!(!decide_with(&user(), "Allow", std::slice::from_ref(&account)));
    assert!(!decide_with(&role_session(), "Allow", &[role]));
    assert!(decide_with(&user(), "Allow", &[OTHER.to_owned()]));
}

#[test]
fn the_most_direct_statement_counts() {
    let caller = user();
    let both = [named("Allow", &aws(OWN)), named("Allow", &aws(caller.arn()))];
    for statements in [format!("{},{}", both[0], both[1]), format!("{},{}", both[1], both[0])] {
        let resource = attached("bucket", PolicyKind::Resource, &statements);
        let layers = Layers { resource: Some(&resource), ..Layers::default() };
        assert!(decide(&request(&caller, &()), &layers).is_allowed(), "{statements}");
    }
}

#[test]
fn the_first_layer_that_lacks_an_allowance_is_named() {
    let identity = [attached("mine", PolicyKind::Identity, ALLOW)];
    let narrow = attached("narrow", PolicyKind::Boundary, OTHERWISE);
    let silent = [vec![attached("silent", PolicyKind::Scp, OTHERWISE)]];
    let caller = user();
    let own = request(&caller, &());
    let foreign = Request { resource_account: Some(account(OTHER)), ..own };
    let layer = |request: &Request<'_>, layers: Layers<'_>| match decide(request, &layers) {
        Decision::ImplicitDeny { layer } => layer,
        other => panic!("{other:?}"),
    };
    let none = Layers::default();
    let limited = Layers { identity: &identity, boundary: Some(&narrow), ..none };
    let must_trust = Layers { rule: ResourceRule::ResourceMustTrust, ..limited };
    assert_eq!(layer(&own, none), Layer::Identity);
    assert_eq!(layer(&foreign, none), Layer::Identity);
    assert_eq!(layer(&own, limited), Layer::Boundary);
    assert_eq!(layer(&foreign, limited), Layer::Resource);
    assert_eq!(layer(&own, must_trust), Layer::Resource);
    assert_eq!(layer(&own, Layers { session: Some(&[]), identity: &identity, ..none }), Layer::Session);
    assert_eq!(layer(&own, Layers { service_control: &silent, ..must_trust }), Layer::ServiceControl);
}

#[test]
fn the_root_user_needs_no_identity_policy() {
    let root = root();
    let own = request(&root, &());
    let decision = decide(&own, &Layers::default());
    assert!(matches!(decision, Decision::Allow { by } if by.policy == "root" && by.statement.is_none()));
    let scp = [vec![attached("guard", PolicyKind::Scp, OTHERWISE)]];
    assert!(!decide(&own, &Layers { service_control: &scp, ..Layers::default() }).is_allowed());
    let denies = attached("bucket", PolicyKind::Resource, &named("Deny", r#""*""#));
    assert!(!decide(&own, &Layers { resource: Some(&denies), ..Layers::default() }).is_allowed());
    let must_trust = Layers { rule: ResourceRule::ResourceMustTrust, ..Layers::default() };
    assert_eq!(decide(&own, &must_trust), Decision::ImplicitDeny { layer: Layer::Resource });
    // In another account the resource must allow too.
    let foreign = Request { resource_account: Some(account(OTHER)), ..own };
    assert_eq!(decide(&foreign, &Layers::default()), Decision::ImplicitDeny { layer: Layer::Resource });
    let trusts = resource_policy(&aws(OWN));
    assert!(decide(&foreign, &Layers { resource: Some(&trusts), ..Layers::default() }).is_allowed());
}

#[test]
fn callers_without_an_account_need_the_resource() {
    let open = resource_policy(r#""*""#);
    for caller in [service(), Principal::Anonymous] {
        for owner in [OWN, OTHER] {
            let request = Request { resource_account: Some(account(owner)), ..request(&caller, &()) };
            assert!(decide(&request, &Layers { resource: Some(&open), ..Layers::default() }).is_allowed());
            let alone = decide(&request, &Layers::default());
            assert_eq!(alone, Decision::ImplicitDeny { layer: Layer::Resource });
        }
    }
}

#[test]
fn grants() {
    let identity = [attached("mine", PolicyKind::Identity, ALLOW)];
    let narrow = attached("limit", PolicyKind::Boundary, OTHERWISE);
    let caller = role_session();
    let own = request(&caller, &());
    let rule = ResourceRule::ResourceMustTrust;
    for to_role in [false, true] {
        let grant = Some(Grant { id: "g-1", to_role });
        let layers = Layers { grant, rule, ..Layers::default() };
        let decision = decide(&own, &layers);
        assert!(matches!(decision, Decision::Allow { by } if by.policy == "g-1" && by.layer == Layer::Grant));
        let limited = decide(&own, &Layers { boundary: Some(&narrow), ..layers });
        assert_eq!(limited.is_allowed(), !to_role);
        let denied = attached("key", PolicyKind::Resource, &named("Deny", &aws(OWN)));
        assert!(!decide(&own, &Layers { resource: Some(&denied), ..layers }).is_allowed());
        let foreign = Request { resource_account: Some(account(OTHER)), ..own };
        assert!(!decide(&foreign, &layers).is_allowed());
        assert!(decide(&foreign, &Layers { identity: &identity, ..layers }).is_allowed());
    }
}

#[test]
fn a_trust_policy_speaks_of_its_role() {
    let trust = |principal: &str| {
        let statement = format!(r#"{{"Effect":"Allow","Principal":{principal},"Action":"sts:AssumeRole"}}"#);
        attached("trust", PolicyKind::Trust, &statement)
    };
    let user = user();
    let assume = Request {
        action: "sts:AssumeRole",
        resource: "arn:aws:iam::111122223333:role/reader",
        resource_account: None,
        ..request(&user, &())
    };
    let must = Layers { rule: ResourceRule::ResourceMustTrust, ..Layers::default() };
    let named = trust(&aws(user.arn()));
    assert!(decide(&assume, &Layers { resource: Some(&named), ..must }).is_allowed());
    let by_account = trust(&aws(OWN));
    assert_eq!(
        decide(&assume, &Layers { resource: Some(&by_account), ..must }),
        Decision::ImplicitDeny { layer: Layer::Identity }
    );
    let other = trust(r#"{"Service":"ec2.amazonaws.com"}"#);
    let refused = decide(&assume, &Layers { resource: Some(&other), ..must });
    assert_eq!(refused, Decision::ImplicitDeny { layer: Layer::Trust });
    let foreign = Request { resource: "arn:aws:iam::444455556666:role/reader", ..assume };
    assert!(!decide(&foreign, &Layers { resource: Some(&named), ..must }).is_allowed());
}

#[test]
fn decisions_name_what_determined_them() {
    let identity = [
        attached("first", PolicyKind::Identity, OTHERWISE),
        attached("second", PolicyKind::Identity, &format!("{OTHERWISE},{ALLOW}")),
    ];
    let user = user();
    let own = request(&user, &());
    let layers = Layers { identity: &identity, ..Layers::default() };
    let by = decide(&own, &layers).determinant().unwrap();
    assert_eq!((by.policy, by.statement, by.sid), ("second", Some(1), None));
    let boundary = attached("limit", PolicyKind::Boundary, DENY);
    let denied = decide(&own, &Layers { boundary: Some(&boundary), ..layers });
    let by = denied.determinant().unwrap();
    assert_eq!((by.layer, by.policy, by.statement, by.sid), (Layer::Boundary, "limit", Some(0), Some("No")));
    assert_eq!(
        denied.message(&own).unwrap(),
        "User: arn:aws:iam::111122223333:user/team/alice is not authorized to perform: s3:GetObject \
         on resource: arn:aws:s3:::bucket/key with an explicit deny in a permissions boundary"
    );
    let list = Request { action: "s3:ListAllMyBuckets", resource: "*", ..own };
    assert_eq!(
        decide(&list, &layers).message(&list).unwrap(),
        "User: arn:aws:iam::111122223333:user/team/alice is not authorized to perform: s3:ListAllMyBuckets \
         because no identity-based policy allows the s3:ListAllMyBuckets action"
    );
    assert_eq!(decide(&own, &layers).message(&own), None);
}

#[test]
fn reasons_in_awss_words() {
    let explicit = [
        (Layer::Identity, "with an explicit deny in an identity-based policy"),
        (Layer::Resource, "with an explicit deny in a resource-based policy"),
        (Layer::Session, "with an explicit deny in a session policy"),
        (Layer::ServiceControl, "with an explicit deny in a service control policy"),
        (Layer::ResourceControl, "with an explicit deny in a resource control policy"),
        (Layer::VpcEndpoint, "with an explicit deny in a VPC endpoint policy"),
        (Layer::Trust, "with an explicit deny in the role trust policy"),
    ];
    for (layer, text) in explicit {
        let by = bastide_policy::Determinant { layer, policy: "p", statement: Some(0), sid: None };
        assert_eq!(Decision::ExplicitDeny { by }.reason("a:B").unwrap().to_string(), text);
    }
    let implicit = [
        (Layer::Identity, "because no identity-based policy allows the a:B action"),
        (Layer::Resource, "because no resource-based policy allows the a:B action"),
        (Layer::Boundary, "because no permissions boundary allows the a:B action"),
        (Layer::Trust, "because no role trust policy allows the a:B action"),
    ];
    for (layer, text) in implicit {
        assert_eq!(Decision::ImplicitDeny { layer }.reason("a:B").unwrap().to_string(), text);
    }
}

#[test]
fn actions() {
    let none = ContextMap::new();
    let cases = [
        (r#""Action":"s3:GetObject""#, "S3:getobject", true),
        (r#""Action":"S3:GETOBJECT""#, "s3:GetObject", true),
        (r#""Action":"s3:Get*""#, "s3:GetObject", true),
        (r#""Action":"s3:*t""#, "s3:GetObject", true),
        (r#""Action":"s3:G?tObject""#, "s3:GetObject", true),
        (r#""Action":"s3:GetObjec""#, "s3:GetObject", false),
        (r#""Action":"*""#, "s3:GetObject", true),
        (r#""Action":"*:*""#, "s3:GetObject", true),
        (r#""Action":["kms:*","s3:GetObject"]"#, "s3:GetObject", true),
        (r#""NotAction":"s3:Get*""#, "s3:GetObject", false),
        (r#""NotAction":"kms:*""#, "s3:GetObject", true),
    ];
    for (element, action, expected) in cases {
        let statement = format!(r#"{{"Effect":"Allow",{element},"Resource":"*"}}"#);
        assert_eq!(allows(&statement, action, BUCKET, &none), expected, "{element} {action}");
    }
    let long = format!("s3:{}", "a".repeat(300));
    assert!(allows(r#"{"Effect":"Allow","Action":"s3:A*","Resource":"*"}"#, &long, BUCKET, &none));
}

#[test]
fn resources() {
    let none = ContextMap::new();
    let key = "arn:aws:kms:us-east-1:111122223333:key/1234";
    let cases = [
        (r#""Resource":"*""#, key, true),
        (r#""Resource":"*""#, "*", true),
        (r#""Resource":"arn:aws:kms:*:111122223333:key/*""#, key, true),
        (r#""Resource":"arn:aws:kms:*:111122223333:key/*""#, "*", false),
        (r#""Resource":"arn:*:kms:us-????-1:*:*/12*4""#, key, true),
        (r#""Resource":"arn:aws:kms:us*:key/1234""#, key, false),
        (r#""Resource":"arn:aws:kms:*:key/1234""#, key, false),
        (r#""Resource":"arn:aws:kms""#, key, true),
        (r#""Resource":"arn:aws:kms:us-east-1""#, key, true),
        (r#""Resource":"arn:aws:kms:us-west-2""#, key, false),
        (r#""Resource":"arn:aws:kms:us-east-1:${aws:PrincipalAccount}:key/*""#, key, true),
        (r#""Resource":"arn:aws:kms:us-east-1:${none:such}:key/*""#, key, false),
        (r#""Resource":"arn:aws:kms:us-east-1:${none:such, '111122223333'}:key/*""#, key, true),
        (r#""NotResource":"arn:aws:kms:us-east-1:${none:such}:key/*""#, key, false),
        (r#""NotResource":"arn:aws:kms:*:*:alias/*""#, key, true),
        (r#""NotResource":"arn:aws:kms:*:*:key/*""#, key, false),
        (r#""NotResource":"arn:aws:kms:*:*:key/*""#, "*", true),
        (r#""Resource":"arn:aws:logs:*:*:log-group:a*z""#, "arn:aws:logs:r:1:log-group:a:b/z", true),
        (r#""Resource":["arn:aws:s3:::a","arn:aws:s3:::b"]"#, "arn:aws:s3:::b", true),
        (r#""Resource":"arn:aws:s3:::B""#, "arn:aws:s3:::b", false),
    ];
    for (element, resource, expected) in cases {
        let statement = format!(r#"{{"Effect":"Allow","Action":"*",{element}}}"#);
        assert_eq!(allows(&statement, "kms:Encrypt", resource, &none), expected, "{element} {resource}");
    }
}

#[test]
fn a_resource_statement_without_a_resource_has_no_effect() {
    let statement = r#"{"Effect":"Allow","Principal":"*","Action":"s3:*"}"#;
    let resource = Attached::new("key", policy(PolicyKind::Resource, statement));
    let user = user();
    assert!(
        !decide(&request(&user, &()), &Layers { resource: Some(&resource), ..Layers::default() })
            .is_allowed()
    );
}

#[test]
fn whose_account_it_is_when_not_told() {
    let identity =
        [attached("mine", PolicyKind::Identity, r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#)];
    let user = user();
    let layers = Layers { identity: &identity, ..Layers::default() };
    let ask = |resource| {
        let request = Request { resource, resource_account: None, ..request(&user, &()) };
        decide(&request, &layers).is_allowed()
    };
    assert!(ask("arn:aws:kms:us-east-1:111122223333:key/1") && ask("*") && ask("arn:aws:s3:::bucket"));
    assert!(!ask("arn:aws:kms:us-east-1:444455556666:key/1"));
}
