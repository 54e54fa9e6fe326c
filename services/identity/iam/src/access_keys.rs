//! Long-term access keys.

use std::sync::Arc;

use bastide_door::{Failure, Permitted};
use bastide_ids::{UniqueId, alphanumeric};
use bastide_policy::Principal;
use bastide_resources::{Store, Stored};
use bastide_shape::Document;
use zeroize::Zeroizing;

use crate::access_key_id;
use crate::account;
use crate::errors::{invalid, no_such, quota};
use crate::model::{AccessKey, Account, KeyOwner, KeyStatus, LastUsed, User};
use crate::paging::{Paging, finish};
use crate::resolver::found;

/// The most access keys of a user.
pub(crate) const PER_USER: usize = 2;
/// Characters of a secret access key.
const SECRET: usize = 40;

pub(crate) async fn create_access_key(call: &mut Permitted) -> Result<Document, Failure> {
    let owner = Owner::of(call).await?;
    let mut keys = owner.keys().clone();
    if keys.len() >= PER_USER {
        return Err(quota("AccessKeysPerUser", PER_USER));
    }
    let place = call.place().clone();
    let id = access_key_id::generate(UniqueId::AccessKey, place.account);
    let secret = Zeroizing::new(alphanumeric(SECRET));
    let created = call.now().truncated_to_seconds();
    let key = AccessKey::new(call.sealer(), &id, &secret, &place, owner.key_owner(), created)?;
    let shown = Document::new()
        .with("UserName", owner.name())
        .with("AccessKeyId", &id)
        .with("Status", KeyStatus::Active.as_str())
        .with("SecretAccessKey", secret.as_str())
        .with("CreateDate", created);
    keys.push(id.clone());
    call.changes().create(&Store::global(), id.clone(), key);
    owner.write(call, keys);
    call.record_resource("AWS::IAM::AccessKey", id);
    Ok(Document::new().with("AccessKey", shown))
}

pub(crate) async fn update_access_key(call: &mut Permitted) -> Result<Document, Failure> {
    let owner = Owner::of(call).await?;
    let key = owner.key(call).await?;
    let status = match call.input().text("Status") {
        "Active" => KeyStatus::Active,
        "Inactive" => KeyStatus::Inactive,
        _ => return Err(invalid("Access keys are set to Active or Inactive.")),
    };
    call.changes().update(&key, key.with_status(status));
    Ok(Document::new())
}

pub(crate) async fn delete_access_key(call: &mut Permitted) -> Result<Document, Failure> {
    let owner = Owner::of(call).await?;
    let key = owner.key(call).await?;
    let mut keys = owner.keys().clone();
    keys.retain(|id| *id != key.key.id);
    call.changes().delete(&key);
    if let Some(used) = call.store().find::<LastUsed>(&Store::global(), &key.key.id).await? {
        // It is written beside calls: whoever is later wins, and neither needs the other.
        call.changes().delete(&used);
    }
    owner.write(call, keys);
    Ok(Document::new())
}

pub(crate) async fn list_access_keys(call: &mut Permitted) -> Result<Document, Failure> {
    let owner = Owner::of(call).await?;
    let (page, next) = Paging::of(call.input())?.cut(owner.keys(), String::as_str);
    let mut shown = Vec::with_capacity(page.len());
    for id in page {
        let key = call.store().find::<AccessKey>(&Store::global(), id).await?;
        shown.extend(key.map(|key| {
            Document::new()
                .with("UserName", owner.name())
                .with("AccessKeyId", id)
                .with("Status", key.status.as_str())
                .with("CreateDate", key.created)
        }));
    }
    Ok(finish(Document::new().with("AccessKeyMetadata", shown), next.as_deref()))
}

pub(crate) async fn access_key_last_used(call: &mut Permitted) -> Result<Document, Failure> {
    let id = call.input().text("AccessKeyId");
    let used = call.store().find::<LastUsed>(&Store::global(), id).await?;
    let shown = match &used {
        Some(used) => Document::new()
            .with("LastUsedDate", used.at)
            .with("ServiceName", &used.service)
            .with("Region", &used.region),
        None => Document::new().with("ServiceName", "N/A").with("Region", "N/A"),
    };
    let name = found::<User>(call).map_or_else(|_| ROOT.to_owned(), |user| user.name.clone());
    Ok(Document::new().with("UserName", name).with("AccessKeyLastUsed", shown))
}

/// How lists of keys name the root user.
const ROOT: &str = "root";

/// Whose keys a call is about: a user's, or those of the root user who calls without naming anyone.
enum Owner {
    User(Arc<Stored<User>>),
    Root(account::Read),
}

impl Owner {
    async fn of(call: &Permitted) -> Result<Self, Failure> {
        let root = matches!(call.caller().principal, Principal::Root { .. });
        if root && call.input().str("UserName").is_none() {
            return Ok(Self::Root(account::read(call).await?));
        }
        Ok(Self::User(found::<User>(call)?))
    }

    fn name(&self) -> &str {
        match self {
            Self::User(user) => &user.name,
            Self::Root(_) => ROOT,
        }
    }

    fn keys(&self) -> &Vec<String> {
        match self {
            Self::User(user) => &user.access_keys,
            Self::Root(account) => &account.value.access_keys,
        }
    }

    fn key_owner(&self) -> KeyOwner {
        match self {
            Self::User(user) => KeyOwner::User(user.id.clone()),
            Self::Root(_) => KeyOwner::Root,
        }
    }

    /// The owner's key that the call names.
    async fn key(&self, call: &Permitted) -> Result<Arc<Stored<AccessKey>>, Failure> {
        let id = call.input().text("AccessKeyId");
        let found = match self.keys().iter().any(|key| key == id) {
            true => call.store().find::<AccessKey>(&Store::global(), id).await?,
            false => None,
        };
        found.ok_or_else(|| no_such(format!("The Access Key with id {id} cannot be found.")))
    }

    fn write(&self, call: &mut Permitted, access_keys: Vec<String>) {
        let place = call.place().clone();
        match self {
            Self::User(user) => {
                call.changes().update(user, User { access_keys, ..user.value.clone() });
            }
            Self::Root(account) => {
                let changed = Account { access_keys, ..account.value.clone() };
                account.write(call.changes(), &place, changed);
            }
        }
    }
}
