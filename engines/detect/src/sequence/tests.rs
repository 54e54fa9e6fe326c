use bastide_finding::{Action, ApiCall, Bucket, Cluster};
use bastide_ids::Timestamp;
use bastide_intel::Intel;

use super::*;
use crate::settings::Settings;

fn key(user: &str) -> AccessKey {
    AccessKey { user_name: user.to_owned(), user_type: "IAMUser".to_owned(), ..AccessKey::default() }
}

fn strong(kind: &str, resource: Resource, hour: i64) -> Detection {
    let action = Action::ApiCall(Box::<ApiCall>::default());
    let at = Timestamp::from_seconds(1_700_000_000 + hour * 3600);
    Detection::new(
        find(kind).unwrap(),
        ("111122223333", "eu-central-1"),
        kind.to_owned(),
        at,
        resource,
        action,
    )
}

fn run(steps: &[Result<Detection, (&str, &str, i64)>]) -> Vec<Detection> {
    let (intel, settings) = (Intel::default(), Settings::default());
    let cx = Context { intel: &intel, settings: &settings };
    let (mut sequences, mut out) = (Sequences::default(), Vec::new());
    for step in steps {
        match step {
            Ok(detection) => sequences.detected(detection, cx, &mut out),
            Err((user, name, hour)) => {
                let mut event =
                    Event { name: (*name).into(), account: "111122223333".into(), ..Event::default() };
                event.identity.user_name = (*user).into();
                event.identity.kind = "IAMUser".into();
                event.time = Timestamp::from_seconds(1_700_000_000 + hour * 3600);
                sequences.cloudtrail(&event, cx, &mut out);
            }
        }
    }
    out
}

fn user(kind: &str, name: &str, hour: i64) -> Result<Detection, (&'static str, &'static str, i64)> {
    Ok(strong(kind, Resource::AccessKey(key(name)), hour))
}

const ANOMALY: &str = "PrivilegeEscalation:IAMUser/AnomalousBehavior";
const TRAIL: &str = "Stealth:IAMUser/CloudTrailLoggingDisabled";

#[test]
fn what_custom_rules_find_is_no_stage() {
    let stages = |rule: &str| {
        let mut last = strong(TRAIL, Resource::AccessKey(key("eve")), 3);
        last.rule = rule.to_owned();
        run(&[
            Err(("eve", "CreateUser", 0)),
            Err(("eve", "AttachUserPolicy", 1)),
            user(ANOMALY, "eve", 2),
            Err(("eve", "GetSecretValue", 3)),
            Ok(last),
        ])
    };
    assert_eq!((stages("").len(), stages("IAMAccessKeyCreated").len()), (1, 0));
}

#[test]
fn stages_of_one_actor_are_a_sequence() {
    let out = run(&[
        Err(("eve", "CreateUser", 0)),
        Err(("eve", "AttachUserPolicy", 1)),
        user(ANOMALY, "eve", 2),
        user(TRAIL, "eve", 3),
        Err(("eve", "GetSecretValue", 4)),
        Err(("eve", "GetSecretValue", 5)),
    ]);
    assert_eq!(out.len(), 2, "told when it is one, and when a signal is new");
    let last = out.last().unwrap();
    assert_eq!(last.kind.name, "AttackSequence:IAM/CompromisedCredentials");
    assert_eq!(last.key, "111122223333 IAMUser eve");
    assert_eq!(last.detection["sequence"]["signals"].as_array().unwrap().len(), 5);
    assert_eq!(last.first, Timestamp::from_seconds(1_700_000_000));
    assert!(last.reasons[0].observed.starts_with("4: "), "{:?}", last.reasons);
}

#[test]
fn what_is_less_is_none() {
    let weak = ["CreateUser", "AttachUserPolicy", "GetSecretValue", "DeleteTrail", "PutBucketPolicy"];
    assert!(run(&weak.map(|name| Err(("admin", name, 0)))).is_empty(), "no findings");
    let one = [Err(("eve", "CreateUser", 0)), Err(("eve", "GetSecretValue", 0)), user(TRAIL, "eve", 1)];
    assert!(run(&one).is_empty(), "one finding");
    let many = [user(TRAIL, "a", 0), user(ANOMALY, "b", 0), Err(("c", "CreateUser", 0))];
    assert!(run(&many).is_empty(), "several actors");
    let days = [Err(("eve", "CreateUser", 0)), user(TRAIL, "eve", 30), user(ANOMALY, "eve", 60)];
    assert!(run(&days).is_empty(), "more than a day between them");
}

#[test]
fn data_and_clusters_have_sequences_of_their_own() {
    let buckets = Resource::Buckets(vec![Bucket::default()], key("eve"));
    let out = run(&[
        user(TRAIL, "eve", 0),
        Err(("eve", "ListBuckets", 0)),
        Ok(strong("Exfiltration:S3/AnomalousBehavior", buckets, 1)),
    ]);
    assert_eq!(out[0].kind.name, "AttackSequence:S3/CompromisedData");
    let cluster = || Resource::Cluster(Box::new(Cluster { name: "shop".to_owned(), ..Cluster::default() }));
    let out = run(&[
        Ok(strong("Discovery:Kubernetes/SuccessfulAnonymousAccess", cluster(), 0)),
        Ok(strong("Execution:Kubernetes/ExecInKubeSystemPod", cluster(), 1)),
        Ok(strong("CredentialAccess:Kubernetes/TorIPCaller", cluster(), 2)),
    ]);
    assert_eq!(out[0].kind.name, "AttackSequence:EKS/CompromisedCluster");
    assert_eq!(out[0].kind.severity, 9.0);
}
