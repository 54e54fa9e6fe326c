//! Features of detectors, and the data sources that older clients know them as.

use std::collections::BTreeMap;

use bastide_door::Failure;
use bastide_ids::Timestamp;
use bastide_shape::Document;

use crate::refusal;
use crate::stored::{Detector, Feature, Switch};

/// What GuardDuty always looks at, in its order.
pub(crate) const FOUNDATIONAL: [&str; 3] = ["CLOUD_TRAIL", "DNS_LOGS", "FLOW_LOGS"];

/// What can be switched: its name, whether Bastide does it, and its additional configurations.
pub(crate) const SWITCHED: [(&str, bool, &[&str]); 8] = [
    ("S3_DATA_EVENTS", true, &[]),
    ("EKS_AUDIT_LOGS", true, &[]),
    ("EBS_MALWARE_PROTECTION", false, &[]),
    ("RDS_LOGIN_EVENTS", true, &[]),
    ("EKS_RUNTIME_MONITORING", false, &["EKS_ADDON_MANAGEMENT"]),
    ("LAMBDA_NETWORK_LOGS", true, &[]),
    (
        "RUNTIME_MONITORING",
        false,
        &["EKS_ADDON_MANAGEMENT", "ECS_FARGATE_AGENT_MANAGEMENT", "EC2_AGENT_MANAGEMENT"],
    ),
    ("AI_PROTECTION", false, &[]),
];

/// Why EBS volumes are not scanned.
const NO_MALWARE: &str = "Malware Protection is not implemented by Bastide yet";

/// What a new detector looks at: all that is built. Source: GuardDuty API Reference, CreateDetector.
pub(crate) fn defaults(now: Timestamp) -> BTreeMap<String, Feature> {
    let feature = |(name, built, additional): (&str, bool, &[&str])| {
        let switch = |name: &&str| ((*name).to_owned(), Switch { enabled: false, updated: now });
        let additional = additional.iter().map(switch).collect();
        (name.to_owned(), Feature { enabled: built, updated: now, additional })
    };
    SWITCHED.into_iter().map(feature).collect()
}

/// Takes over what a request says of data sources and features.
///
/// # Errors
/// What is not built cannot be switched on; `BadRequestException` when both forms are given.
pub(crate) fn apply(detector: &mut Detector, input: &Document, now: Timestamp) -> Result<(), Failure> {
    if input.map("DataSources").is_some() && !input.list("Features").is_empty() {
        return Err(refusal::parameters());
    }
    if let Some(sources) = input.map("DataSources") {
        if let Some(enabled) = sources.map("S3Logs").and_then(|logs| logs.bool("Enable")) {
            switch(detector, "S3_DATA_EVENTS", enabled, now)?;
        }
        let audit = sources.map("Kubernetes").and_then(|kubernetes| kubernetes.map("AuditLogs"));
        if let Some(enabled) = audit.and_then(|audit| audit.bool("Enable")) {
            switch(detector, "EKS_AUDIT_LOGS", enabled, now)?;
        }
        let scan = sources.map("MalwareProtection").and_then(|it| it.map("ScanEc2InstanceWithFindings"));
        if let Some(asked) = scan.and_then(|scan| scan.bool("EbsVolumes")) {
            // It has a place to say that it was not done, and why.
            detector.malware_asked = asked;
        }
    }
    for feature in input.maps("Features") {
        let Some(name) = feature.str("Name") else { return Err(refusal::parameter("features")) };
        if let Some(status) = feature.str("Status") {
            switch(detector, name, status == "ENABLED", now)?;
        }
        for more in feature.maps("AdditionalConfiguration") {
            additional(detector, name, more.text("Name"), more.str("Status") == Some("ENABLED"), now)?;
        }
    }
    Ok(())
}

/// Switches a feature.
///
/// # Errors
/// When it is to be switched on and is not built.
pub(crate) fn switch(
    detector: &mut Detector,
    name: &str,
    enabled: bool,
    now: Timestamp,
) -> Result<(), Failure> {
    check(name, enabled)?;
    let Some(feature) = detector.features.get_mut(name) else { return Ok(()) };
    if feature.enabled != enabled {
        feature.enabled = enabled;
        feature.updated = now;
    }
    Ok(())
}

/// Whether a feature may be switched so.
///
/// # Errors
/// When it is to be switched on and is not built.
pub(crate) fn check(name: &str, enabled: bool) -> Result<(), Failure> {
    let known = SWITCHED.iter().find(|(known, ..)| *known == name);
    if enabled && known.is_none_or(|(_, built, _)| !built) {
        return Err(refusal::not_built(&format!("the feature {name}")));
    }
    Ok(())
}

fn additional(
    detector: &mut Detector,
    feature: &str,
    name: &str,
    enabled: bool,
    now: Timestamp,
) -> Result<(), Failure> {
    let Some(feature) = detector.features.get_mut(feature) else { return Ok(()) };
    let Some(switch) = feature.additional.get_mut(name) else { return Err(refusal::parameters()) };
    if enabled {
        return Err(refusal::not_built(&format!("the additional configuration {name}")));
    }
    if switch.enabled != enabled {
        (switch.enabled, switch.updated) = (enabled, now);
    }
    Ok(())
}

/// `ENABLED` or `DISABLED`.
pub(crate) fn status(enabled: bool) -> &'static str {
    if enabled { "ENABLED" } else { "DISABLED" }
}

/// As `DetectorFeatureConfigurationsResults` has them.
pub(crate) fn show(detector: &Detector) -> Vec<Document> {
    let always = |name: &str| {
        Document::new()
            .with("Name", name)
            .with("Status", status(detector.enabled))
            .with("UpdatedAt", detector.created)
    };
    FOUNDATIONAL.into_iter().map(always).chain(show_switched(detector)).collect()
}

/// Those that can be switched, as `MemberFeaturesConfigurationsResults` has them.
pub(crate) fn show_switched(detector: &Detector) -> impl Iterator<Item = Document> {
    SWITCHED.into_iter().filter_map(|(name, _, order)| {
        let feature = detector.features.get(name)?;
        let more: Vec<Document> = order
            .iter()
            .filter_map(|name| {
                let switch = feature.additional.get(*name)?;
                Some(one(name, switch.enabled, switch.updated))
            })
            .collect();
        let more = (!more.is_empty()).then_some(more);
        Some(one(name, feature.enabled, feature.updated).maybe("AdditionalConfiguration", more))
    })
}

fn one(name: &str, enabled: bool, updated: Timestamp) -> Document {
    Document::new().with("Name", name).with("Status", status(enabled)).with("UpdatedAt", updated)
}

/// As `DataSourceConfigurationsResult` has them.
pub(crate) fn data_sources(detector: &Detector) -> Document {
    let of = |enabled: bool| Document::new().with("Status", status(enabled));
    let feature = |name: &str| detector.features.get(name).is_some_and(|feature| feature.enabled);
    Document::new()
        .with("CloudTrail", of(detector.enabled))
        .with("DNSLogs", of(detector.enabled))
        .with("FlowLogs", of(detector.enabled))
        .with("S3Logs", of(feature("S3_DATA_EVENTS")))
        .with("Kubernetes", Document::new().with("AuditLogs", of(feature("EKS_AUDIT_LOGS"))))
        .with("MalwareProtection", malware(feature("EBS_MALWARE_PROTECTION"), detector.malware_asked))
}

/// As `MalwareProtectionConfigurationResult` has it.
pub(crate) fn malware(enabled: bool, asked: bool) -> Document {
    let volumes =
        Document::new().with("Status", status(enabled)).maybe("Reason", asked.then_some(NO_MALWARE));
    Document::new().with("ScanEc2InstanceWithFindings", Document::new().with("EbsVolumes", volumes))
}
