//! What was processed: GetUsageStatistics, and GetRemainingFreeTrialDays.
//!
//! AWS tells what it will charge. Bastide charges nothing; it tells how many events were really processed in the last
//! 30 days, in the unit `EVENTS`.

use std::collections::BTreeMap;

use bastide_door::{Failure, Permitted};
use bastide_ids::{AccountId, Place};
use bastide_shape::{Document, Value};

use crate::detectors::features::{FOUNDATIONAL, SWITCHED};
use crate::findings::places;
use crate::members::{Unprocessed, accounts, place_of};
use crate::paging::{Paging, all};
use crate::refusal::unprocessed;
use crate::resolve::detector_of;
use crate::stored::Usage;

const DAY: i64 = 86_400;
/// How far back is counted, in days.
const DAYS: i64 = 30;
/// So many are the top ones.
const TOP: usize = 50;

/// The data sources of older clients, by the features that they are.
const SOURCES: [(&str, &str); 5] = [
    ("CLOUD_TRAIL", "CLOUD_TRAIL"),
    ("DNS_LOGS", "DNS_LOGS"),
    ("FLOW_LOGS", "FLOW_LOGS"),
    ("S3_DATA_EVENTS", "S3_LOGS"),
    ("EKS_AUDIT_LOGS", "KUBERNETES_AUDIT_LOGS"),
];

/// GetUsageStatistics.
///
/// # Errors
/// `BadRequestException` for a token of something else.
pub(crate) async fn get_usage_statistics(call: &mut Permitted) -> Result<Document, Failure> {
    let input = call.input();
    let kind = input.text("UsageStatisticType").to_owned();
    let criteria = input.map("UsageCriteria").cloned().unwrap_or_default();
    let paging = Paging::of(call, &format!("{kind} {criteria:?}"))?;
    let mut counts: BTreeMap<AccountId, Usage> = BTreeMap::new();
    for place in places(call.store(), call.place()).await? {
        let asked = criteria.list("AccountIds").is_empty()
            || criteria.strings("AccountIds").any(|account| account == place.account.as_str());
        if asked {
            counts.insert(place.account, recent(call, &place, &criteria).await?);
        }
    }
    let (member, rows) = match kind.as_str() {
        "SUM_BY_ACCOUNT" => ("SumByAccount", by_account(&counts)),
        "SUM_BY_DATA_SOURCE" => ("SumByDataSource", by_source(&counts)),
        "SUM_BY_RESOURCE" => ("SumByResource", by_resource(&counts, usize::MAX)),
        "TOP_RESOURCES" => ("TopResources", by_resource(&counts, TOP)),
        "SUM_BY_FEATURES" => ("SumByFeature", by_feature(&counts)),
        _ => ("TopAccountsByFeature", top_accounts(&counts)),
    };
    let answer = paging.cut(member, &rows, |(name, _)| name, |(_, row)| row.clone().into());
    let token = answer.str("NextToken").map(str::to_owned);
    let shown = answer.value(member).cloned().unwrap_or(Value::List(Vec::new()));
    Ok(Document::new().with("UsageStatistics", Document::new().with(member, shown)).maybe("NextToken", token))
}

type Rows = Vec<(String, Document)>;

/// What was processed of a place lately, as far as the criteria ask for it.
async fn recent(call: &Permitted, place: &Place, criteria: &Document) -> Result<Usage, Failure> {
    let today = call.now().seconds().div_euclid(DAY);
    let mut sum = Usage::default();
    for usage in all::<Usage>(call.store(), place, "").await? {
        let day = usage.key.id.rsplit('/').next().and_then(|day| day.parse::<i64>().ok());
        if day.is_none_or(|day| day <= today - DAYS) {
            continue;
        }
        for (feature, count) in &usage.events {
            if wanted(criteria, feature) {
                *sum.events.entry(feature.clone()).or_default() += count;
            }
        }
        for (resource, count) in &usage.resources {
            let asked = criteria.list("Resources").is_empty()
                || criteria.strings("Resources").any(|asked| asked == resource);
            if asked {
                *sum.resources.entry(resource.clone()).or_default() += count;
            }
        }
    }
    Ok(sum)
}

fn wanted(criteria: &Document, feature: &str) -> bool {
    let source = SOURCES.iter().find(|(name, _)| *name == feature).map(|(_, source)| *source);
    let (features, sources) = (criteria.list("Features"), criteria.list("DataSources"));
    let by_feature = features.is_empty() || criteria.strings("Features").any(|asked| asked == feature);
    let by_source = sources.is_empty() || criteria.strings("DataSources").any(|asked| source == Some(asked));
    by_feature && by_source
}

fn total(count: u64) -> Document {
    Document::new().with("Amount", count.to_string()).with("Unit", "EVENTS")
}

fn by_account(counts: &BTreeMap<AccountId, Usage>) -> Rows {
    let row = |(account, usage): (&AccountId, &Usage)| {
        let sum = usage.events.values().sum();
        (
            account.to_string(),
            Document::new().with("AccountId", account.to_string()).with("Total", total(sum)),
        )
    };
    counts.iter().map(row).collect()
}

fn sums(counts: &BTreeMap<AccountId, Usage>) -> BTreeMap<String, u64> {
    let mut sums: BTreeMap<String, u64> = BTreeMap::new();
    for (feature, count) in counts.values().flat_map(|usage| &usage.events) {
        *sums.entry(feature.clone()).or_default() += count;
    }
    sums
}

fn by_feature(counts: &BTreeMap<AccountId, Usage>) -> Rows {
    let row = |(feature, sum): (String, u64)| {
        let shown = Document::new().with("Feature", &feature).with("Total", total(sum));
        (feature, shown)
    };
    sums(counts).into_iter().map(row).collect()
}

fn by_source(counts: &BTreeMap<AccountId, Usage>) -> Rows {
    let sums = sums(counts);
    let row = |(feature, source): (&str, &str)| {
        let sum = *sums.get(feature)?;
        Some((source.to_owned(), Document::new().with("DataSource", source).with("Total", total(sum))))
    };
    let mut rows: Rows = SOURCES.into_iter().filter_map(row).collect();
    rows.sort_by(|a, b| a.0.cmp(&b.0));
    rows
}

fn by_resource(counts: &BTreeMap<AccountId, Usage>, most: usize) -> Rows {
    let mut sums: BTreeMap<&str, u64> = BTreeMap::new();
    for (resource, count) in counts.values().flat_map(|usage| &usage.resources) {
        *sums.entry(resource).or_default() += count;
    }
    let mut sorted: Vec<(&str, u64)> = sums.into_iter().collect();
    sorted.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    let row = |(place, (resource, sum)): (usize, (&str, u64))| {
        (format!("{place:08}"), Document::new().with("Resource", resource).with("Total", total(sum)))
    };
    sorted.into_iter().take(most).enumerate().map(row).collect()
}

fn top_accounts(counts: &BTreeMap<AccountId, Usage>) -> Rows {
    let row = |feature: String| {
        let mut of: Vec<(u64, &AccountId)> = counts
            .iter()
            .filter_map(|(account, usage)| Some((*usage.events.get(&feature)?, account)))
            .collect();
        of.sort_by(|a, b| b.cmp(a));
        let accounts: Vec<Document> = of
            .into_iter()
            .take(TOP)
            .map(|(sum, account)| {
                Document::new().with("AccountId", account.to_string()).with("Total", total(sum))
            })
            .collect();
        let shown = Document::new().with("Feature", &feature).with("Accounts", accounts);
        (feature, shown)
    };
    sums(counts).into_keys().map(row).collect()
}

/// GetRemainingFreeTrialDays: AWS's 30 days from when a detector was made; nothing ends with them here.
///
/// # Errors
/// None of its own; accounts that are not administered are not processed.
pub(crate) async fn get_remaining_free_trial_days(call: &mut Permitted) -> Result<Document, Failure> {
    let visible = places(call.store(), call.place()).await?;
    let (asked, mut unprocessed): (Vec<AccountId>, Unprocessed) = accounts(call);
    let mut shown: Vec<Document> = Vec::new();
    for account in asked {
        let place = place_of(call.place(), account);
        let detector = if visible.contains(&place) { detector_of(call.store(), &place).await? } else { None };
        let Some(detector) = detector else {
            unprocessed.add(account.as_str(), unprocessed::NOT_ASSOCIATED);
            continue;
        };
        let left = |since: bastide_ids::Timestamp| {
            (DAYS - (call.now().seconds() - since.seconds()).div_euclid(DAY)).clamp(0, DAYS)
        };
        let all = FOUNDATIONAL.into_iter().map(|name| (name, left(detector.created)));
        let switched = SWITCHED
            .into_iter()
            .filter(|(_, built, _)| *built)
            .filter_map(|(name, ..)| Some((name, left(detector.features.get(name)?.updated))));
        let days: BTreeMap<&str, i64> = all.chain(switched).collect();
        let features: Vec<Document> = days
            .iter()
            .map(|(name, days)| Document::new().with("Name", *name).with("FreeTrialDaysRemaining", *days))
            .collect();
        let of = |name: &str| {
            Document::new().with("FreeTrialDaysRemaining", days.get(name).copied().unwrap_or_default())
        };
        let sources = Document::new()
            .with("CloudTrail", of("CLOUD_TRAIL"))
            .with("DnsLogs", of("DNS_LOGS"))
            .with("FlowLogs", of("FLOW_LOGS"))
            .with("S3Logs", of("S3_DATA_EVENTS"))
            .with("Kubernetes", Document::new().with("AuditLogs", of("EKS_AUDIT_LOGS")));
        shown.push(
            Document::new()
                .with("AccountId", account.to_string())
                .with("DataSources", sources)
                .with("Features", features),
        );
    }
    Ok(unprocessed.within(Document::new().with("Accounts", shown)))
}
