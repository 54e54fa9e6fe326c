//! What is due, what has grown old, and accounts that join an organization.

use std::time::{Duration, Instant};

use bastide_api_guardduty::GUARDDUTY;
use bastide_api_organizations::operations as organizations;
use bastide_ids::{AccountId, Place, Timestamp};
use bastide_resources::{Changes, Store, Stored};
use bastide_shape::Document;

use super::keep::is_old;
use super::lists::Read;
use super::publish::queue;
use super::rules::{Configured, Ends};
use super::{Stopped, TICK, Work};
use crate::members::place_of;
use crate::organization;
use crate::paging::all;
use crate::resolve::detector_of;
use crate::stored::{
    Destination, Due, Finding, List, ListKind, ListState, Member, Organization, Realm, Relationship, Wanted,
};

/// How long a node has the right to do these, without saying that it is still there.
const LEASE: Duration = Duration::from_secs(10);
/// How often organizations are asked for their accounts.
const ACCOUNTS: Duration = Duration::from_secs(2);
/// How often it is looked what has grown old.
const OLD: Duration = Duration::from_secs(3_600);
/// What is due is done so much at a time.
const AT_ONCE: usize = 500;
/// A list that was deleted is told of for so long.
const REMEMBERED: Duration = Duration::from_secs(3_600);

impl Work {
    pub(super) async fn chores(&self) {
        let (mut read, mut ends, mut configured) = (Read::default(), Ends::default(), Configured::default());
        let (mut asked, mut cleaned): (Option<Instant>, Option<Instant>) = (None, None);
        loop {
            tokio::time::sleep(TICK).await;
            // Each node has an engine of its own.
            warn(self.read_changed_lists(&mut read).await, "lists");
            let leased = self.store().lease("guardduty.chores", self.node(), LEASE).await;
            if !matches!(leased, Ok(Some(_))) {
                continue;
            }
            warn(self.what_is_due().await, "findings that are due");
            if asked.is_none_or(|asked| asked.elapsed() >= ACCOUNTS) {
                asked = Some(Instant::now());
                warn(self.accounts_that_join().await, "accounts of organizations");
                warn(self.rules_that_end(&mut ends).await, "custom rules that end");
                warn(self.rules_of_organizations(&mut configured).await, "custom rules of organizations");
            }
            if cleaned.is_none_or(|cleaned| cleaned.elapsed() >= OLD) {
                cleaned = Some(Instant::now());
                warn(self.what_is_old().await, "what has grown old");
            }
        }
    }

    /// Puts findings of which more was seen into the queues of publishers.
    async fn what_is_due(&self) -> Result<(), Stopped> {
        let global = Store::global();
        loop {
            let page = self.store().list::<Due>(&global, "", None, AT_ONCE).await?;
            let now = self.now();
            let due: Vec<_> = page.items.into_iter().filter(|due| due.at <= now).collect();
            if due.is_empty() {
                return Ok(());
            }
            for one in &due {
                let mut changes = Changes::new(now);
                changes.delete(one);
                if let Some(read) = self.store().find::<Finding>(&one.place, &one.finding).await? {
                    let mut finding = read.value.clone();
                    finding.due = None;
                    if !finding.is_archived() {
                        let exports = self.store().list::<Destination>(&one.place, "", None, 1).await?;
                        queue(&mut changes, &one.place, &finding, &self.told(!exports.items.is_empty()));
                    }
                    changes.update(&read, finding);
                }
                match self.store().commit(changes).await.map_err(Stopped::from) {
                    Ok(_) => self.queued.notify_one(),
                    Err(Stopped::Conflict) => {}
                    Err(error) => return Err(error),
                }
            }
            if due.len() < AT_ONCE {
                return Ok(());
            }
        }
    }

    /// Makes accounts of organizations members, as their administrators want it.
    async fn accounts_that_join(&self) -> Result<(), Stopped> {
        for Realm { place, .. } in self.realms().await? {
            let found = self.store().find::<Organization>(&place, Organization::ID).await?;
            let Some(wish) = found.filter(|found| found.members != Wanted::None) else { continue };
            let Ok(management) = AccountId::parse(&wish.management) else { continue };
            for (account, email, joined) in self.accounts_of(&place_of(&place, management)).await? {
                let new = joined >= wish.time.truncated_to_seconds();
                if account != place.account && (wish.members == Wanted::All || new) {
                    self.join(&place, account, &email).await?;
                }
            }
        }
        Ok(())
    }

    /// The active accounts of the organization that a place's account manages, when they joined and their addresses.
    async fn accounts_of(&self, place: &Place) -> Result<Vec<(AccountId, String, Timestamp)>, Stopped> {
        let (mut found, mut token) = (Vec::new(), None::<String>);
        loop {
            let input = Document::new().maybe("NextToken", token.as_deref());
            let door = std::sync::Arc::clone(&self.setting.door);
            let answer = door.act_as(&GUARDDUTY, place, &organizations::ListAccounts, input).await?;
            for account in answer.maps("Accounts").filter(|account| account.text("Status") == "ACTIVE") {
                if let Ok(id) = AccountId::parse(account.text("Id")) {
                    let joined = account.time("JoinedTimestamp").unwrap_or(Timestamp::from_millis(0));
                    found.push((id, account.text("Email").to_owned(), joined));
                }
            }
            token = answer.str("NextToken").map(str::to_owned);
            if token.is_none() {
                return Ok(found);
            }
        }
    }

    async fn join(&self, admin: &Place, account: AccountId, email: &str) -> Result<(), Stopped> {
        let there = self.store().find::<Member>(admin, account.as_str()).await?;
        if there.as_ref().is_some_and(|member| member.relationship.is_associated()) {
            return Ok(());
        }
        let now = self.now();
        let mut changes = Changes::new(now);
        if !organization::join(self.store(), &mut changes, admin, account, now).await? {
            return Ok(());
        }
        let member = Member {
            email: email.to_owned(),
            relationship: Relationship::Enabled,
            organization: true,
            invited: None,
            updated: now,
        };
        match there {
            Some(there) => changes.update(&there, member),
            None => changes.create(admin, account.as_str(), member),
        };
        match self.store().commit(changes).await.map_err(Stopped::from) {
            Ok(_) | Err(Stopped::Conflict) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Forgets findings that nothing was seen of for 90 days, those of detectors that are gone, and lists that are.
    async fn what_is_old(&self) -> Result<(), Stopped> {
        for place in self.store().places::<Finding>().await? {
            let detector = detector_of(self.store(), &place).await?;
            let now = self.now();
            let forgotten = |finding: &Stored<Finding>| {
                is_old(finding, now) || detector.as_ref().is_none_or(|it| it.key.id != finding.detector)
            };
            let findings = all::<Finding>(self.store(), &place, "").await?;
            for some in findings.iter().filter(|one| forgotten(one)).collect::<Vec<_>>().chunks(AT_ONCE) {
                let mut changes = Changes::new(now);
                some.iter().for_each(|finding| {
                    changes.delete(finding);
                });
                commit(self.store(), changes).await?;
            }
        }
        for Realm { place, .. } in self.realms().await? {
            let mut changes = Changes::new(self.now());
            for kind in ListKind::ALL {
                for list in all::<List>(self.store(), &place, &kind.prefix()).await? {
                    if list.state == ListState::Deleted && list.updated.plus(REMEMBERED) < self.now() {
                        changes.delete(&list);
                    }
                }
            }
            self.forget_counts(&place, &mut changes).await?;
            commit(self.store(), changes).await?;
        }
        Ok(())
    }
}

/// Commits what the next turn can do as well.
pub(super) async fn commit(store: &Store, changes: Changes) -> Result<(), Stopped> {
    if changes.is_empty() {
        return Ok(());
    }
    match store.commit(changes).await.map_err(Stopped::from) {
        Ok(_) | Err(Stopped::Conflict) => Ok(()),
        Err(error) => Err(error),
    }
}

fn warn(done: Result<(), Stopped>, what: &'static str) {
    if let Err(error) = done {
        tracing::warn!(%error, what, "not everything was done; it is tried again");
    }
}
