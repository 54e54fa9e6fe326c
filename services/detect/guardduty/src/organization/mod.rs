//! GuardDuty for a whole organization.

pub(crate) mod admin;
pub(crate) mod statistics;

use std::collections::BTreeMap;
use std::sync::Arc;

use bastide_door::{Failure, Permitted};
use bastide_ids::{AccountId, Place, Timestamp};
use bastide_resources::{Changes, Store, Stored};
use bastide_shape::Document;

use crate::detectors::{self, features};
use crate::members::{administrator, place_of};
use crate::resolve::detector_of;
use crate::stored::{AdminAccount, Administrator, Organization, Tags, Wanted};
use crate::{ids, refusal};

/// The management account of the organization that the caller's account administers GuardDuty for.
///
/// # Errors
/// When the store or the organizations service fails.
pub(crate) async fn administered(call: &Permitted) -> Result<Option<AccountId>, Failure> {
    let Some(standing) = call.standing(call.place().account).await?.place else { return Ok(None) };
    let management = standing.management_account;
    let admin =
        call.store().find::<AdminAccount>(&place_of(call.place(), management), AdminAccount::ID).await?;
    Ok(admin.filter(|admin| admin.account == call.place().account).map(|_| management))
}

/// Whether an account is in the organization of a management account.
///
/// # Errors
/// When the organizations service fails.
pub(crate) async fn holds(
    call: &Permitted,
    management: AccountId,
    account: AccountId,
) -> Result<bool, Failure> {
    let standing = call.standing(account).await?.place;
    Ok(standing.is_some_and(|place| place.management_account == management))
}

/// Makes an account of the organization a member of its administrator: it has a detector from now on. False when it is
/// a member already, of this administrator or another.
///
/// # Errors
/// When the store fails.
pub(crate) async fn join(
    store: &Store,
    changes: &mut Changes,
    admin: &Place,
    account: AccountId,
    now: Timestamp,
) -> Result<bool, Failure> {
    let place = place_of(admin, account);
    if administrator(store, &place).await?.is_some() {
        return Ok(false);
    }
    let configuration = store.find::<Organization>(admin, Organization::ID).await?;
    let theirs =
        Administrator { account: admin.account, invitation: String::new(), invited: now, organization: true };
    changes.create(&place, Administrator::ID, theirs);
    let found = detector_of(store, &place).await?;
    let mut detector = match &found {
        Some(found) => found.value.clone(),
        None => detectors::new(now, true, Tags::new()),
    };
    detectors::enable(&mut detector, true, now);
    for (name, wanted) in configuration.iter().flat_map(|it| &it.features) {
        features::switch(&mut detector, name, *wanted != Wanted::None, now)?;
    }
    match found {
        Some(found) => {
            changes.update(&found, detector);
        }
        None => detectors::make(changes, &place, ids::random(), detector),
    }
    Ok(true)
}

/// DescribeOrganizationConfiguration.
///
/// # Errors
/// `BadRequestException` from an account that administers no organization.
pub(crate) async fn describe_organization_configuration(call: &mut Permitted) -> Result<Document, Failure> {
    let organization = configuration(call).await?;
    let wanted = |name: &str| organization.features.get(name).copied().unwrap_or_default();
    let auto = |name: &str| Document::new().with("AutoEnable", wanted(name) != Wanted::None);
    let scan = Document::new().with("EbsVolumes", auto("EBS_MALWARE_PROTECTION"));
    let sources = Document::new()
        .with("S3Logs", auto("S3_DATA_EVENTS"))
        .with("Kubernetes", Document::new().with("AuditLogs", auto("EKS_AUDIT_LOGS")))
        .with("MalwareProtection", Document::new().with("ScanEc2InstanceWithFindings", scan));
    let shown: Vec<Document> = features::SWITCHED
        .into_iter()
        .map(|(name, _, order)| {
            let more = order.iter().map(|more| {
                let own = organization.additional.get(name).and_then(|own| own.get(*more));
                let own = own.copied().unwrap_or_default();
                Document::new().with("Name", *more).with("AutoEnable", own.as_str())
            });
            let more: Vec<Document> = more.collect();
            Document::new()
                .with("Name", name)
                .with("AutoEnable", wanted(name).as_str())
                .maybe("AdditionalConfiguration", (!more.is_empty()).then_some(more))
        })
        .collect();
    Ok(Document::new()
        .with("AutoEnable", organization.members != Wanted::None)
        .with("MemberAccountLimitReached", false)
        .with("DataSources", sources)
        .with("Features", shown)
        .with("AutoEnableOrganizationMembers", organization.members.as_str()))
}

/// UpdateOrganizationConfiguration. What it wants for accounts that are there already, the background work does.
///
/// # Errors
/// `BadRequestException` from an account that administers no organization; what is not built cannot be switched on.
pub(crate) async fn update_organization_configuration(call: &mut Permitted) -> Result<Document, Failure> {
    let place = call.place().clone();
    let mut organization = configuration(call).await?;
    let input = call.input();
    match (input.str("AutoEnableOrganizationMembers"), input.bool("AutoEnable")) {
        (Some(_), Some(_)) => return Err(refusal::parameters()),
        (Some(wanted), None) => organization.members = Wanted::parse(wanted),
        (None, Some(auto)) => organization.members = if auto { Wanted::New } else { Wanted::None },
        (None, None) => {}
    }
    for (name, auto) in sources(input) {
        want(&mut organization.features, name, if auto { Wanted::New } else { Wanted::None })?;
    }
    for feature in input.maps("Features") {
        let name = feature.text("Name");
        if let Some(wanted) = feature.str("AutoEnable") {
            want(&mut organization.features, name, Wanted::parse(wanted))?;
        }
        for more in feature.maps("AdditionalConfiguration") {
            let wanted = Wanted::parse(more.text("AutoEnable"));
            if wanted != Wanted::None {
                return Err(refusal::not_built(&format!(
                    "the additional configuration {}",
                    more.text("Name")
                )));
            }
            let own = organization.additional.entry(name.to_owned()).or_default();
            own.insert(more.text("Name").to_owned(), wanted);
        }
    }
    match call.store().find::<Organization>(&place, Organization::ID).await? {
        Some(read) => call.changes().update(&read, organization),
        None => call.changes().create(&place, Organization::ID, organization),
    };
    Ok(Document::new())
}

/// What the data sources of older clients say of features.
fn sources(input: &Document) -> Vec<(&'static str, bool)> {
    let Some(sources) = input.map("DataSources") else { return Vec::new() };
    let kubernetes = sources.map("Kubernetes").and_then(|it| it.map("AuditLogs"));
    let scan = sources.map("MalwareProtection").and_then(|it| it.map("ScanEc2InstanceWithFindings"));
    let found = [
        ("S3_DATA_EVENTS", sources.map("S3Logs")),
        ("EKS_AUDIT_LOGS", kubernetes),
        ("EBS_MALWARE_PROTECTION", scan.and_then(|it| it.map("EbsVolumes"))),
    ];
    found.into_iter().filter_map(|(name, of)| Some((name, of?.bool("AutoEnable")?))).collect()
}

fn want(features: &mut BTreeMap<String, Wanted>, name: &str, wanted: Wanted) -> Result<(), Failure> {
    features::check(name, wanted != Wanted::None)?;
    features.insert(name.to_owned(), wanted);
    Ok(())
}

/// What the caller's account wants for its organization.
async fn configuration(call: &Permitted) -> Result<Organization, Failure> {
    let Some(management) = administered(call).await? else {
        let message = "The request is rejected because the current account is not the GuardDuty administrator account of an organization.";
        return Err(refusal::invalid(message));
    };
    let found: Option<Arc<Stored<Organization>>> = call.store().find(call.place(), Organization::ID).await?;
    let mut organization = found.map(|found| found.value.clone()).unwrap_or_default();
    organization.management = management.to_string();
    Ok(organization)
}
