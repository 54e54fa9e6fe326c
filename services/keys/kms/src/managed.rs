//! The keys that services use: AWS managed keys, one for each service in an account and region, made when they are
//! first used; and AWS owned keys, which only their service knows.
//!
//! Source: KMS Developer Guide, "AWS managed keys" and "AWS owned keys".

use std::sync::Arc;

use bastide_crypto::SecretKey;
use bastide_door::{Asking, Failure, Permitted};
use bastide_ids::{Place, Uuid};
use bastide_policy::Principal;
use bastide_resources::{Key as DocumentKey, Store, Stored};
use serde_json::json;

use crate::resolve::via_service;
use crate::rotation::status::{self, DEFAULT_PERIOD};
use crate::stored::{Alias, Automatic, Key, Manager, Material};
use crate::{hex, policies};

const MANAGED: &str = "alias/aws/";
/// The aliases by which services name the keys that they own. They are not AWS's: there, nobody sees them.
const OWNED: &str = "alias/aws/owned/";

/// Services whose AWS managed key is made by whoever describes its alias first.
const PREDEFINED: [&str; 24] = [
    "acm",
    "backup",
    "cloudtrail",
    "codecommit",
    "connect",
    "dms",
    "dynamodb",
    "ebs",
    "elasticfilesystem",
    "es",
    "fsx",
    "glue",
    "kinesis",
    "kinesisvideo",
    "lambda",
    "lightsail",
    "rds",
    "redshift",
    "s3",
    "secretsmanager",
    "sns",
    "sqs",
    "ssm",
    "xray",
];

/// A service that acts for itself is not asked for a policy's leave; nobody else has any.
const OWNED_POLICY: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"Closed to customers","Effect":"Deny","Principal":"*","Action":"kms:*","Resource":"*"}]}"#;

/// What stands for the version of a key that is not in the store yet.
const NEW: u64 = 0;

/// Whether an alias is of an AWS owned key.
pub(crate) fn is_owned_alias(name: &str) -> bool {
    name.starts_with(OWNED)
}

/// Whether customers may not make or change an alias.
pub(crate) fn is_reserved_alias(name: &str) -> bool {
    name.starts_with(MANAGED)
}

/// The principal of the service that owns an AWS owned key.
pub(crate) fn owner(key: &Key) -> Option<String> {
    match &key.manager {
        Manager::Owned(service) => Some(principal(service)),
        Manager::Aws(_) | Manager::Customer => None,
    }
}

/// The key that is to be made because its alias, which does not exist, is used by who may use it. It has an id and
/// a policy, and stands in the store once a handler has called [`make_if_new`].
pub(crate) fn on_first_use(asking: &Asking<'_>, place: &Place, alias: &str) -> Option<Arc<Stored<Key>>> {
    let service = alias.strip_prefix(MANAGED).filter(|_| place == asking.place)?;
    let itself = |service: &str| match &asking.caller.principal {
        Principal::Service { name } => *name == principal(service),
        _ => false,
    };
    let manager = match alias.strip_prefix(OWNED) {
        Some(service) => itself(service).then(|| Manager::Owned(service.to_owned()))?,
        None => {
            let through = asking.via.last().is_some_and(|via| *via == principal(service));
            let described = asking.operation.name == "DescribeKey" && PREDEFINED.contains(&service);
            (through || described || itself(service)).then(|| Manager::Aws(service.to_owned()))?
        }
    };
    let policy = match &manager {
        Manager::Aws(service) => managed_policy(service, place),
        _ => OWNED_POLICY.to_owned(),
    };
    let mut key = Key::new(asking.now, manager, policy, hex::random_id());
    key.description = format!("AWS managed key for {}", alias.rsplit('/').next().unwrap_or(alias));
    key.aliases.insert(alias.to_owned());
    // AWS managed keys are rotated every year, and nobody can change that.
    key.rotation = Some(Automatic::from(asking.now, DEFAULT_PERIOD));
    let id = DocumentKey::of::<Key>(place, Uuid::random().to_string());
    Some(Arc::new(Stored { key: id, version: NEW, sequence: NEW, time: asking.now, value: key }))
}

/// Makes a key that [`on_first_use`] thought of, with its alias and its material, which is given back.
/// Other keys are left as they are.
///
/// # Errors
/// When the sealer fails.
pub(crate) fn make_if_new(
    call: &mut Permitted,
    key: &Stored<Key>,
) -> Result<Option<Arc<SecretKey>>, Failure> {
    if key.sequence != NEW {
        return Ok(None);
    }
    let DocumentKey { place, id, .. } = &key.key;
    let (material, opened) = Material::generate(call.sealer(), place, Key::arn(key))?;
    let changes = call.changes();
    changes.create(place, id, key.value.clone());
    changes.create(place, Material::id(id, &key.material), material);
    if let Some(due) = status::due(key) {
        changes.put(&Store::global(), due.id(), due);
    }
    for alias in &key.aliases {
        let value = Alias { target: id.clone(), created: key.created, updated: key.created };
        changes.create(place, alias, value);
    }
    Ok(Some(opened))
}

fn principal(service: &str) -> String {
    format!("{service}.amazonaws.com")
}

/// Everybody in the account may use the key through its service; directly it can only be looked at.
fn managed_policy(service: &str, place: &Place) -> String {
    json!({
        "Version": "2012-10-17",
        "Id": format!("auto-{service}-1"),
        "Statement": [
            {
                "Sid": format!("Use through {service} by everyone in the account"),
                "Effect": "Allow",
                "Principal": { "AWS": "*" },
                "Action": [
                    "kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:CreateGrant",
                    "kms:DescribeKey",
                ],
                "Resource": "*",
                "Condition": {
                    "StringEquals": {
                        "kms:ViaService": via_service(&principal(service), place.region.as_str()),
                        "kms:CallerAccount": place.account,
                    },
                },
            },
            {
                "Sid": "Direct access to metadata for the account",
                "Effect": "Allow",
                "Principal": { "AWS": policies::root_arn(place) },
                "Action": ["kms:Describe*", "kms:Get*", "kms:List*", "kms:RevokeGrant"],
                "Resource": "*",
            },
        ],
    })
    .to_string()
}

#[cfg(test)]
mod tests {
    use bastide_ids::{AccountId, Region};
    use bastide_policy::{Policy, PolicyKind};

    use super::*;

    #[test]
    fn the_managed_policy_is_a_policy() {
        let place = Place::new(AccountId::from_number(111_122_223_333), Region::us_east_1());
        let text = managed_policy("s3", &place);
        assert!(text.contains("s3.us-east-1.amazonaws.com"), "{text}");
        assert_eq!(Policy::parse(&text, PolicyKind::Resource).unwrap().statements().len(), 2);
    }
}
