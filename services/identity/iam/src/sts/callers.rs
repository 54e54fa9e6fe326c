//! Who calls, and whose a key is.

use bastide_door::{Failure, Permitted};
use bastide_resources::Store;
use bastide_shape::Document;

use super::refuse_sessions_of_users;
use crate::access_key_id;
use crate::model::AccessKey;

/// Needs no permission: nobody can be denied to know who they are.
pub(super) async fn caller_identity(call: &mut Permitted) -> Result<Document, Failure> {
    let caller = call.caller();
    Ok(Document::new()
        .with("UserId", caller.user_id())
        .with("Account", caller.account.as_str())
        .with("Arn", caller.arn()))
}

pub(super) async fn access_key_info(call: &mut Permitted) -> Result<Document, Failure> {
    refuse_sessions_of_users(call)?;
    let id = call.input().text("AccessKeyId");
    // A key that its owner chose carries no account, so those that are known are asked first.
    let account = match call.store().find::<AccessKey>(&Store::global(), id).await? {
        Some(key) => Some(key.place.account),
        None => access_key_id::account(id).filter(|_| id.starts_with("AKIA") || id.starts_with("ASIA")),
    };
    let account = account.ok_or_else(|| Failure::validation(format!("Invalid Access Key ID: {id}")))?;
    Ok(Document::new().with("Account", account.as_str()))
}
