//! Which organization a call speaks of, and whether its caller may.

use std::sync::Arc;

use bastide_api_organizations::operations;
use bastide_door::{Failure, Permitted};
use bastide_ids::{AccountId, Place};
use bastide_resources::{Changes, Store, Stored};
use bastide_shape::Operation;

use crate::errors::{access_denied, not_in_use};
use crate::model::{AccountEntry, Member, Organization};

/// A document as it stands in the store.
pub(crate) type Found<T> = Arc<Stored<T>>;

/// The organization that a call speaks of.
pub(crate) struct Scope {
    /// The organization. Its place is that of all its documents.
    pub(crate) organization: Found<Organization>,
}

impl Scope {
    /// The organization of the caller of a permitted call.
    ///
    /// # Errors
    /// As [`Scope::admit`].
    pub(crate) async fn of(call: &Permitted) -> Result<Self, Failure> {
        Self::admit(call.store(), call.operation(), call.caller().account).await
    }

    /// The organization that an account is in, if it may carry out this operation in it: the management account
    /// all of them, delegated administrators those that read, members only the description of the organization.
    ///
    /// # Errors
    /// `AWSOrganizationsNotInUseException`, `AccessDeniedException`.
    pub(crate) async fn admit(
        store: &Store,
        operation: &'static Operation,
        account: AccountId,
    ) -> Result<Self, Failure> {
        let entry = store.find::<AccountEntry>(&Store::global(), account.as_str()).await?;
        let home = entry.as_ref().and_then(|entry| entry.organization.as_ref()).ok_or_else(not_in_use)?;
        let organization = store.find::<Organization>(&home.place, Organization::ID).await?;
        let scope = Self { organization: organization.ok_or_else(not_in_use)? };
        let open_to_members = std::ptr::eq(operation, &operations::DescribeOrganization);
        if open_to_members || scope.management() == account {
            return Ok(scope);
        }
        let member = store.find::<Member>(scope.home(), account.as_str()).await?;
        let delegated = member.is_some_and(|member| !member.delegations.is_empty());
        if delegated && operation.access.is_read() { Ok(scope) } else { Err(access_denied()) }
    }

    /// Where its documents are.
    pub(crate) fn home(&self) -> &Place {
        &self.organization.key.place
    }

    /// Its management account.
    pub(crate) fn management(&self) -> AccountId {
        self.home().account
    }

    /// Makes the commit fail when the organization is deleted meanwhile, and its deletion when this commit is
    /// first: else what is made here would be left behind.
    pub(crate) fn touch(&self, changes: &mut Changes) {
        changes.update(&self.organization, Organization::clone(&self.organization));
    }

    /// The ARN of something in it: `arn:aws:organizations::111122223333:KIND/o-…/ID`.
    pub(crate) fn arn(&self, kind: &str, id: &str) -> String {
        self.home().global_arn("organizations", &format!("{kind}/{}/{id}", self.organization.id))
    }

    /// The ARN of a root or unit.
    pub(crate) fn unit_arn(&self, id: &str) -> String {
        self.arn(if id.starts_with("r-") { "root" } else { "ou" }, id)
    }
}
