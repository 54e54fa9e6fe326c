//! Kubernetes audit events (`audit.k8s.io/v1`), as API servers and EKS write them.

use std::borrow::Cow;

use bastide_ids::Timestamp;

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
