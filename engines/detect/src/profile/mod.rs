//! Behaviour models: what identities do, from where, with what, and what is unusual for them (GuardDuty's
//! `AnomalousBehavior`).
//!
//! [`Model`](model::Model) keeps a profile an identity and what identities of an account have in common;
//! [`Windows`](window::Windows) gather what one identity does within minutes; [`judge`] adds up the surprise. Nothing is
//! judged before its account has been seen for a week: then what was kept from that week is judged too. Where the
//! input ends before, it is judged by what little there is and by how rare calls are in general, and says so.

mod accounts;
mod agent;
mod apis;
mod attempts;
mod bits;
mod clusters;
mod databases;
mod explain;
mod hash;
mod json;
mod judge;
mod model;
mod names;
mod peers;
mod place;
mod sighting;
mod tactic;
#[cfg(test)]
mod tests;
mod volume;
mod window;
mod zone;

use bastide_finding::Detection;
use bastide_ids::Timestamp;
use bastide_logs::{Kind, cloudtrail, kubernetes, login};

use crate::detector::{Context, Detector};

/// The behaviour models of all sources.
pub(crate) struct Profiles {
    cloudtrail: accounts::CloudTrail,
    kubernetes: clusters::Kubernetes,
    logins: databases::Logins,
}

impl Profiles {
    /// With nothing learned yet.
    pub(crate) fn new() -> Self {
        Self {
            cloudtrail: accounts::CloudTrail::new(),
            kubernetes: clusters::Kubernetes::new(),
            logins: databases::Logins::new(),
        }
    }
}

impl Detector for Profiles {
    fn name(&self) -> &'static str {
        "profile"
    }

    fn sees(&self, kind: Kind) -> bool {
        !matches!(kind, Kind::Flow | Kind::Dns)
    }

    fn cloudtrail(&mut self, event: &cloudtrail::Event<'_>, cx: Context<'_>, _out: &mut Vec<Detection>) {
        self.cloudtrail.feed(event, cx);
    }

    fn kubernetes(&mut self, event: &kubernetes::Event<'_>, cx: Context<'_>, _out: &mut Vec<Detection>) {
        self.kubernetes.feed(event, cx);
    }

    fn login(&mut self, login: &login::Login<'_>, cx: Context<'_>, out: &mut Vec<Detection>) {
        self.logins.feed(login, cx, out);
    }

    fn tick(&mut self, now: Timestamp, cx: Context<'_>, out: &mut Vec<Detection>) {
        self.cloudtrail.tick(now, out);
        self.kubernetes.tick(now, out);
        self.logins.tick(now, cx, out);
    }
}
