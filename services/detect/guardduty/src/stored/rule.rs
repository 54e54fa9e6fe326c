use std::time::Duration;

use bastide_ids::{Place, Timestamp};
use bastide_resources::Resource;
use serde::{Deserialize, Serialize};

use super::Tags;

/// A rule of the catalogue that is at work in an account and region. Its id is the rule's: there is at most one.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Association {
    /// Its own id, a UUID.
    pub(crate) id: String,
    pub(crate) mode: RuleMode,
    /// Since when it is in this mode; what happened before does not count.
    pub(crate) since: Timestamp,
    /// When it ends by itself.
    pub(crate) expires: Option<Timestamp>,
    /// The configuration of an organization that it is of.
    pub(crate) configuration: Option<String>,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
    pub(crate) tags: Tags,
    /// Of the call that made it.
    pub(crate) token: Option<String>,
}

/// What becomes of a rule's matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum RuleMode {
    /// They become findings.
    Live,
    /// They are counted.
    DryRun,
}

/// What a rule is for the members of an organization. It lies with the administrator; its id is the rule's, a slash and
/// the mode.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct RuleConfiguration {
    /// Names it among all that there ever were.
    pub(crate) id: String,
    pub(crate) rule: String,
    pub(crate) mode: RuleMode,
    /// The accounts that it is for, in their order; empty: all that are not excluded.
    pub(crate) include: Vec<String>,
    /// In their order.
    pub(crate) exclude: Vec<String>,
    pub(crate) expires: Option<Timestamp>,
    /// The background work has carried it out.
    pub(crate) active: bool,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
    /// Of the call that made it.
    pub(crate) token: Option<String>,
}

/// Written whenever the associations of a place change, so that all nodes read them again. It lies in the store's global
/// place; its id is that of a realm.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Ruled {
    pub(crate) place: Place,
}

/// How often a rule has matched in a dry run, as one node counts. Its id is the association's, a slash and the node's
/// name.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Signals {
    pub(crate) rule: String,
    pub(crate) count: u64,
}

/// A dry run lasts so long. Source: GuardDuty User Guide, "Custom Detection Rules", dry run.
const DRY_RUN: Duration = Duration::from_secs(14 * 86_400);

impl RuleMode {
    pub(crate) fn parse(text: &str) -> Self {
        if text == "LIVE" { Self::Live } else { Self::DryRun }
    }

    /// As the API has it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Live => "LIVE",
            Self::DryRun => "DRY_RUN",
        }
    }

    /// The other one.
    pub(crate) fn other(self) -> Self {
        match self {
            Self::Live => Self::DryRun,
            Self::DryRun => Self::Live,
        }
    }

    /// When something ends that is in this mode from now on.
    pub(crate) fn expiry(self, now: Timestamp) -> Option<Timestamp> {
        (self == Self::DryRun).then(|| now.plus(DRY_RUN))
    }
}

impl Association {
    /// The ARN of an association.
    pub(crate) fn arn_in(place: &Place, rule: &str, id: &str) -> String {
        place.arn("guardduty", &format!("detection-rule/custom/{rule}/association/{id}"))
    }

    /// Whether it has ended; the background work forgets it then.
    pub(crate) fn is_over(&self, now: Timestamp) -> bool {
        self.expires.is_some_and(|end| end <= now)
    }

    /// In another mode from now on.
    pub(crate) fn turn(&mut self, mode: RuleMode, now: Timestamp) {
        if self.mode != mode {
            self.mode = mode;
            self.since = now;
            self.expires = mode.expiry(now);
        }
        self.updated = now;
    }
}

impl RuleConfiguration {
    /// The document's id.
    pub(crate) fn key(rule: &str, mode: RuleMode) -> String {
        format!("{rule}/{}", mode.as_str())
    }

    /// Whether it has ended; the background work forgets it then.
    pub(crate) fn is_over(&self, now: Timestamp) -> bool {
        self.expires.is_some_and(|end| end <= now)
    }

    /// Whether it is for all members but those that it excludes.
    pub(crate) fn is_for_all(&self) -> bool {
        self.include.is_empty()
    }

    /// Whether it is for this account.
    pub(crate) fn is_for(&self, account: &str) -> bool {
        let named = |accounts: &[String]| accounts.binary_search_by(|one| one.as_str().cmp(account)).is_ok();
        if self.is_for_all() { !named(&self.exclude) } else { named(&self.include) }
    }
}

impl Resource for Association {
    const TYPE: &'static str = "guardduty.rule-association";
}

impl Resource for RuleConfiguration {
    const TYPE: &'static str = "guardduty.rule-configuration";
}

impl Resource for Ruled {
    const TYPE: &'static str = "guardduty.ruled";
    const HISTORY: bool = false;
}

impl Resource for Signals {
    const TYPE: &'static str = "guardduty.signals";
    const HISTORY: bool = false;
}
