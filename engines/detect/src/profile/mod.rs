//! Behaviour models: what identities do, from where, with what, and what is unusual for them (GuardDuty's
//! `AnomalousBehavior`).
//!
//! [`Model`](model::Model) keeps a profile an identity and what identities of an account have in common;
//! [`Windows`](window::Windows) gather what one identity does within minutes; [`judge`] adds up the surprise. Nothing is
//! judged before its account has been seen for a week: then what was kept from that week is judged too. Where the
//! input ends before, it is judged by what little there is and by how rare calls are in general, and says so.

mod agent;
mod apis;
mod bits;
mod cloudtrail;
mod explain;
mod hash;
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

use bastide_finding::Detection;
use bastide_ids::Timestamp;
use bastide_logs::cloudtrail::Event;

use crate::detector::{Context, Detector};

/// The behaviour models of all sources.
pub(crate) struct Profiles {
    cloudtrail: cloudtrail::CloudTrail,
}

impl Profiles {
    /// With nothing learned yet.
    pub(crate) fn new() -> Self {
        Self { cloudtrail: cloudtrail::CloudTrail::new() }
    }
}

impl Detector for Profiles {
    fn name(&self) -> &'static str {
        "profile"
    }

    fn cloudtrail(&mut self, event: &Event<'_>, cx: Context<'_>, _out: &mut Vec<Detection>) {
        self.cloudtrail.feed(event, cx);
    }

    fn tick(&mut self, now: Timestamp, _cx: Context<'_>, out: &mut Vec<Detection>) {
        self.cloudtrail.tick(now, out);
    }
}
