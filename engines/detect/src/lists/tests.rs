use bastide_finding::Resource;
use bastide_intel::{Format, Intel};
use bastide_logs::cloudtrail::{Event, Identity};
use bastide_logs::kubernetes;
use bastide_logs::login::Login;

use super::*;
use crate::settings::Settings;

const BAD: &str = "198.51.100.1";
const OWN: &str = "198.51.100.2";
const TOR: &str = "2001:db8::3";
const TRUSTED: &str = "198.51.100.4";
const ADDRESSES: [(&str, &str); 3] =
    [(BAD, "MaliciousIPCaller"), (OWN, "MaliciousIPCaller.Custom"), (TOR, "TorIPCaller")];

fn intel() -> Intel {
    let mut builder = Intel::builder();
    for (category, text) in [
        (Category::Malicious, format!("{BAD} # scanner\n{TRUSTED}\n")),
        (Category::Custom, format!("{OWN}\n")),
        (Category::TorExit, format!("{TOR}\n")),
        (Category::Trusted, format!("{TRUSTED}\n")),
        (Category::Compromised, "AKIAIOSFODNN7EXAMPLE\n".to_owned()),
    ] {
        let report = builder.list(category.as_str(), category, Format::Txt, text.as_bytes()).expect("a list");
        assert_eq!(report.broken, 0);
    }
    builder.build()
}

fn run(see: impl FnOnce(&mut Lists, Context<'_>, &mut Vec<Detection>)) -> Vec<Detection> {
    let (intel, settings) = (intel(), Settings::default());
    let mut out = Vec::new();
    see(&mut Lists, Context { intel: &intel, settings: &settings }, &mut out);
    out
}

fn api(source: &'static str, name: &'static str, read_only: Option<bool>, address: &str) -> Vec<Detection> {
    let event = Event {
        id: "e1".into(),
        source: source.into(),
        name: name.into(),
        read_only,
        account: "111122223333".into(),
        region: "us-east-1".into(),
        source_ip: address.to_owned().into(),
        identity: Identity { kind: "IAMUser".into(), principal_id: "AIDA1".into(), ..Identity::default() },
        request: r#"{"bucketName":"b","key":"k"}"#,
        resources: r#"[{"type":"AWS::S3::Object","ARN":"x"},{"accountId":"111122223333","type":"AWS::S3::Bucket","ARN":"y"}]"#,
        ..Event::default()
    };
    run(|lists, cx, out| lists.cloudtrail(&event, cx, out))
}

#[track_caller]
fn only(found: &[Detection]) -> &'static str {
    assert_eq!(found.len(), 1);
    assert!(!found[0].threats.is_empty() && !found[0].reasons.is_empty() && found[0].evidence.len() == 1);
    found[0].kind.name
}

#[test]
fn apis() {
    for (address, suffix) in ADDRESSES {
        for (name, read_only, start) in [
            ("DescribeInstances", Some(true), "Recon"),
            ("ListBuckets", None, "Recon"),
            ("RunInstances", Some(false), "UnauthorizedAccess"),
            ("CreateUser", None, "UnauthorizedAccess"),
            ("GetSecretValue", Some(true), "UnauthorizedAccess"),
            ("ConsoleLogin", Some(false), "UnauthorizedAccess"),
        ] {
            let found = api("ec2.amazonaws.com", name, read_only, address);
            assert_eq!(only(&found), format!("{start}:IAMUser/{suffix}"), "{name}");
        }
    }
    for none in [TRUSTED, "198.51.100.9", "ec2.amazonaws.com", "AWS Internal", "", "a"] {
        assert!(api("ec2.amazonaws.com", "RunInstances", None, none).is_empty(), "{none}");
    }
}

#[test]
fn objects() {
    let expected = [
        (BAD, ["Discovery", "Exfiltration", "Impact"]),
        (OWN, ["Discovery", "UnauthorizedAccess", "UnauthorizedAccess"]),
        (TOR, ["Discovery", "UnauthorizedAccess", "UnauthorizedAccess"]),
    ];
    for ((address, suffix), (_, starts)) in ADDRESSES.into_iter().zip(expected) {
        for (name, start) in ["ListObjects", "GetObject", "PutObject"].into_iter().zip(starts) {
            let found = api("s3.amazonaws.com", name, None, address);
            assert_eq!(only(&found), format!("{start}:S3/{suffix}"));
            let Resource::Buckets(buckets, key) = &found[0].resource else { panic!("buckets") };
            assert_eq!((buckets[0].name.as_str(), buckets[0].owner.as_str()), ("b", "111122223333"));
            assert_eq!(
                (buckets[0].objects.as_slice(), key.principal_id.as_str()),
                (&["k".to_owned()][..], "AIDA1")
            );
        }
        let found = api("s3.amazonaws.com", "GetBucketAcl", Some(true), address);
        assert_eq!(only(&found), format!("Recon:IAMUser/{suffix}"));
    }
}

#[test]
fn access_keys() {
    let event = |key: &'static str| Event {
        source: "sts.amazonaws.com".into(),
        name: "GetCallerIdentity".into(),
        source_ip: "203.0.113.9".into(),
        identity: Identity { access_key: key.into(), ..Identity::default() },
        ..Event::default()
    };
    let found = run(|lists, cx, out| lists.cloudtrail(&event("AKIAIOSFODNN7EXAMPLE"), cx, out));
    assert_eq!(only(&found), "CredentialAccess:IAMUser/CompromisedCredentials");
    let found = run(|lists, cx, out| lists.cloudtrail(&event("AKIAIOSFODNN7OTHERXX"), cx, out));
    assert!(found.is_empty());
}

#[test]
fn kubernetes_requests() {
    for (address, suffix) in ADDRESSES {
        for (verb, resource, sub, tactic) in [
            ("list", "secrets", "", "CredentialAccess"),
            ("create", "serviceaccounts", "token", "CredentialAccess"),
            ("list", "pods", "", "Discovery"),
            ("get", "", "", "Discovery"),
            ("create", "selfsubjectrulesreviews", "", "Discovery"),
            ("delete", "events", "", "DefenseEvasion"),
            ("delete", "deployments", "", "Impact"),
            ("create", "clusterrolebindings", "", "Persistence"),
            ("patch", "daemonsets", "", "Persistence"),
        ] {
            let mut event = kubernetes::Event {
                stage: "ResponseComplete".into(),
                verb: verb.into(),
                source_ips: vec!["10.0.0.1".into(), address.into()],
                object: kubernetes::Object {
                    resource: resource.into(),
                    subresource: sub.into(),
                    ..Default::default()
                },
                ..Default::default()
            };
            let found = run(|lists, cx, out| lists.kubernetes(&event, cx, out));
            assert_eq!(only(&found), format!("{tactic}:Kubernetes/{suffix}"), "{verb} {resource}");
            event.stage = "RequestReceived".into();
            assert!(run(|lists, cx, out| lists.kubernetes(&event, cx, out)).is_empty());
            event.stage = "ResponseComplete".into();
            event.source_ips = vec![TRUSTED.into(), "x".into()];
            assert!(run(|lists, cx, out| lists.kubernetes(&event, cx, out)).is_empty());
        }
    }
}

#[test]
fn databases() {
    for (address, suffix) in [(BAD, "MaliciousIPCaller"), (OWN, "MaliciousIPCaller"), (TOR, "TorIPCaller")] {
        for (user, success, name) in [
            ("app", true, "CredentialAccess:RDS/{}.SuccessfulLogin"),
            ("app", false, "CredentialAccess:RDS/{}.FailedLogin"),
            ("", false, "Discovery:RDS/{}"),
        ] {
            let source = Some(address.parse().expect("an address"));
            let login = Login { source, user: user.into(), success, ..Login::default() };
            let found = run(|lists, cx, out| lists.login(&login, cx, out));
            assert_eq!(only(&found), name.replace("{}", suffix));
        }
    }
    let source = Some(TRUSTED.parse().expect("an address"));
    let login = Login { source, user: "app".into(), ..Login::default() };
    assert!(run(|lists, cx, out| lists.login(&login, cx, out)).is_empty());
}
