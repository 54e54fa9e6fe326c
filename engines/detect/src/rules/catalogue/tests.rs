use bastide_finding::{Finding, asff, guardduty, ocsf};
use bastide_intel::Intel;
use bastide_logs::cloudtrail;
use bastide_sigma::read_yaml;
use serde_json::json;

use super::super::tests::{records, whole};
use super::*;
use crate::settings::Settings;

fn names(catalogue: &Catalogue, record: &serde_json::Value) -> Vec<String> {
    let text = record.to_string();
    let event = cloudtrail::parse(&text).unwrap();
    let mut names = Vec::new();
    catalogue.matching(&Log::CloudTrail(&event), |rule| names.push(rule.id.clone()));
    names
}

#[test]
fn each_rule_matches_what_it_must_and_no_more() {
    let catalogue = Catalogue::native();
    assert_eq!(catalogue.rules().len(), files::FILES.len());
    let mut wrong = Vec::new();
    for (file, text) in files::FILES {
        let document = read_yaml(text).unwrap().remove(0);
        let id = document.get("id").and_then(Node::text).unwrap();
        assert_eq!(*file, format!("catalogue/{id}.yml"));
        let section = document.get("bastide").unwrap();
        for (list, must) in [("must", true), ("must-not", false)] {
            let nodes = section.get(list).map(Node::items).unwrap_or_default();
            assert!(!nodes.is_empty(), "{file} says nothing of what it {list} match");
            for node in nodes {
                for record in records(node) {
                    if names(&catalogue, &record).iter().any(|name| name == id) != must {
                        wrong.push(format!("{file}:{}: {list}", node.line));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_list_is_the_folder() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/catalogue");
    let mut there: Vec<String> = std::fs::read_dir(root)
        .unwrap()
        .map(|entry| format!("catalogue/{}", entry.unwrap().file_name().to_string_lossy()))
        .collect();
    there.sort();
    let listed: Vec<&str> = files::FILES.iter().map(|(name, _)| *name).collect();
    assert_eq!(listed, there);
}

#[test]
fn all_that_the_api_shows_has_its_form() {
    for rule in Catalogue::native().rules() {
        assert!(is_id(&rule.id), "{}", rule.id);
        assert!(rule.technique.starts_with('T') && rule.technique.contains(" - "), "{}", rule.technique);
        assert!(!rule.description.contains('{') && rule.description.ends_with('.'), "{}", rule.id);
        assert!(rule.expression.contains("eventSource = ") && rule.expression.len() <= EXPRESSION);
        assert_eq!(rule.created.iso8601(), "2026-11-21T00:00:00Z");
        // `Tactic:Service/Technique`, with the words of the tactic and the technique.
        let kind = rule.meaning.kind().name;
        let (tactic, rest) = kind.split_once(':').unwrap();
        let words = rest.split_once('/').unwrap().1;
        assert_eq!(tactic, rule.tactic.replace(' ', ""), "{}", rule.id);
        let of = rule.technique.split_once(" - ").unwrap().1.split(':').next().unwrap();
        let joined: String = of.split([' ', '-']).map(capital).collect();
        assert_eq!(words, joined, "{}", rule.id);
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[test]
fn expressions_are_what_is_evaluated() {
    let catalogue = Catalogue::native();
    let expression = |id: &str| catalogue.find(id).unwrap().expression.clone();
    assert_eq!(
        expression("vpc-flow-logs-deleted"),
        "eventSource = 'ec2.amazonaws.com' AND eventName = 'DeleteFlowLogs' AND errorCode IS NULL"
    );
    assert_eq!(
        expression("admin-policy-attached-to-role"),
        "eventSource = 'iam.amazonaws.com' AND eventName = 'AttachRolePolicy' AND \
         requestParameters['policyArn'] LIKE '%:iam::aws:policy/AdministratorAccess' AND errorCode IS NULL \
         AND NOT (sourceIPAddress LIKE '%.amazonaws.com' OR sourceIPAddress = 'AWS Internal')"
    );
    assert_eq!(
        expression("s3-bucket-policy-external-access"),
        "eventSource = 's3.amazonaws.com' AND eventName = 'PutBucketPolicy' AND errorCode IS NULL AND \
         (policy_has_public_principal(requestParameters, 'Allow') = true OR filter(get_aws_principal(\
         requestParameters, 'Allow'), account -> account <> recipientAccountId) IS NOT NULL)"
    );
    assert!(
        expression("ami-external-access")
            .contains("get_json_object(requestParameters, '$.launchPermission.add') IS NOT NULL")
    );
}

#[test]
fn a_find_is_of_the_rules_type_and_severity() {
    let catalogue = Catalogue::native();
    let text =
        whole(&read_yaml("{eventSource: ec2.amazonaws.com, eventName: DeleteFlowLogs}").unwrap()[0], 0, 0);
    let text = text.to_string();
    let event = cloudtrail::parse(&text).unwrap();
    let (intel, settings) = (Intel::default(), Settings::default());
    let cx = Context { intel: &intel, settings: &settings };
    let mut found = Vec::new();
    let log = Log::CloudTrail(&event);
    catalogue.matching(&log, |rule| found.push(rule.detection(&log, cx)));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].kind.name, "DefenseImpairment:EC2/DisableOrModifyTools");
    assert_eq!((found[0].severity, found[0].rule.as_str()), (Some(8.0), "VPCFlowLogsDeleted"));
    assert_eq!(found[0].reasons[0].measure, "rule VPCFlowLogsDeleted");
    assert_eq!(found[0].key, "arn:aws:iam::111122223333:user/alice");
    // All forms of a finding tell the rule.
    let at = Timestamp::from_seconds(0);
    let finding = Finding { id: "f".repeat(32), detection: found.remove(0), created: at, updated: at };
    let extra = guardduty::Extra::default();
    assert_eq!(guardduty::json(&finding, &extra)["customDetectionRuleName"], "VPCFlowLogsDeleted");
    let fields = asff::json(&finding, &extra)["ProductFields"].clone();
    assert_eq!(fields["aws/guardduty/service/customDetectionRuleName"], "VPCFlowLogsDeleted");
    let analytic = ocsf::json(&finding, &extra)["finding_info"]["analytic"].clone();
    assert_eq!(analytic, json!({"type_id": 1, "type": "Rule", "name": "VPCFlowLogsDeleted"}));
}

const THEIRS: &str = "title: Users made in Frankfurt\nid: 8A63CDD4-6207-414a-85bc-7e032bd3c1a2\ndate: 2025/02/03\n\
    logsource: {product: aws, service: cloudtrail}\nlevel: critical\ntags: [attack.privilege_escalation, attack.t1136.003]\n\
    detection:\n  s: {eventSource: iam.amazonaws.com, eventName: CreateUser, awsRegion: eu-central-1}\n  condition: s\n";

#[test]
fn the_operators_rules_stand_beside_them() {
    let nameless = THEIRS.replace("id: 8A63CDD4-6207-414a-85bc-7e032bd3c1a2\n", "");
    let dns = "title: d\nlogsource: {category: dns}\ndetection:\n  s: {query: evil.test}\n  condition: s\n";
    let taken = THEIRS.replace("8A63CDD4-6207-414a-85bc-7e032bd3c1a2", "vpc-flow-logs-deleted");
    let files = [("a", THEIRS), ("b", &nameless), ("c", dns), ("d", "title: ["), ("e", &taken)];
    let (catalogue, refused) = Catalogue::with(files.into_iter());
    let rule = catalogue.find("8a63cdd4-6207-414a-85bc-7e032bd3c1a2").unwrap();
    assert_eq!((rule.tactic.as_str(), rule.technique.as_str()), ("Privilege Escalation", "T1136.003"));
    assert_eq!((rule.service.as_str(), rule.severity), ("iam", Severity::Critical));
    assert_eq!(rule.created.iso8601(), "2025-02-03T00:00:00Z");
    assert!(catalogue.find("custom-users-made-in-frankfurt").is_some());
    assert_eq!(catalogue.rules().len(), files::FILES.len() + 2);
    let told: Vec<String> = refused.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 3, "{told:#?}");
    assert!(told.iter().any(|one| one.contains("looks at other logs")), "{told:#?}");
    assert!(told.iter().any(|one| one.contains("has the id `vpc-flow-logs-deleted`")), "{told:#?}");
    let record =
        whole(&read_yaml("{eventSource: iam.amazonaws.com, eventName: CreateUser}").unwrap()[0], 0, 0);
    assert_eq!(names(&catalogue, &record).len(), 2);
    assert_eq!(names(&catalogue, &json!({"eventSource": "iam.amazonaws.com", "eventName": "CreateUser", "eventTime": "2024-01-01T00:00:00Z"})).len(), 0);
}
