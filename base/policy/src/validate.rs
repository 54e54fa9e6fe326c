use std::collections::HashSet;

use crate::document::{Draft, PrincipalBlock};
use crate::malformed::{Fault, MalformedPolicy};
use crate::pattern::{Pattern, Syntax, split_parts};
use crate::policy::PolicyKind;

/// What the resource part of an IAM ARN in a policy may start with.
const IAM_PATHS: [&str; 13] = [
    "user/",
    "federated-user/",
    "role/",
    "group/",
    "instance-profile/",
    "mfa/",
    "server-certificate/",
    "policy/",
    "sms-mfa/",
    "saml-provider/",
    "oidc-provider/",
    "report/",
    "access-report/",
];

/// The actions that a trust policy may speak of. Source: Service Authorization Reference, AWS STS.
const TRUST_ACTIONS: [&str; 14] = [
    "sts:assumerole",
    "sts:assumerolewithsaml",
    "sts:assumerolewithwebidentity",
    "sts:assumeroot",
    "sts:decodeauthorizationmessage",
    "sts:getaccesskeyinfo",
    "sts:getcalleridentity",
    "sts:getfederationtoken",
    "sts:getservicebearertoken",
    "sts:getsessiontoken",
    "sts:setcontext",
    "sts:setsourceidentity",
    "sts:taggetcalleridentity",
    "sts:tagsession",
];

impl PolicyKind {
    /// Whether IAM itself stores it, attached to an identity or a session, and checks it in full.
    fn is_identity(self) -> bool {
        matches!(self, Self::Identity | Self::Managed | Self::Boundary | Self::Session)
    }

    fn is_organization(self) -> bool {
        matches!(self, Self::Scp | Self::Rcp)
    }
}

/// The refusal as the API that takes this kind of policy words it.
pub(crate) fn reworded(refusal: MalformedPolicy, kind: PolicyKind) -> MalformedPolicy {
    let fault = refusal.fault();
    match kind {
        _ if kind.is_organization() => MalformedPolicy::new(
            fault,
            "The provided policy document does not meet the requirements of the specified policy type.",
        ),
        PolicyKind::Trust if fault == Fault::Json => {
            MalformedPolicy::new(fault, "This policy contains invalid Json")
        }
        _ => refusal,
    }
}

/// Checks the `Version` element. One that AWS never had is a syntax error.
pub(crate) fn version(version: Option<&str>, kind: PolicyKind) -> Result<(), MalformedPolicy> {
    match version {
        Some("2012-10-17") => Ok(()),
        None | Some("2008-10-17") if !matches!(kind, PolicyKind::Managed | PolicyKind::Rcp) => Ok(()),
        None | Some("2008-10-17") => Err(MalformedPolicy::new(
            Fault::Version,
            "Policy document must be version 2012-10-17 or greater.",
        )),
        Some(_) => Err(MalformedPolicy::new(Fault::Version, "Syntax errors in policy.")),
    }
}

/// Checks what the statements say, apart from effects, conditions and the form of principals.
pub(crate) fn statements(drafts: &[Draft], kind: PolicyKind, syntax: Syntax) -> Result<(), MalformedPolicy> {
    let names = || drafts.iter().flat_map(|draft| [&draft.resource, &draft.not_resource]).flatten().flatten();
    let badly_named = names().find_map(|name| resource(name, kind, syntax).err());
    if badly_named.is_none() && kind.is_identity() && names().any(|name| !legacy_parses(name)) {
        return Err(MalformedPolicy::legacy(Fault::Resource));
    }
    sids(drafts, kind)?;
    drafts.iter().try_for_each(|draft| elements(draft, kind))?;
    badly_named.map_or(Ok(()), Err)?;
    if kind.is_identity() {
        drafts.iter().try_for_each(has_resources)?;
    }
    let actions = drafts.iter().flat_map(|draft| [&draft.action, &draft.not_action]).flatten().flatten();
    actions.clone().try_for_each(|name| action(name))?;
    match kind {
        PolicyKind::Trust => drafts.iter().try_for_each(trust),
        PolicyKind::Scp => drafts.iter().try_for_each(has_resources),
        PolicyKind::Rcp => resource_control(drafts),
        _ => Ok(()),
    }
}

fn sids(drafts: &[Draft], kind: PolicyKind) -> Result<(), MalformedPolicy> {
    let mut seen = HashSet::new();
    for sid in drafts.iter().filter_map(|draft| draft.sid.as_deref()).filter(|sid| !sid.is_empty()) {
        if !seen.insert(sid) {
            let message = "Statement IDs (SID) in a single policy must be unique.";
            return Err(MalformedPolicy::new(Fault::Sid, message));
        }
        // Resource policies may have spaces in theirs, as KMS's own default key policy does.
        if kind.is_identity() && !sid.bytes().all(|b| b.is_ascii_alphanumeric()) {
            let message = "Statement IDs (SID) must be alpha-numeric. \
                           Check that your input satisfies the regular expression [0-9A-Za-z]*";
            return Err(MalformedPolicy::new(Fault::Sid, message));
        }
    }
    Ok(())
}

/// Checks which elements a statement of this kind must have and may not have.
fn elements(draft: &Draft, kind: PolicyKind) -> Result<(), MalformedPolicy> {
    let has_principal = draft.principal.is_some() || draft.not_principal.is_some();
    let has_resource = draft.resource.is_some() || draft.not_resource.is_some();
    let no_actions = draft.action.as_ref().or(draft.not_action.as_ref()).is_none_or(Vec::is_empty);
    let refuse = |fault, message: &'static str| Err(MalformedPolicy::new(fault, message));
    if has_principal && (kind.is_identity() || kind == PolicyKind::Scp) {
        return refuse(Fault::Principal, "Policy document should not specify a principal.");
    }
    if has_resource && kind == PolicyKind::Trust {
        return refuse(Fault::Resource, "Has prohibited field Resource");
    }
    if !has_principal && !kind.is_identity() && kind != PolicyKind::Scp {
        return refuse(Fault::Principal, "Missing required field Principal");
    }
    if no_actions {
        return refuse(Fault::Action, "Policy statement must contain actions.");
    }
    Ok(())
}

fn has_resources(draft: &Draft) -> Result<(), MalformedPolicy> {
    if draft.resource.as_ref().or(draft.not_resource.as_ref()).is_none_or(Vec::is_empty) {
        return Err(MalformedPolicy::new(Fault::Resource, "Policy statement must contain resources."));
    }
    Ok(())
}

fn action(name: &str) -> Result<(), MalformedPolicy> {
    let refuse = |message| Err(MalformedPolicy::new(Fault::Action, message));
    if name == "*" {
        return Ok(());
    }
    let Some((vendor, name)) = name.split_once(':') else {
        return refuse(
            "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.".to_owned(),
        );
    };
    if name.contains(':') {
        return refuse("Actions/Condition can contain only one colon.".to_owned());
    }
    let plain = vendor.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.'));
    if !plain && vendor != "*" { refuse(format!("Vendor {vendor} is not valid")) } else { Ok(()) }
}

/// Checks the name of a resource; IAM checks more than the services do for their own resource policies.
fn resource(name: &str, kind: PolicyKind, syntax: Syntax) -> Result<(), MalformedPolicy> {
    let refuse = |message| Err(MalformedPolicy::new(Fault::Resource, message));
    if name == "*" {
        return Ok(());
    }
    let parts = split_parts(name, syntax);
    let part = |index: usize| parts.get(index).copied();
    let (Some(prefix), Some(partition)) = (part(0), part(1)) else {
        return refuse(format!("Resource {name} must be in ARN format or \"*\"."));
    };
    if !kind.is_identity() {
        let fits = prefix == "arn";
        return if fits {
            Ok(())
        } else {
            refuse(format!("Resource {name} must be in ARN format or \"*\"."))
        };
    }
    if !is_partition(partition) {
        let service = part(2).filter(|service| !service.is_empty() || parts.len() > 3).unwrap_or("*");
        let [region, account, rest] = [3, 4, 5].map(|index| part(index).unwrap_or("*"));
        let completed = format!("arn:{partition}:{service}:{region}:{account}:{rest}");
        return refuse(format!("Partition \"{partition}\" is not valid for resource \"{completed}\"."));
    }
    if prefix != "arn" {
        return refuse(format!("Resource {name} must be in ARN format or \"*\"."));
    }
    let Some(service) = part(2).filter(|service| !service.contains(['*', '?'])) else {
        return refuse("Resource vendor must be fully qualified and cannot contain regexes.".to_owned());
    };
    let has_region = part(3).is_some_and(|region| !region.is_empty());
    let has_account = part(4).is_some_and(|account| !account.is_empty());
    match service {
        "iam" if has_region => refuse(format!("IAM resource {name} cannot contain region information.")),
        // Access points and the like have a region and an account; buckets and objects have neither.
        "s3" if has_region && !has_account => {
            refuse(format!("Resource {name} can not contain region information."))
        }
        "iam" if !part(5).is_none_or(is_iam_path) => {
            let paths = IAM_PATHS.join(", ");
            refuse(format!("IAM resource path must either be \"*\", root, or start with {paths}."))
        }
        _ => Ok(()),
    }
}

fn is_partition(partition: &str) -> bool {
    partition == "aws" || partition.starts_with("aws-") || partition.contains('*')
}

fn is_iam_path(path: &str) -> bool {
    path == "*" || path == "root" || IAM_PATHS.iter().any(|start| path.starts_with(start))
}

/// IAM's older parser wants a service, and all six parts where two colons stand together.
fn legacy_parses(name: &str) -> bool {
    let colons = name.bytes().filter(|b| *b == b':').count();
    let service = name.split(':').nth(2);
    name == "*"
        || ((colons >= 5 || !name.contains("::")) && service.is_some_and(|service| !service.is_empty()))
}

fn trust(draft: &Draft) -> Result<(), MalformedPolicy> {
    for name in draft.action.iter().flatten() {
        let pattern =
            Pattern::compile(&name.to_ascii_lowercase(), Syntax { wildcards: true, variables: false });
        let fits = name.contains(':') && TRUST_ACTIONS.iter().any(|action| pattern.matches_plain(action));
        if !fits {
            let message = "AssumeRole policy may only specify STS AssumeRole actions.";
            return Err(MalformedPolicy::new(Fault::Action, message));
        }
    }
    Ok(())
}

/// A resource control policy only denies, to everyone, named services' actions. `RCPFullAWSAccess`, which AWS
/// attaches everywhere, is the one exception.
fn resource_control(drafts: &[Draft]) -> Result<(), MalformedPolicy> {
    let only = |names: &Option<Vec<String>>| names.as_deref().is_some_and(|names| names == ["*"]);
    let everyone = |draft: &Draft| matches!(&draft.principal, Some(PrincipalBlock::Bare(all)) if all == "*");
    if let [draft] = drafts {
        let full = draft.effect == "Allow" && only(&draft.action) && only(&draft.resource);
        if full && everyone(draft) && draft.condition.is_empty() {
            return Ok(());
        }
    }
    for draft in drafts {
        has_resources(draft)?;
        let refused = if draft.effect != "Deny" {
            Some(Fault::Effect)
        } else if !everyone(draft) {
            Some(Fault::Principal)
        } else if draft.action.as_ref().is_none_or(|names| names.iter().any(|name| name.starts_with('*'))) {
            Some(Fault::Action)
        } else {
            None
        };
        if let Some(fault) = refused {
            return Err(MalformedPolicy::new(fault, "Syntax errors in policy."));
        }
    }
    Ok(())
}
