//! GetFindingsStatistics.

use std::collections::BTreeMap;

use bastide_door::{Failure, Permitted};
use bastide_ids::Timestamp;
use bastide_resources::Stored;
use bastide_shape::{Document, Value};

use super::criteria::Criteria;
use super::visible;
use crate::refusal;
use crate::stored::Finding;

/// So many groups are told unless said otherwise. Source: GuardDuty API Reference, GetFindingsStatistics.
const GROUPS: usize = 25;

/// GetFindingsStatistics: how many findings there are, by severity or in groups.
///
/// # Errors
/// `BadRequestException`: neither or both are asked for, or the criteria make no sense.
pub(crate) async fn get_findings_statistics(call: &mut Permitted) -> Result<Document, Failure> {
    let input = call.input();
    let criteria = Criteria::read(input.map("FindingCriteria"))?;
    let (types, group) = (input.list("FindingStatisticTypes"), input.str("GroupBy"));
    let orders = input.str("OrderBy").is_some() || input.int("MaxResults").is_some();
    if types.is_empty() == group.is_none() || (group.is_none() && orders) {
        return Err(refusal::parameters());
    }
    let mut found = visible(call.store(), call.place()).await?;
    found.retain(|finding| criteria.matches(&finding.json));
    let statistics = match group {
        None => Document::new().with("CountBySeverity", by_severity(&found)),
        Some(group) => grouped(group, &found, input),
    };
    Ok(Document::new().with("FindingStatistics", statistics))
}

fn by_severity(found: &[std::sync::Arc<Stored<Finding>>]) -> Document {
    let mut counts: BTreeMap<String, i64> = BTreeMap::new();
    for finding in found {
        *counts.entry(format!("{:.1}", finding.severity())).or_default() += 1;
    }
    counts.into_iter().map(|(severity, count)| (severity.into(), count.into())).collect()
}

/// What the findings of a group have in common, and how many they are.
struct Group {
    shown: Document,
    last: Timestamp,
    count: i64,
}

fn grouped(by: &str, found: &[std::sync::Arc<Stored<Finding>>], input: &Document) -> Document {
    let mut groups: BTreeMap<String, Group> = BTreeMap::new();
    for finding in found {
        let (name, shown) = group_of(by, finding);
        let group = groups.entry(name).or_insert(Group { shown, last: finding.updated, count: 0 });
        group.count += 1;
        group.last = group.last.max(finding.updated);
    }
    let mut groups: Vec<(String, Group)> = groups.into_iter().collect();
    let ascending = input.str("OrderBy") == Some("ASC");
    groups.sort_by(|(a_name, a), (b_name, b)| {
        let by_count = if ascending { a.count.cmp(&b.count) } else { b.count.cmp(&a.count) };
        by_count.then_with(|| a_name.cmp(b_name))
    });
    let limit = input.int("MaxResults").and_then(|limit| usize::try_from(limit).ok()).unwrap_or(GROUPS);
    let shown: Vec<Value> = groups
        .into_iter()
        .take(limit)
        .map(|(_, group)| {
            group.shown.with("LastGeneratedAt", group.last).with("TotalFindings", group.count).into()
        })
        .collect();
    let member = match by {
        "ACCOUNT" => "GroupedByAccount",
        "DATE" => "GroupedByDate",
        "FINDING_TYPE" => "GroupedByFindingType",
        "RESOURCE" => "GroupedByResource",
        _ => "GroupedBySeverity",
    };
    Document::new().with(member, shown)
}

/// The name and the members of the group that a finding is in.
fn group_of(by: &str, finding: &Stored<Finding>) -> (String, Document) {
    let account = finding.key.place.account.to_string();
    let severity = finding.severity();
    match by {
        "ACCOUNT" => (account.clone(), Document::new().with("AccountId", account)),
        "DATE" => {
            const DAY: i64 = 86_400;
            let day = finding.updated.seconds().div_euclid(DAY) * DAY;
            let shown = Document::new().with("Date", Timestamp::from_seconds(day)).with("Severity", severity);
            (format!("{day:020} {severity:.1}"), shown)
        }
        "FINDING_TYPE" => (finding.kind().to_owned(), Document::new().with("FindingType", finding.kind())),
        "RESOURCE" => {
            let (kind, id) = resource(finding);
            let shown = Document::new()
                .with("AccountId", &account)
                .with("ResourceId", &id)
                .with("ResourceType", &kind);
            (format!("{account}\n{kind}\n{id}"), shown)
        }
        _ => (format!("{severity:.1}"), Document::new().with("Severity", severity)),
    }
}

/// The type and the name of what a finding is about.
fn resource(finding: &Finding) -> (String, String) {
    let text = |path: &str| finding.json.pointer(path).and_then(serde_json::Value::as_str);
    let kind = text("/resource/resourceType").unwrap_or_default();
    let id = match kind {
        "AccessKey" => text("/resource/accessKeyDetails/accessKeyId"),
        "S3Bucket" => text("/resource/s3BucketDetails/0/name"),
        "Instance" => text("/resource/instanceDetails/instanceId"),
        "EKSCluster" => text("/resource/eksClusterDetails/name"),
        "Lambda" => text("/resource/lambdaDetails/functionName"),
        "RDSDBInstance" => text("/resource/rdsDbInstanceDetails/dbInstanceIdentifier"),
        _ => None,
    };
    (kind.to_owned(), id.unwrap_or_default().to_owned())
}
