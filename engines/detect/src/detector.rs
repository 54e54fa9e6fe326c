//! What a detector is.

use bastide_finding::Detection;
use bastide_ids::Timestamp;
use bastide_intel::Intel;
use bastide_logs::{Kind, cloudtrail, dns, flow, kubernetes, login};

use crate::settings::Settings;

/// What detectors look things up in.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// Threat lists and places.
    pub intel: &'a Intel,
    /// What the operator has said.
    pub settings: &'a Settings,
}

/// One detector, or a family that shares what it has seen. Each method sees each record of its kind, about in the
/// order of time (hours out of order can happen), and pushes what it finds.
///
/// Memory is bounded: what a detector keeps by identity, address or pair it keeps in tables with a limit, and
/// forgets what is oldest.
pub trait Detector: Send {
    /// Its name in settings, reports and benchmarks.
    fn name(&self) -> &'static str;

    /// Whether it looks at records of this kind at all.
    fn sees(&self, _kind: Kind) -> bool {
        true
    }

    /// An API call.
    fn cloudtrail(&mut self, _event: &cloudtrail::Event<'_>, _cx: Context<'_>, _out: &mut Vec<Detection>) {}

    /// A flow.
    fn flow(&mut self, _flow: &flow::Flow<'_>, _cx: Context<'_>, _out: &mut Vec<Detection>) {}

    /// A DNS query.
    fn dns(&mut self, _query: &dns::Query<'_>, _cx: Context<'_>, _out: &mut Vec<Detection>) {}

    /// A request to a Kubernetes API server.
    fn kubernetes(&mut self, _event: &kubernetes::Event<'_>, _cx: Context<'_>, _out: &mut Vec<Detection>) {}

    /// A login to a database.
    fn login(&mut self, _login: &login::Login<'_>, _cx: Context<'_>, _out: &mut Vec<Detection>) {}

    /// A detector, this one or another, has found something. What is pushed here is shown to no detector.
    fn detected(&mut self, _detection: &Detection, _cx: Context<'_>, _out: &mut Vec<Detection>) {}

    /// The log's time has come to `now`: windows that ended may be judged. Called each minute of the log's time,
    /// and once at the end of finite input.
    fn tick(&mut self, _now: Timestamp, _cx: Context<'_>, _out: &mut Vec<Detection>) {}
}
