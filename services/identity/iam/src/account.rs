//! The account: its alias, its summary, and what IAM keeps of it as a whole.

use std::sync::Arc;

use bastide_door::{Failure, Permitted};
use bastide_ids::{Place, Timestamp};
use bastide_resources::{Changes, Store, Stored};
use bastide_shape::Document;

use crate::errors::{exists, no_such};
use crate::lookup;
use crate::model::{Account, AccountAlias, ManagedPolicy, MfaDevice, Name, NameKind, User};
use crate::paging::finish;
use crate::{
    access_keys, groups, holders, instance_profiles, managed_policies, policy_versions, roles, users,
};

/// The account's document as it is read: one that was never written has its defaults.
pub(crate) struct Read {
    stored: Option<Arc<Stored<Account>>>,
    pub(crate) value: Account,
}

impl Read {
    pub(crate) async fn of(store: &Store, place: &Place, now: Timestamp) -> Result<Self, Failure> {
        let stored = store.find::<Account>(place, Account::ID).await?;
        let new = || Account { created: now.truncated_to_seconds(), ..Account::default() };
        let value = stored.as_deref().map_or_else(new, |stored| stored.value.clone());
        Ok(Self { stored, value })
    }

    /// Writes the document as it is to be.
    pub(crate) fn write(&self, changes: &mut Changes, place: &Place, value: Account) {
        match &self.stored {
            Some(stored) => changes.update(stored, value),
            None => changes.create(place, Account::ID, value),
        };
    }
}

/// The account of the call.
pub(crate) async fn read(call: &Permitted) -> Result<Read, Failure> {
    Read::of(call.store(), call.place(), call.now()).await
}

/// When the account was first seen here.
pub(crate) async fn created(store: &Store, place: &Place, now: Timestamp) -> Result<Timestamp, Failure> {
    Ok(Read::of(store, place, now).await?.value.created)
}

pub(crate) async fn create_account_alias(call: &mut Permitted) -> Result<Document, Failure> {
    let alias = call.input().text("AccountAlias").to_owned();
    if !is_alias(&alias) {
        return Err(Failure::validation(
            "1 validation error detected: Value at 'accountAlias' failed to satisfy constraint: Member must \
             satisfy regular expression pattern: ^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$",
        ));
    }
    let read = read(call).await?;
    let (store, global) = (call.store().clone(), Store::global());
    if read.value.alias.as_ref() == Some(&alias) {
        return Ok(Document::new());
    }
    if store.find::<AccountAlias>(&global, &alias).await?.is_some() {
        return Err(exists(format!("The account alias {alias} already exists.")));
    }
    free_alias(&store, call.changes(), read.value.alias.as_deref()).await?;
    let place = call.place().clone();
    let changes = call.changes();
    changes.create(&global, alias.clone(), AccountAlias { account: place.account });
    read.write(changes, &place, Account { alias: Some(alias), ..read.value.clone() });
    Ok(Document::new())
}

pub(crate) async fn delete_account_alias(call: &mut Permitted) -> Result<Document, Failure> {
    let alias = call.input().text("AccountAlias");
    let read = read(call).await?;
    if read.value.alias.as_deref() != Some(alias) {
        return Err(no_such(format!("The account alias {alias} cannot be found.")));
    }
    let (store, place) = (call.store().clone(), call.place().clone());
    free_alias(&store, call.changes(), read.value.alias.as_deref()).await?;
    read.write(call.changes(), &place, Account { alias: None, ..read.value.clone() });
    Ok(Document::new())
}

pub(crate) async fn list_account_aliases(call: &mut Permitted) -> Result<Document, Failure> {
    let aliases: Vec<String> = read(call).await?.value.alias.into_iter().collect();
    Ok(finish(Document::new().with("AccountAliases", aliases), None))
}

async fn free_alias(store: &Store, changes: &mut Changes, alias: Option<&str>) -> Result<(), Failure> {
    if let Some(alias) = alias
        && let Some(held) = store.find::<AccountAlias>(&Store::global(), alias).await?
    {
        changes.delete(&held);
    }
    Ok(())
}

/// The pattern of AWS's model looks ahead, which the validator's engine cannot.
fn is_alias(text: &str) -> bool {
    let letter = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let inside = text.bytes().all(|b| letter(b) || b == b'-') && !text.contains("--");
    let ends = text.bytes().next().is_some_and(letter) && text.bytes().next_back().is_some_and(letter);
    (3..=63).contains(&text.len()) && inside && ends
}

/// Counts and quotas. Source: IAM API, `GetAccountSummary`.
pub(crate) async fn summary(call: &mut Permitted) -> Result<Document, Failure> {
    let (store, place) = (call.store(), call.place());
    let account = read(call).await?.value;
    let count = async |kind: NameKind| lookup::count::<Name>(store, place, kind.prefix()).await;
    let devices = lookup::all::<MfaDevice>(store, place).await?;
    let users = lookup::all::<User>(store, place).await?;
    let policies = lookup::all::<ManagedPolicy>(store, place).await?;
    let entries = [
        ("Users", users.len()),
        ("UsersQuota", users::QUOTA),
        ("Groups", count(NameKind::Group).await?),
        ("GroupsQuota", groups::QUOTA),
        ("Roles", count(NameKind::Role).await?),
        ("RolesQuota", roles::QUOTA),
        ("InstanceProfiles", count(NameKind::InstanceProfile).await?),
        ("InstanceProfilesQuota", instance_profiles::QUOTA),
        ("Policies", policies.len()),
        ("PoliciesQuota", managed_policies::QUOTA),
        ("PolicySizeQuota", managed_policies::SIZE),
        ("PolicyVersionsInUse", policies.iter().map(|policy| policy.versions.len()).sum()),
        ("PolicyVersionsInUseQuota", 10_000),
        ("VersionsPerPolicyQuota", policy_versions::MOST),
        ("UserPolicySizeQuota", <User as holders::Holder>::INLINE_MOST),
        ("GroupPolicySizeQuota", <crate::model::Group as holders::Holder>::INLINE_MOST),
        ("RolePolicySizeQuota", <crate::model::Role as holders::Holder>::INLINE_MOST),
        ("AssumeRolePolicySizeQuota", roles::TRUST_MOST),
        ("AttachedPoliciesPerUserQuota", holders::ATTACHED_MOST),
        ("AttachedPoliciesPerGroupQuota", holders::ATTACHED_MOST),
        ("AttachedPoliciesPerRoleQuota", holders::ATTACHED_MOST),
        ("GroupsPerUserQuota", groups::PER_USER),
        ("AccessKeysPerUserQuota", access_keys::PER_USER),
        ("SigningCertificatesPerUserQuota", 2),
        ("ServerCertificates", 0),
        ("ServerCertificatesQuota", 20),
        ("Providers", 0),
        ("MFADevices", devices.len()),
        ("MFADevicesInUse", devices.iter().filter(|device| device.user.is_some()).count()),
        ("AccountMFAEnabled", 0),
        ("AccountAccessKeysPresent", usize::from(!account.access_keys.is_empty())),
        ("AccountPasswordPresent", 0),
        ("AccountSigningCertificatesPresent", 0),
        ("GlobalEndpointTokenVersion", 1),
    ];
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let map = entries.into_iter().fold(Document::new(), |map, (name, count)| map.with(name, number(count)));
    Ok(Document::new().with("SummaryMap", map))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases() {
        for good in ["abc", "a-b-c", "0a9", &"a".repeat(63)] {
            assert!(is_alias(good), "{good}");
        }
        for bad in ["ab", "-abc", "abc-", "a--b", "aBc", "a_b", "", &"a".repeat(64)] {
            assert!(!is_alias(bad), "{bad}");
        }
    }
}
