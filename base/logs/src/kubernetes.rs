//! Kubernetes audit events (`audit.k8s.io/v1`), as API servers and EKS write them.

use std::borrow::Cow;

use bastide_ids::Timestamp;

use crate::Broken;
use crate::json::{Fault, Scan};
use crate::walk::{self, Format, Origin};

/// The audit events in a piece of text; see [`crate::Records::read`].
pub type Records<'a> = walk::Records<'a, Kubernetes>;

/// The form of Kubernetes audit events.
#[derive(Clone, Copy, Debug, Default)]
pub struct Kubernetes;

/// Reads one audit event.
///
/// # Errors
/// [`Broken`] when the text is not one JSON object, or no audit event.
pub fn parse(text: &str) -> Result<Event<'_>, Broken> {
    walk::one::<Kubernetes>(text)
}

/// The cluster whose control plane writes to a log group of EKS, `/aws/eks/NAME/cluster`.
#[must_use]
pub fn cluster_of(log_group: &str) -> Option<&str> {
    log_group.strip_prefix("/aws/eks/")?.strip_suffix("/cluster")
}

/// One audit event. Members that are missing are empty.
#[derive(Clone, Debug, Default)]
pub struct Event<'a> {
    /// The whole event, as it was written.
    pub raw: &'a str,
    /// `auditID`.
    pub id: Cow<'a, str>,
    /// `requestReceivedTimestamp`; where that is missing `stageTimestamp`.
    pub time: Timestamp,
    /// `stage`: `ResponseComplete`, …
    pub stage: Cow<'a, str>,
    /// `verb`: `get`, `list`, `create`, …
    pub verb: Cow<'a, str>,
    /// `requestURI`.
    pub uri: Cow<'a, str>,
    /// `user.username`.
    pub user: Cow<'a, str>,
    /// `user.uid`.
    pub uid: Cow<'a, str>,
    /// `user.groups`.
    pub groups: Vec<Cow<'a, str>>,
    /// `impersonatedUser.username`.
    pub impersonated_user: Cow<'a, str>,
    /// `impersonatedUser.groups`.
    pub impersonated_groups: Vec<Cow<'a, str>>,
    /// `sourceIPs`, nearest the client first.
    pub source_ips: Vec<Cow<'a, str>>,
    /// `userAgent`.
    pub user_agent: Cow<'a, str>,
    /// `objectRef`.
    pub object: Object<'a>,
    /// `responseStatus.code`; 0 when missing.
    pub status: u16,
    /// `requestObject`, as JSON text; empty when missing.
    pub request: &'a str,
    /// `responseObject`, as JSON text; empty when missing.
    pub response: &'a str,
    /// `annotations["authorization.k8s.io/decision"]`: `allow` or `forbid`.
    pub decision: Cow<'a, str>,
    /// The account that the reader knows the cluster is in.
    pub account: Cow<'a, str>,
    /// The region that the reader knows the cluster is in.
    pub region: Cow<'a, str>,
    /// The cluster's name, as the reader knows it (EKS: from the log group `/aws/eks/NAME/cluster`).
    pub cluster: Cow<'a, str>,
}

/// `objectRef`: what a request is about.
#[derive(Clone, Debug, Default)]
pub struct Object<'a> {
    /// `resource`: `pods`, `secrets`, …
    pub resource: Cow<'a, str>,
    /// `subresource`: `exec`, …
    pub subresource: Cow<'a, str>,
    /// `namespace`.
    pub namespace: Cow<'a, str>,
    /// `name`.
    pub name: Cow<'a, str>,
    /// `apiGroup`.
    pub api_group: Cow<'a, str>,
}

impl Format for Kubernetes {
    type Record<'a> = Event<'a>;

    #[allow(private_interfaces, reason = "only this crate has formats")]
    fn record<'a>(&mut self, scan: &mut Scan<'a>) -> Result<Event<'a>, Fault> {
        let start = scan.at();
        let mut event = Event::default();
        let mut times = Times::default();
        let mut first = true;
        scan.open()?;
        while let Some(key) = scan.key(&mut first)? {
            member(&mut event, &mut times, scan, key)?;
        }
        event.raw = scan.since(start);
        if event.verb.is_empty() {
            return Err(Fault::Missing("verb"));
        }
        let (time, name) = match (&*times.received, &*times.stage) {
            ("", "") => return Err(Fault::Missing("requestReceivedTimestamp")),
            ("", time) => (time, "stageTimestamp"),
            (time, _) => (time, "requestReceivedTimestamp"),
        };
        event.time = crate::time::iso8601(time).ok_or(Fault::Member { name, wanted: "a moment" })?;
        Ok(event)
    }

    fn place<'a>(&self, event: &mut Event<'a>, origin: Origin<'a>) {
        event.account = Cow::Borrowed(origin.account);
        event.region = Cow::Borrowed(origin.region);
        event.cluster = Cow::Borrowed(cluster_of(origin.log_group).unwrap_or_default());
    }
}

/// The moments of an event, as written.
#[derive(Default)]
struct Times<'a> {
    received: Cow<'a, str>,
    stage: Cow<'a, str>,
}

fn member<'a>(
    event: &mut Event<'a>,
    times: &mut Times<'a>,
    scan: &mut Scan<'a>,
    key: &str,
) -> Result<(), Fault> {
    match key {
        "kind" => match &*scan.text("kind")? {
            "Event" | "EventList" | "" => {}
            _ => return Err(Fault::Foreign("a Kubernetes object that is no audit event")),
        },
        "auditID" => event.id = scan.text("auditID")?,
        "stage" => event.stage = scan.text("stage")?,
        "verb" => event.verb = scan.text("verb")?,
        "requestURI" => event.uri = scan.text("requestURI")?,
        "requestReceivedTimestamp" | "timestamp" => times.received = scan.text("requestReceivedTimestamp")?,
        "stageTimestamp" => times.stage = scan.text("stageTimestamp")?,
        "userAgent" => event.user_agent = crate::shortened(scan.text("userAgent")?),
        "sourceIPs" => event.source_ips = scan.texts("sourceIPs")?,
        "requestObject" => event.request = scan.raw_or_empty()?,
        "responseObject" => event.response = scan.raw_or_empty()?,
        "user" => scan.object("user", |scan, key| {
            match key {
                "username" => event.user = scan.text("user.username")?,
                "uid" => event.uid = scan.text("user.uid")?,
                "groups" => event.groups = scan.texts("user.groups")?,
                _ => scan.skip_value()?,
            }
            Ok(())
        })?,
        "impersonatedUser" => scan.object("impersonatedUser", |scan, key| {
            match key {
                "username" => event.impersonated_user = scan.text("impersonatedUser.username")?,
                "groups" => event.impersonated_groups = scan.texts("impersonatedUser.groups")?,
                _ => scan.skip_value()?,
            }
            Ok(())
        })?,
        "objectRef" => object(&mut event.object, scan)?,
        "responseStatus" => scan.object("responseStatus", |scan, key| {
            match key {
                "code" => event.status = scan.text("responseStatus.code")?.parse().unwrap_or_default(),
                _ => scan.skip_value()?,
            }
            Ok(())
        })?,
        "annotations" => scan.object("annotations", |scan, key| {
            match key {
                "authorization.k8s.io/decision" => {
                    event.decision = scan.text("authorization.k8s.io/decision")?;
                }
                _ => scan.skip_value()?,
            }
            Ok(())
        })?,
        // What holds events: an `EventList`; CloudWatch Logs' subscriptions and messages; Fluent Bit.
        "items" | "logEvents" | "events" | "message" | "log" => return Err(Fault::Holder(scan.at())),
        _ => scan.skip_value()?,
    }
    Ok(())
}

fn object<'a>(object: &mut Object<'a>, scan: &mut Scan<'a>) -> Result<(), Fault> {
    scan.object("objectRef", |scan, key| {
        match key {
            "resource" => object.resource = scan.text("objectRef.resource")?,
            "subresource" => object.subresource = scan.text("objectRef.subresource")?,
            "namespace" => object.namespace = scan.text("objectRef.namespace")?,
            "name" => object.name = scan.text("objectRef.name")?,
            "apiGroup" => object.api_group = scan.text("objectRef.apiGroup")?,
            _ => scan.skip_value()?,
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests;
