use bastide_policy::{
    Attached, ContextMap, Decision, Effect, Layers, Policy, PolicyKind, Position, Request, simulate,
};

use crate::support::{attached, request, user};

fn at(line: u32, column: u32) -> Position {
    Position { line, column }
}

fn spans(text: &str) -> Vec<(Position, Position)> {
    let policy = Policy::parse(text, PolicyKind::Identity).unwrap();
    policy.statements().iter().map(bastide_policy::Statement::span).collect()
}

#[test]
fn statements_know_where_they_stand() {
    // AdministratorAccess, for which IAM answers line 3 column 17 to line 8 column 6.
    let listed = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": "*",
      "Resource": "*"
    }
  ]
}"#;
    assert_eq!(spans(listed), [(at(3, 17), at(8, 6))]);
    let lone = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
    assert_eq!(spans(lone), [(at(1, 38), at(1, 83))]);
    let two = r#"{"Id":"é","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},
 {"Effect":"Deny","Action":"*","Resource":"*"}]}"#;
    assert_eq!(spans(two), [(at(1, 24), at(1, 70)), (at(1, 70), at(2, 47))]);
}

fn policies() -> [Attached; 2] {
    let allow = r#"{"Effect":"Allow","Action":"s3:*","Resource":"*"},
        {"Effect":"Allow","Action":"s3:Get*","Resource":"*","Condition":{
            "StringEquals":{"aws:SourceVpc":"vpc-1","aws:PrincipalTag/A":"${aws:PrincipalTag/B}"}}},
        {"Effect":"Allow","Action":"kms:*","Resource":"*","Condition":{"Bool":{"kms:Never":"true"}}}"#;
    let deny = r#"{"Sid":"No","Effect":"Deny","Action":"s3:Get*","Resource":"*",
        "Condition":{"StringEquals":{"AWS:SOURCEVPC":"vpc-2"}}}"#;
    [attached("allow", PolicyKind::Identity, allow), attached("deny", PolicyKind::Identity, deny)]
}

#[test]
fn what_matched_and_what_was_missing() {
    let identity = policies();
    let user = user();
    let layers = Layers { identity: &identity, ..Layers::default() };
    let none = ContextMap::new();
    let found = simulate(&request(&user, &none), &layers);
    assert!(found.decision.is_allowed());
    let matched: Vec<_> = found.matched.iter().map(|m| (m.statement.policy, m.statement.statement)).collect();
    assert_eq!(matched, [("allow", Some(0))]);
    let mut missing = found.missing;
    missing.sort_unstable();
    assert_eq!(missing, ["aws:PrincipalTag/A", "aws:PrincipalTag/B", "aws:SourceVpc"]);
    assert_eq!((found.allowed_by_boundary, found.allowed_by_organizations), (None, None));

    let given = ContextMap::new().with("aws:SourceVpc", "vpc-2").with("aws:PrincipalTag/A", "x");
    let found = simulate(&request(&user, &given), &layers);
    assert!(matches!(found.decision, Decision::ExplicitDeny { by } if by.sid == Some("No")));
    assert_eq!(found.matched.len(), 1, "only what denies");
    assert_eq!(found.matched[0].effect, Effect::Deny);
    assert_eq!(found.missing, ["aws:PrincipalTag/B"]);
}

#[test]
fn boundary_and_organization_are_told_apart() {
    let identity = policies();
    let user = user();
    let narrow =
        attached("narrow", PolicyKind::Boundary, r#"{"Effect":"Allow","Action":"s3:Put*","Resource":"*"}"#);
    let wide = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;
    let service_control =
        [vec![attached("full", PolicyKind::Scp, wide)], vec![attached("full", PolicyKind::Scp, wide)]];
    let layers = Layers {
        identity: &identity,
        boundary: Some(&narrow),
        service_control: &service_control,
        ..Layers::default()
    };
    let none = ContextMap::new();
    let found = simulate(&request(&user, &none), &layers);
    assert!(!found.decision.is_allowed());
    assert_eq!((found.allowed_by_boundary, found.allowed_by_organizations), (Some(false), Some(true)));
    let put = Request { action: "s3:PutObject", ..request(&user, &none) };
    let found = simulate(&put, &layers);
    assert!(found.decision.is_allowed());
    assert_eq!(found.allowed_by_boundary, Some(true));
}
