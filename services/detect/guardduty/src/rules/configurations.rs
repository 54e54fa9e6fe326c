//! Configurations of organizations: which rules are at work for which members, those that join later too. What they
//! want the background work does (`work::rules`).

use std::collections::BTreeSet;
use std::sync::Arc;

use bastide_door::{Failure, Permitted};
use bastide_ids::Uuid;
use bastide_resources::Stored;
use bastide_shape::{Document, Value};

use super::{known, texts};
use crate::organization::administered;
use crate::paging::{Paging, all};
use crate::refusal;
use crate::resolve::detector_of;
use crate::stored::{RuleConfiguration, RuleMode};

type Read = Arc<Stored<RuleConfiguration>>;

/// CreateCustomDetectionRuleOrgConfiguration.
///
/// # Errors
/// `AccessDeniedException` from all but the administrator of an organization, `ResourceNotFoundException` for a rule
/// that there is not, `ConflictException` for a mode that there is already or that cannot be beside the other one,
/// `BadRequestException` for accounts both included and excluded.
pub(crate) async fn create(call: &mut Permitted) -> Result<Document, Failure> {
    administers(call).await?;
    let rule = known(call)?;
    let (place, now) = (call.place().clone(), call.now());
    let mode = RuleMode::parse(call.input().text("Mode"));
    let (include, exclude) = scope(call)?;
    let token = call.input().str("ClientToken").map(str::to_owned);
    let configuration = RuleConfiguration {
        id: Uuid::random().to_string(),
        rule: rule.clone(),
        mode,
        include: include.unwrap_or_default(),
        exclude: exclude.unwrap_or_default(),
        expires: mode.expiry(now),
        active: false,
        created: now,
        updated: now,
        token,
    };
    let there = find(call, &rule, mode).await?;
    if let Some(there) = there.as_ref().filter(|there| !there.is_over(now)) {
        let same = (&there.include, &there.exclude) == (&configuration.include, &configuration.exclude);
        if configuration.token.is_some() && there.token == configuration.token && same {
            return Ok(Document::new());
        }
        return Err(refusal::rule_is_configured());
    }
    beside(call, &configuration).await?;
    match there {
        Some(ended) => call.changes().update(&ended, configuration),
        None => call.changes().create(&place, RuleConfiguration::key(&rule, mode), configuration),
    };
    Ok(Document::new())
}

/// GetCustomDetectionRuleOrgConfiguration.
///
/// # Errors
/// `AccessDeniedException` as [`create`], `ResourceNotFoundException` for one that there is not.
pub(crate) async fn get(call: &mut Permitted) -> Result<Document, Failure> {
    administers(call).await?;
    let rule = call.input().text("RuleId");
    let read = current(call, rule, RuleMode::parse(call.input().text("Mode"))).await?;
    let read = read.ok_or_else(refusal::no_such_configuration)?;
    let shown = summary(&read)
        .with("IncludeAccountIds", texts(&read.include))
        .with("ExcludeAccountIds", texts(&read.exclude));
    Ok(Document::new().with("Configuration", shown))
}

/// ListCustomDetectionRuleOrgConfigurations.
///
/// # Errors
/// `AccessDeniedException` as [`create`], `BadRequestException` for a token of another question.
pub(crate) async fn list(call: &mut Permitted) -> Result<Document, Failure> {
    administers(call).await?;
    let wanted = call.input().str("Status");
    let paging = Paging::of(call, &format!("{wanted:?}"))?;
    let mut found = all::<RuleConfiguration>(call.store(), call.place(), "").await?;
    found.retain(|one| !one.is_over(call.now()) && wanted.is_none_or(|wanted| status(one) == wanted));
    let show = |one: &Read| -> Value { summary(one).into() };
    Ok(paging.cut("Configurations", &found, |one| &one.key.id, show))
}

/// UpdateCustomDetectionRuleOrgConfiguration: other accounts for the mode, or, where there is only a configuration of
/// the other mode, that one in this mode. Accounts that the request does not tell of stay as they are.
///
/// # Errors
/// As [`create`], and `ResourceNotFoundException` when the rule is configured in no mode.
pub(crate) async fn update(call: &mut Permitted) -> Result<Document, Failure> {
    administers(call).await?;
    let rule = known(call)?;
    let (place, now) = (call.place().clone(), call.now());
    let mode = RuleMode::parse(call.input().text("Mode"));
    let (include, exclude) = scope(call)?;
    let there = current(call, &rule, mode).await?;
    let read = match &there {
        Some(there) => Arc::clone(there),
        None => current(call, &rule, mode.other()).await?.ok_or_else(refusal::no_such_configuration)?,
    };
    let mut configuration = read.value.clone();
    if include.is_some() || exclude.is_some() {
        configuration.include = include.unwrap_or_default();
        configuration.exclude = exclude.unwrap_or_default();
    }
    configuration.active = false;
    configuration.updated = now;
    if there.is_some() {
        beside(call, &configuration).await?;
        call.changes().update(&read, configuration);
        return Ok(Document::new());
    }
    configuration.mode = mode;
    configuration.expires = mode.expiry(now);
    let ended = find(call, &rule, mode).await?;
    let changes = call.changes();
    changes.delete(&read);
    match ended {
        Some(ended) => changes.update(&ended, configuration),
        None => changes.create(&place, RuleConfiguration::key(&rule, mode), configuration),
    };
    Ok(Document::new())
}

/// DeleteCustomDetectionRuleOrgConfiguration. The rule stays at work where it is; one that is not there counts as
/// deleted.
///
/// # Errors
/// `AccessDeniedException` as [`create`], `ResourceNotFoundException` for a rule that there is not.
pub(crate) async fn delete(call: &mut Permitted) -> Result<Document, Failure> {
    administers(call).await?;
    let rule = call.input().text("RuleId");
    match find(call, rule, RuleMode::parse(call.input().text("Mode"))).await? {
        Some(read) => {
            call.changes().delete(&read);
        }
        None => {
            known(call)?;
        }
    }
    Ok(Document::new())
}

/// That the caller's account administers GuardDuty for an organization, and has it on.
async fn administers(call: &Permitted) -> Result<(), Failure> {
    let on = detector_of(call.store(), call.place()).await?.is_some_and(|detector| detector.enabled);
    if on && administered(call).await?.is_some() { Ok(()) } else { Err(refusal::may_not_call()) }
}

async fn find(call: &Permitted, rule: &str, mode: RuleMode) -> Result<Option<Read>, Failure> {
    Ok(call.store().find(call.place(), &RuleConfiguration::key(rule, mode)).await?)
}

async fn current(call: &Permitted, rule: &str, mode: RuleMode) -> Result<Option<Read>, Failure> {
    Ok(find(call, rule, mode).await?.filter(|one| !one.is_over(call.now())))
}

/// The accounts of the request, each once; `None` for lists that it does not have.
type Scope = (Option<Vec<String>>, Option<Vec<String>>);

fn scope(call: &Permitted) -> Result<Scope, Failure> {
    let input = call.input();
    let read = |name: &str, told: &str| -> Result<Option<Vec<String>>, Failure> {
        if input.value(name).is_none() {
            return Ok(None);
        }
        let accounts: BTreeSet<String> = input.strings(name).map(str::to_owned).collect();
        let digits = |account: &String| account.bytes().all(|byte| byte.is_ascii_digit());
        if !accounts.iter().all(digits) {
            return Err(refusal::parameter(told));
        }
        Ok(Some(accounts.into_iter().collect()))
    };
    let scope =
        (read("IncludeAccountIds", "includeAccountIds")?, read("ExcludeAccountIds", "excludeAccountIds")?);
    let some = |list: &Option<Vec<String>>| list.as_ref().is_some_and(|list| !list.is_empty());
    if some(&scope.0) && some(&scope.1) { Err(refusal::parameters()) } else { Ok(scope) }
}

/// Two modes of a rule can be beside each other when both name their accounts.
async fn beside(call: &Permitted, configuration: &RuleConfiguration) -> Result<(), Failure> {
    let other = current(call, &configuration.rule, configuration.mode.other()).await?;
    match other {
        Some(other) if other.is_for_all() || configuration.is_for_all() => Err(refusal::rule_is_configured()),
        _ => Ok(()),
    }
}

fn status(configuration: &RuleConfiguration) -> &'static str {
    if configuration.active { "ACTIVE" } else { "PROCESSING" }
}

fn summary(read: &RuleConfiguration) -> Document {
    Document::new()
        .with("RuleId", &read.rule)
        .with("Mode", read.mode.as_str())
        .with("Status", status(read))
        .with("CreatedAt", read.created)
        .with("UpdatedAt", read.updated)
        .maybe("ExpiresAt", read.expires)
}
