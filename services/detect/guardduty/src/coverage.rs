//! Coverage: which resources the logs have shown. ListCoverage and GetCoverageStatistics.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bastide_door::{Failure, Permitted};
use bastide_ids::Timestamp;
use bastide_resources::Stored;
use bastide_shape::{Document, Value};

use crate::findings::places;
use crate::paging::{Paging, all};
use crate::refusal;
use crate::resolve::detector_of;
use crate::stored::Covered;

/// What logs have not shown for so long is not healthy.
const FRESH: Duration = Duration::from_secs(86_400);

/// ListCoverage.
///
/// # Errors
/// `BadRequestException` for a token of something else.
pub(crate) async fn list_coverage(call: &mut Permitted) -> Result<Document, Failure> {
    let input = call.input();
    let about = format!(
        "{} {:?} {:?}",
        input.text("DetectorId"),
        input.map("FilterCriteria"),
        input.map("SortCriteria")
    );
    let paging = Paging::of(call, &about)?;
    let mut rows = rows(call).await?;
    let sort = input.map("SortCriteria");
    let attribute = sort.and_then(|sort| sort.str("AttributeName")).unwrap_or("ACCOUNT_ID");
    let descending = sort.and_then(|sort| sort.str("OrderBy")) == Some("DESC");
    rows.sort_by(|a, b| {
        let by_value = a.value(attribute).cmp(&b.value(attribute));
        (if descending { by_value.reverse() } else { by_value }).then_with(|| a.id().cmp(&b.id()))
    });
    // A page goes on behind the row that it ended with, wherever that is now.
    let start = match &paging.after {
        Some(after) => rows.iter().position(|row| row.id() == *after).map_or(rows.len(), |at| at + 1),
        None => 0,
    };
    let rest = rows.get(start..).unwrap_or_default();
    let shown = rest.get(..paging.limit).unwrap_or(rest);
    let token = shown.last().filter(|_| rest.len() > shown.len()).map(|last| paging.token(&last.id()));
    let shown: Vec<Value> = shown.iter().map(Row::show).collect();
    Ok(Document::new().with("Resources", shown).maybe("NextToken", token))
}

/// GetCoverageStatistics.
///
/// # Errors
/// `BadRequestException`: no statistics are asked for.
pub(crate) async fn get_coverage_statistics(call: &mut Permitted) -> Result<Document, Failure> {
    let kinds: Vec<String> = call.input().strings("StatisticsType").map(str::to_owned).collect();
    if kinds.is_empty() {
        return Err(refusal::parameter("statisticsType"));
    }
    let rows = rows(call).await?;
    let count = |of: fn(&Row) -> String| {
        let mut counts: BTreeMap<String, i64> = BTreeMap::new();
        rows.iter().for_each(|row| *counts.entry(of(row)).or_default() += 1);
        counts.into_iter().map(|(name, count)| (name.into(), count.into())).collect::<Document>()
    };
    let asked = |kind: &str| kinds.iter().any(|asked| asked == kind);
    let by_type = asked("COUNT_BY_RESOURCE_TYPE").then(|| count(|row| row.covered.kind.clone()));
    let by_status = asked("COUNT_BY_COVERAGE_STATUS").then(|| count(|row| row.status().to_owned()));
    let statistics =
        Document::new().maybe("CountByResourceType", by_type).maybe("CountByCoverageStatus", by_status);
    Ok(Document::new().with("CoverageStatistics", statistics))
}

/// A resource that the account sees.
struct Row {
    covered: Arc<Stored<Covered>>,
    detector: String,
    now: Timestamp,
}

async fn rows(call: &Permitted) -> Result<Vec<Row>, Failure> {
    let criteria: Vec<&Document> = call
        .input()
        .map("FilterCriteria")
        .into_iter()
        .flat_map(|criteria| criteria.maps("FilterCriterion"))
        .collect();
    let mut rows = Vec::new();
    for place in places(call.store(), call.place()).await? {
        let Some(detector) = detector_of(call.store(), &place).await? else { continue };
        for covered in all::<Covered>(call.store(), &place, "").await? {
            let row = Row { covered, detector: detector.key.id.clone(), now: call.now() };
            if criteria.iter().all(|criterion| row.fits(criterion)) {
                rows.push(row);
            }
        }
    }
    Ok(rows)
}

impl Row {
    fn id(&self) -> String {
        format!("{}/{}", self.covered.key.place.account, self.covered.key.id)
    }

    fn is_fresh(&self) -> bool {
        self.covered.updated.plus(FRESH) > self.now
    }

    fn status(&self) -> &'static str {
        if self.is_fresh() { "HEALTHY" } else { "UNHEALTHY" }
    }

    fn issue(&self) -> Option<&'static str> {
        (!self.is_fresh()).then_some("No logs of this resource were seen for a day.")
    }

    /// What criteria and orders call an attribute.
    fn value(&self, attribute: &str) -> String {
        let (kind, name) = (self.covered.kind.as_str(), self.covered.name.as_str());
        match (attribute, kind) {
            ("ACCOUNT_ID", _) => self.covered.key.place.account.to_string(),
            ("RESOURCE_TYPE", _) => kind.to_owned(),
            ("COVERAGE_STATUS", _) => self.status().to_owned(),
            ("ISSUE", _) => self.issue().unwrap_or_default().to_owned(),
            ("UPDATED_AT", _) => format!("{:020}", self.covered.updated.millis()),
            ("CLUSTER_NAME" | "EKS_CLUSTER_NAME", "EKS")
            | ("CLUSTER_NAME" | "ECS_CLUSTER_NAME", "ECS")
            | ("INSTANCE_ID", "EC2") => name.to_owned(),
            ("MANAGEMENT_TYPE", _) => "DISABLED".to_owned(),
            _ => String::new(),
        }
    }

    fn fits(&self, criterion: &Document) -> bool {
        let own = self.value(criterion.text("CriterionKey"));
        let Some(condition) = criterion.map("FilterCondition") else { return true };
        let equals =
            condition.list("Equals").is_empty() || condition.strings("Equals").any(|text| text == own);
        equals && !condition.strings("NotEquals").any(|text| text == own)
    }

    fn show(&self) -> Value {
        let name = self.covered.name.as_str();
        let details = Document::new().with("ResourceType", &self.covered.kind);
        let details = match self.covered.kind.as_str() {
            "EKS" => details.with("EksClusterDetails", Document::new().with("ClusterName", name)),
            "ECS" => details.with("EcsClusterDetails", Document::new().with("ClusterName", name)),
            _ => details.with("Ec2InstanceDetails", Document::new().with("InstanceId", name)),
        };
        Document::new()
            .with("ResourceId", self.id())
            .with("DetectorId", &self.detector)
            .with("AccountId", self.covered.key.place.account.to_string())
            .with("ResourceDetails", details)
            .with("CoverageStatus", self.status())
            .maybe("Issue", self.issue())
            .with("UpdatedAt", self.covered.updated)
            .into()
    }
}
