//! What the door asks of organizations: which policies stand over an account.

use bastide_door::{Failure, Organization, OrganizationPlace, Standing};
use bastide_ids::{AccountId, Place};
use bastide_policy::Attached;
use bastide_resources::Store;
use futures_core::future::BoxFuture;

use crate::lookup;
use crate::model::{self, AccountEntry, Home, Member, PolicyType, Unit, attached};

/// The organizations in the store.
///
/// Every answer is put together from documents that the store keeps parsed, policies from those that they keep
/// compiled: so it holds from the moment of a change, and an account in no organization costs one look-up of a
/// document that is known not to be.
pub struct StoredOrganization {
    store: Store,
    global: Place,
}

impl StoredOrganization {
    /// The organizations in a store.
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self { store, global: Store::global() }
    }

    async fn find(&self, account: AccountId) -> Result<Standing, Failure> {
        let entry = self.store.find::<AccountEntry>(&self.global, account.as_str()).await?;
        let Some(entry) = entry else { return Ok(Standing::default()) };
        let mut standing = match &entry.organization {
            Some(home) => self.within(account, home).await?,
            None => Standing::default(),
        };
        if entry.closed {
            // A level that allows nothing: in a closed account nobody may do anything, nor use what it owns.
            standing.service_control.push(Vec::new());
            standing.resource_control.push(Vec::new());
        }
        Ok(standing)
    }

    async fn within(&self, account: AccountId, home: &Home) -> Result<Standing, Failure> {
        let place = &home.place;
        let organization = self.store.find::<model::Organization>(place, model::Organization::ID).await?;
        let member = self.store.find::<Member>(place, account.as_str()).await?;
        let (Some(organization), Some(member)) = (organization, member) else {
            return Err(broken(account, "the organization or its account"));
        };
        let parent = self.unit(account, place, &member.parent).await?;
        let organization_place = OrganizationPlace {
            id: home.id.as_str().into(),
            path: parent.path.as_str().into(),
            management_account: place.account,
        };
        let mut standing = Standing { place: Some(organization_place), ..Standing::default() };
        let scp = organization.applies(PolicyType::ServiceControlPolicy);
        let rcp = organization.applies(PolicyType::ResourceControlPolicy);
        // Neither type restricts the management account or what it owns.
        if place.account == account || !(scp || rcp) {
            return Ok(standing);
        }
        let mut levels = Vec::with_capacity(8);
        for id in parent.lineage() {
            levels.push(self.unit(account, place, id).await?);
        }
        let above = levels.iter().map(|unit| unit.attachments.as_slice());
        for attachments in above.chain([member.attachments.as_slice()]) {
            for (applies, kind, layer) in [
                (scp, PolicyType::ServiceControlPolicy, &mut standing.service_control),
                (rcp, PolicyType::ResourceControlPolicy, &mut standing.resource_control),
            ] {
                if applies {
                    layer.push(self.compiled(place, &attached(attachments, kind)).await?);
                }
            }
        }
        Ok(standing)
    }

    async fn unit(
        &self,
        account: AccountId,
        place: &Place,
        id: &str,
    ) -> Result<crate::scope::Found<Unit>, Failure> {
        self.store.find::<Unit>(place, id).await?.ok_or_else(|| broken(account, id))
    }

    /// Compiled policies. One that cannot be read or found fails the call: nothing may be decided without it.
    async fn compiled(&self, place: &Place, ids: &[&str]) -> Result<Vec<Attached>, Failure> {
        let mut policies = Vec::with_capacity(ids.len());
        for id in ids {
            let policy = lookup::policy(&self.store, place, id).await?;
            let policy =
                policy.ok_or_else(|| Failure::internal(format!("the attached policy {id} is gone")))?;
            let unreadable = |why| Failure::internal(format!("the stored policy {id} cannot be read: {why}"));
            policies.extend(policy.attached().map_err(unreadable)?);
        }
        Ok(policies)
    }
}

fn broken(account: AccountId, what: &str) -> Failure {
    Failure::internal(format!("account {account} is in an organization, but {what} was not found"))
}

impl Organization for StoredOrganization {
    fn standing<'a>(&'a self, account: AccountId) -> BoxFuture<'a, Result<Standing, Failure>> {
        Box::pin(self.find(account))
    }
}
