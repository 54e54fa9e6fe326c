use std::collections::BTreeSet;

use bastide_intel::Intel;
use bastide_sigma::{Kind as NodeKind, Node, read_yaml};
use serde_json::{Map, Value, json};

use super::*;
use crate::settings::Settings;

/// A record of a rule's file, with all that it doesn't say.
pub(super) fn whole(node: &Node, number: usize, seconds: i64) -> Value {
    let mut value = to_json(node, number);
    let members = value.as_object_mut().unwrap();
    let kubernetes = members.contains_key("verb");
    let time = format!("2024-05-06T07:{:02}:{:02}Z", seconds / 60 % 60, seconds % 60);
    let defaults = if kubernetes {
        json!({
            "auditID": format!("audit-{number}-{seconds}"), "requestReceivedTimestamp": time, "stage": "ResponseComplete",
            "requestURI": "/api/v1/x", "user": {"username": "alice", "groups": ["devs"]},
            "sourceIPs": ["198.51.100.7"], "responseStatus": {"code": 200}, "kind": "Event",
            "apiVersion": "audit.k8s.io/v1", "level": "RequestResponse"
        })
    } else {
        json!({
            "eventVersion": "1.09", "eventID": format!("event-{number}-{seconds}"), "eventTime": time,
            "eventSource": "ec2.amazonaws.com", "eventType": "AwsApiCall", "awsRegion": "eu-central-1",
            "recipientAccountId": "111122223333", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.15.0",
            "eventCategory": "Management", "managementEvent": true,
            "userIdentity": {
                "type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/alice", "userName": "alice",
                "principalId": "AIDAEXAMPLE", "accountId": "111122223333", "accessKeyId": "AKIAEXAMPLE"
            }
        })
    };
    for (key, default) in defaults.as_object().unwrap() {
        members.entry(key.clone()).or_insert(default.clone());
    }
    value
}

fn to_json(node: &Node, number: usize) -> Value {
    match &node.kind {
        NodeKind::Null => Value::Null,
        NodeKind::Bool(value) => json!(value),
        NodeKind::Integer(value) => json!(value),
        NodeKind::Float(value) => json!(value),
        NodeKind::Text(text) => json!(text.replace("{n}", &number.to_string())),
        NodeKind::List(items) => items.iter().map(|item| to_json(item, number)).collect(),
        NodeKind::Map(entries) => Value::Object(
            entries.iter().map(|(key, node)| (key.clone(), to_json(node, number))).collect::<Map<_, _>>(),
        ),
    }
}

/// The records that a list of a file's section describes: one, or several in a row.
pub(super) fn records(node: &Node) -> Vec<Value> {
    let single = std::slice::from_ref(node);
    let list = if node.items().is_empty() { single } else { node.items() };
    let (mut records, mut seconds) = (Vec::new(), 0);
    for one in list {
        let number = |name: &str, default| match one.get(name).map(|node| &node.kind) {
            Some(NodeKind::Integer(number)) => *number,
            _ => default,
        };
        for _ in 0..number("repeat", 1) {
            records.push(whole(one, records.len(), seconds));
            seconds += number("seconds", 10);
        }
    }
    records
}

/// The types of what detectors find in records.
pub(crate) fn found(detectors: &mut [Box<dyn Detector>], records: &[Value]) -> BTreeSet<&'static str> {
    let (intel, settings) = (Intel::default(), Settings::default());
    let cx = Context { intel: &intel, settings: &settings };
    let mut out = Vec::new();
    for record in records {
        let text = record.to_string();
        for detector in &mut *detectors {
            if record.get("verb").is_some() {
                detector.kubernetes(&kubernetes::parse(&text).unwrap(), cx, &mut out);
            } else {
                detector.cloudtrail(&cloudtrail::parse(&text).unwrap(), cx, &mut out);
            }
        }
    }
    out.iter().map(|one| one.kind.name).collect()
}

#[test]
fn each_file_finds_what_it_must_and_no_more() {
    let mut wrong = Vec::new();
    for (file, text) in native::FILES {
        let rules = || {
            let (rules, refused) = Rules::custom([(*file, *text)], &Placeholders::new());
            assert!(refused.is_empty(), "{refused:?}");
            vec![Box::new(rules) as Box<dyn Detector>]
        };
        let mut held = 0;
        for document in read_yaml(text).unwrap() {
            let Some(section) = document.get("bastide") else { continue };
            let kind = section.get("type").and_then(Node::text).unwrap();
            for (list, must) in [("must", true), ("must-not", false)] {
                for node in section.get(list).map(Node::items).unwrap_or_default() {
                    held += 1;
                    if found(&mut rules(), &records(node)).contains(kind) != must {
                        wrong.push(format!("{file}:{}: {list}", node.line));
                    }
                }
            }
        }
        assert!(held >= 2, "{file} must say what it must and must not match");
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_list_is_the_folder() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let mut files = BTreeSet::new();
    for folder in ["guardduty", "own"] {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            files.insert(format!("{folder}/{}", entry.unwrap().file_name().to_string_lossy()));
        }
    }
    let listed: BTreeSet<String> = native::FILES.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(listed, files);
}

#[test]
fn own_types_are_marked_and_guardduty_files_have_guardduty_types() {
    for (file, text) in native::FILES {
        let (rules, _) = Rules::custom([(*file, *text)], &Placeholders::new());
        let told = rules.meanings.iter().enumerate().filter(|(rule, _)| !rules.correlator.silent(*rule));
        for meaning in told.map(|(_, meaning)| meaning).chain(&rules.correlated) {
            assert_eq!(meaning.kind().own, file.starts_with("own/"), "{file}");
        }
    }
}

#[test]
fn native_rules_are_one_set() {
    let rules = Rules::native();
    assert!(rules.len() >= 77);
    let unindexed: usize = rules.sets.iter().map(|(set, _)| set.unindexed()).sum();
    assert!(unindexed <= 10, "{unindexed} rules are shown every record");
}

#[test]
fn the_documentation_names_every_type_of_ours() {
    let page =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/rules.md")).unwrap();
    let rules = Rules::native();
    for meaning in rules.meanings.iter().chain(&rules.correlated) {
        let kind = meaning.kind();
        // Parts of correlations have no type of their own.
        if kind.own && !kind.name.starts_with("Custom:") {
            assert!(page.contains(&format!("`{}`", kind.name)), "{} is missing in docs/rules.md", kind.name);
        }
    }
}

const RULE: &str = "title: Users made in Frankfurt\nlogsource: {product: aws, service: cloudtrail}\nlevel: high\n\
    detection:\n  s: {eventName: CreateUser, awsRegion: eu-central-1}\n  condition: s\n";

fn event(name: &str) -> Value {
    let text = format!("eventName: {name}");
    whole(&read_yaml(&text).unwrap()[0], 0, 0)
}

#[test]
fn an_operators_rule_has_a_type_of_its_own() {
    let (rules, refused) = Rules::custom([("a.yml", RULE)], &Placeholders::new());
    assert!(refused.is_empty());
    let found = found(&mut [Box::new(rules)], &[event("CreateUser"), event("DeleteUser")]);
    assert_eq!(found, BTreeSet::from(["Custom:IAMUser/UsersMadeInFrankfurt"]));
    assert_eq!(bastide_finding::find("Custom:IAMUser/UsersMadeInFrankfurt").unwrap().severity, 8.0);
}

#[test]
fn files_are_refused_one_by_one() {
    let everything = RULE.replace("{eventName: CreateUser, awsRegion: eu-central-1}", "{eventName: '*'}");
    let windows =
        RULE.replace("{product: aws, service: cloudtrail}", "{product: windows, service: security}");
    let severity = format!("{RULE}bastide: {{severity: 11}}\n");
    let files = [
        ("good.yml", RULE),
        ("everything.yml", &everything),
        ("windows.yml", &windows),
        ("broken.yml", "title: ["),
        ("severity.yml", &severity),
    ];
    let (rules, refused) = Rules::custom(files, &Placeholders::new());
    assert_eq!(rules.len(), 1);
    let told: Vec<String> = refused.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 4, "{told:#?}");
    assert!(
        told[0].starts_with("everything.yml, line 5: `detection.condition`: would match everything"),
        "{told:#?}"
    );
    assert!(told[1].contains("`logsource`: is of logs that Bastide doesn't read"));
    assert!(told[3].contains("`bastide.severity`"));
}

#[test]
fn rules_are_tried_before_they_count() {
    let broad = RULE.replace("{eventName: CreateUser, awsRegion: eu-central-1}", "{awsRegion: eu-central-1}");
    let (rules, _) = Rules::custom([("a.yml", RULE), ("b.yml", &broad)], &Placeholders::new());
    let mut trial = Trial::new(rules);
    for number in 0..200 {
        let text = event(if number % 10 == 0 { "CreateUser" } else { "ListUsers" }).to_string();
        trial.feed(&Log::CloudTrail(&cloudtrail::parse(&text).unwrap()));
    }
    let tried = trial.finish();
    assert_eq!((tried[0].seen, tried[0].matched, tried[0].examples.len()), (200, 20, 5));
    assert_eq!(tried[0].refusal, None);
    assert_eq!(tried[1].refusal.as_deref(), Some("it matched each of 200 records"));
}

#[test]
fn policies_open_to_others_are_found() {
    let mut open = event("PutBucketPolicy");
    open["eventSource"] = json!("s3.amazonaws.com");
    open["requestParameters"] = json!({"bucketName": "b", "bucketPolicy":
        {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "x"}]}});
    let all = |event: &Value| found(&mut [Box::<Policies>::default()], std::slice::from_ref(event));
    assert_eq!(all(&open), BTreeSet::from(["Policy:S3/BucketAnonymousAccessGranted"]));
    let mut role = event("UpdateAssumeRolePolicy");
    role["eventSource"] = json!("iam.amazonaws.com");
    role["requestParameters"] = json!({"roleName": "r", "policyDocument":
        r#"{"Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::999988887777:root"},"Action":"sts:AssumeRole"}}"#});
    assert_eq!(all(&role), BTreeSet::from(["Persistence:IAMUser/RoleOpenToOtherAccount"]));
    role["errorCode"] = json!("AccessDenied");
    assert!(all(&role).is_empty());
}

#[test]
fn rules_of_other_logs_run_on_their_records() {
    let dns = "title: d\nlogsource: {category: dns}\ndetection:\n  s: {query|endswith: .evil.test, record_type: TXT}\n  condition: s\n";
    let flow = "title: f\nlogsource: {category: firewall}\ndetection:\n  s: {dst_port: 4444, dst_ip|cidr: 203.0.113.0/24, action: accept}\n  condition: s\n";
    let login = "title: l\nlogsource: {category: database}\ndetection:\n  s: {user: postgres, success: false}\n  condition: s\n";
    let files = [("d", dns), ("f", flow), ("l", login)];
    let (mut rules, refused) = Rules::custom(files, &Placeholders::new());
    assert!(refused.is_empty(), "{refused:?}");
    let (intel, settings) = (Intel::default(), Settings::default());
    let cx = Context { intel: &intel, settings: &settings };
    let mut out = Vec::new();
    let query = dns::Query { name: "a.EVIL.test.".into(), kind: "TXT".into(), ..dns::Query::default() };
    rules.dns(&query, cx, &mut out);
    let flow = flow::Flow {
        destination: "203.0.113.9".parse().ok(),
        destination_port: 4444,
        accepted: Some(true),
        ..flow::Flow::default()
    };
    rules.flow(&flow, cx, &mut out);
    let login = login::Login { user: "postgres".into(), ..login::Login::default() };
    rules.login(&login, cx, &mut out);
    let names: Vec<&str> = out.iter().map(|one| one.kind.name).collect();
    assert_eq!(names, ["Custom:EC2/D", "Custom:EC2/F", "Custom:RDS/L"]);
}
