//! Custom detection rules: the catalogue. What accounts do with its rules is in `associations`, what an administrator
//! does with them for an organization in `configurations`.

pub(crate) mod associations;
pub(crate) mod configurations;

use std::sync::{Arc, LazyLock};

use bastide_detect::rules::{Catalogue, Offered};
use bastide_door::{Failure, Permitted};
use bastide_ids::Place;
use bastide_shape::{Document, Value};

use crate::paging::Paging;
use crate::refusal;

/// The log that all rules look at.
const SOURCE: &str = "CloudTrailManagementEvent";

/// The catalogue where the operator has given none with rules of their own.
static NATIVE: LazyLock<Arc<Catalogue>> = LazyLock::new(|| Arc::new(Catalogue::native()));

/// The catalogue among the operator's choices (`Settings::for_services`), else Bastide's own.
pub(crate) fn catalogue(chosen: Option<&Arc<Catalogue>>) -> Arc<Catalogue> {
    Arc::clone(chosen.unwrap_or(&NATIVE))
}

/// ListCustomDetectionRules.
///
/// # Errors
/// `BadRequestException` for a token of another question.
pub(crate) async fn list_custom_detection_rules(call: &mut Permitted) -> Result<Document, Failure> {
    let filters: Vec<&Document> = call.input().maps("Filters").collect();
    let paging = Paging::of(call, &format!("{filters:?}"))?;
    let catalogue = catalogue(call.setting());
    let rules: Vec<&Offered> =
        catalogue.rules().iter().filter(|rule| filters.iter().all(|filter| fits(rule, filter))).collect();
    let place = call.place();
    Ok(paging.cut("Rules", &rules, |rule| &rule.id, |rule| summary(place, rule).into()))
}

/// GetCustomDetectionRule.
///
/// # Errors
/// `ResourceNotFoundException`: there is no such rule.
pub(crate) async fn get_custom_detection_rule(call: &mut Permitted) -> Result<Document, Failure> {
    let catalogue = catalogue(call.setting());
    let rule = catalogue.find(call.input().text("RuleId")).ok_or_else(refusal::no_such_rule)?;
    let definition = Document::new().with("Expression", &rule.expression);
    Ok(Document::new().with("Rule", summary(call.place(), rule).with("Definition", definition)))
}

/// That there is a rule of the id in the request.
fn known(call: &Permitted) -> Result<String, Failure> {
    let rule = call.input().text("RuleId");
    catalogue(call.setting()).find(rule).map(|rule| rule.id.clone()).ok_or_else(refusal::no_such_rule)
}

/// The ARN of a rule. It belongs to no account.
pub(crate) fn arn(place: &Place, rule: &str) -> String {
    format!("arn:{}:guardduty::aws:detection-rule/custom/{rule}", place.partition.as_str())
}

fn summary(place: &Place, rule: &Offered) -> Document {
    Document::new()
        .with("RuleId", &rule.id)
        .with("Arn", arn(place, &rule.id))
        .with("Name", &rule.name)
        .with("Description", &rule.description)
        .with("Severity", rule.severity.as_str())
        .with("DataSource", SOURCE)
        .with("Tactic", &rule.tactic)
        .with("Technique", &rule.technique)
        .with("Service", &rule.service)
        .with("Language", "SQL")
        .with("Schema", "CloudTrail")
        .with("CreatedAt", rule.created)
        .with("UpdatedAt", rule.updated)
}

/// Whether a filter means a rule: the attribute is one of the values, or contains one. The case does not count.
fn fits(rule: &Offered, filter: &Document) -> bool {
    let is = match filter.text("Name") {
        "name" => rule.name.as_str(),
        "description" => &rule.description,
        "dataSource" => SOURCE,
        "severity" => rule.severity.as_str(),
        "tactic" => &rule.tactic,
        "technique" => &rule.technique,
        _ => &rule.service,
    };
    let is = is.to_lowercase();
    let contains = filter.str("Condition") == Some("CONTAINS");
    filter
        .strings("Values")
        .map(str::to_lowercase)
        .any(|value| if contains { is.contains(&value) } else { is == value })
}

/// Accounts as a list of texts.
fn texts(accounts: &[String]) -> Vec<Value> {
    accounts.iter().map(|account| account.as_str().into()).collect()
}
