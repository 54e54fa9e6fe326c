//! Accounts that administer others, and accounts that are administered.

pub(crate) mod administer;
pub(crate) mod invitations;
pub(crate) mod monitor;

use std::sync::Arc;

use bastide_door::{Failure, Permitted};
use bastide_ids::{AccountId, Place};
use bastide_resources::{Store, StoreError, Stored};
use bastide_shape::{Document, Value};

use crate::stored::{Administrator, Member};

/// Who administers the account of a place.
///
/// # Errors
/// When the store fails.
pub(crate) async fn administrator(
    store: &Store,
    place: &Place,
) -> Result<Option<Arc<Stored<Administrator>>>, StoreError> {
    store.find::<Administrator>(place, Administrator::ID).await
}

/// The same region of another account.
pub(crate) fn place_of(place: &Place, account: AccountId) -> Place {
    Place { account, ..place.clone() }
}

/// The accounts of a request, each once, and those that are none with the reason.
pub(crate) fn accounts(call: &Permitted) -> (Vec<AccountId>, Unprocessed) {
    let (mut accounts, mut unprocessed) = (Vec::new(), Unprocessed::default());
    for text in call.input().strings("AccountIds") {
        match AccountId::parse(text) {
            Ok(account) if !accounts.contains(&account) => accounts.push(account),
            Ok(_) => {}
            Err(_) => {
                unprocessed.add(text, "The request is rejected because the given account ID is invalid.");
            }
        }
    }
    (accounts, unprocessed)
}

/// The accounts that a request could not be carried out for, and why.
#[derive(Default)]
pub(crate) struct Unprocessed(Vec<Document>);

impl Unprocessed {
    pub(crate) fn add(&mut self, account: &str, why: &str) {
        self.0.push(Document::new().with("AccountId", account).with("Result", why));
    }

    /// The answer of most operations on several accounts.
    pub(crate) fn answer(self) -> Document {
        self.within(Document::new())
    }

    /// An answer that tells something else too.
    pub(crate) fn within(self, answer: Document) -> Document {
        answer.with("UnprocessedAccounts", self.0)
    }
}

/// The members of the caller's account that a request names; those that are none are not processed.
///
/// # Errors
/// When the store fails.
pub(crate) async fn named(call: &Permitted) -> Result<(Vec<Arc<Stored<Member>>>, Unprocessed), Failure> {
    let (accounts, mut unprocessed) = accounts(call);
    let mut members = Vec::new();
    for account in accounts {
        match call.store().find::<Member>(call.place(), account.as_str()).await? {
            Some(member) => members.push(member),
            None => unprocessed.add(account.as_str(), crate::refusal::unprocessed::NOT_MEMBER),
        }
    }
    Ok((members, unprocessed))
}

/// A member as `Member` has it; `detector` is its own.
pub(crate) fn show(member: &Stored<Member>, detector: Option<&str>) -> Value {
    let administrator = member.key.place.account.to_string();
    Document::new()
        .with("AccountId", &member.key.id)
        .maybe("DetectorId", detector)
        .with("MasterId", &administrator)
        .with("Email", &member.email)
        .with("RelationshipStatus", member.relationship.as_str())
        .maybe("InvitedAt", member.invited.map(bastide_ids::Timestamp::iso8601_millis))
        .with("UpdatedAt", member.updated.iso8601_millis())
        .with("AdministratorId", administrator)
        .into()
}
