//! Callers on threat lists, in every kind of log that tells who called: CloudTrail, Kubernetes, databases. Those of
//! flow logs are in [`crate::network`].

mod cloudtrail;
mod kubernetes;
mod login;
mod tactic;
#[cfg(test)]
mod tests;

use std::net::IpAddr;

use bastide_finding::{Detection, Remote, Threat};
use bastide_intel::{Categories, Category, Hit};
use bastide_logs::{Kind, cloudtrail as trail, kubernetes as audit, login as database};

use crate::detector::{Context, Detector};

/// What makes an address a threat by itself, whatever it does.
pub(crate) const THREATS: Categories = Categories::of(&[
    Category::Malicious,
    Category::CommandAndControl,
    Category::DropPoint,
    Category::Suspicious,
]);

/// The detector. It remembers nothing: each call stands for itself.
#[derive(Default)]
pub(crate) struct Lists;

impl Detector for Lists {
    fn name(&self) -> &'static str {
        "lists"
    }

    fn sees(&self, kind: Kind) -> bool {
        !matches!(kind, Kind::Flow | Kind::Dns)
    }

    fn cloudtrail(&mut self, event: &trail::Event<'_>, cx: Context<'_>, out: &mut Vec<Detection>) {
        if !cx.intel.is_empty() {
            cloudtrail::see(event, cx, out);
        }
    }

    fn kubernetes(&mut self, event: &audit::Event<'_>, cx: Context<'_>, out: &mut Vec<Detection>) {
        if !cx.intel.is_empty() {
            kubernetes::see(event, cx, out);
        }
    }

    fn login(&mut self, login: &database::Login<'_>, cx: Context<'_>, out: &mut Vec<Detection>) {
        if !cx.intel.is_empty() {
            login::see(login, cx, out);
        }
    }
}

/// Which kind of list a caller is on; each has types of findings of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Caller {
    /// Lists of what is known to be malicious.
    Malicious,
    /// A list of the operator's own.
    Custom,
    /// Tor's exits.
    Tor,
}

impl Caller {
    /// The end of the types' names.
    fn suffix(self) -> &'static str {
        match self {
            Self::Malicious => "MaliciousIPCaller",
            Self::Custom => "MaliciousIPCaller.Custom",
            Self::Tor => "TorIPCaller",
        }
    }

    /// All that an address is.
    fn of(hit: &Hit<'_>) -> impl Iterator<Item = Self> {
        let all = [
            (Self::Malicious, hit.categories().any(THREATS)),
            (Self::Custom, hit.has(Category::Custom)),
            (Self::Tor, hit.has(Category::TorExit)),
        ];
        all.into_iter().filter(|(_, is)| *is).map(|(caller, _)| caller)
    }
}

/// The other end of a call.
fn remote(address: IpAddr, cx: Context<'_>) -> Remote {
    Remote { address: Some(address), location: cx.intel.location(address) }
}

/// The lists of a hit and the names that they give, as findings tell them.
pub(crate) fn threats(hit: &Hit<'_>) -> Vec<Threat> {
    let mut all: Vec<Threat> = Vec::new();
    for found in hit.matches() {
        let known = all.iter().position(|threat| threat.list == found.list);
        let at = known.unwrap_or_else(|| {
            all.push(Threat { list: found.list.to_owned(), names: Vec::new() });
            all.len() - 1
        });
        if let Some(threat) = all.get_mut(at)
            && !found.threat.is_empty()
        {
            threat.names.push(found.threat.to_owned());
        }
    }
    all
}
