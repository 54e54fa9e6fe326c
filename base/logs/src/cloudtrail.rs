//! CloudTrail events, as trails deliver them (`Records` of a file) and as Bastide's own trail keeps them.

use std::borrow::Cow;

use bastide_ids::Timestamp;

use crate::Broken;
use crate::json::{Fault, Scan};
use crate::walk::{self, Format};

/// The CloudTrail events in a piece of text; see [`crate::Records::read`].
pub type Records<'a> = walk::Records<'a, CloudTrail>;

/// CloudTrail's form of records.
#[derive(Clone, Copy, Debug, Default)]
pub struct CloudTrail;

/// Reads one event.
///
/// # Errors
/// [`Broken`] when the text is not one JSON object, or no event.
pub fn parse(text: &str) -> Result<Event<'_>, Broken> {
    walk::one::<CloudTrail>(text)
}

/// One CloudTrail event. Members that few readers need stay as the JSON text they are.
#[derive(Clone, Debug, Default)]
pub struct Event<'a> {
    /// The whole event, as it was written.
    pub raw: &'a str,
    /// `eventID`.
    pub id: Cow<'a, str>,
    /// `eventTime`.
    pub time: Timestamp,
    /// `eventSource`, such as `s3.amazonaws.com`.
    pub source: Cow<'a, str>,
    /// `eventName`, such as `GetObject`.
    pub name: Cow<'a, str>,
    /// `eventType`, such as `AwsApiCall`.
    pub kind: Cow<'a, str>,
    /// `eventCategory`, such as `Management` or `Data`; empty in old versions.
    pub category: Cow<'a, str>,
    /// `awsRegion`.
    pub region: Cow<'a, str>,
    /// `recipientAccountId`; where that is missing, the identity's account.
    pub account: Cow<'a, str>,
    /// `sourceIPAddress`: an address, or the name of a service.
    pub source_ip: Cow<'a, str>,
    /// `userAgent`.
    pub user_agent: Cow<'a, str>,
    /// `errorCode`; empty for a success.
    pub error_code: Cow<'a, str>,
    /// `errorMessage`.
    pub error_message: Cow<'a, str>,
    /// `userIdentity`.
    pub identity: Identity<'a>,
    /// `readOnly`.
    pub read_only: Option<bool>,
    /// `managementEvent`.
    pub management: Option<bool>,
    /// `vpcEndpointId`.
    pub vpc_endpoint: Cow<'a, str>,
    /// `requestParameters`, as JSON text; empty when missing or null.
    pub request: &'a str,
    /// `responseElements`, as JSON text; empty when missing or null.
    pub response: &'a str,
    /// `additionalEventData`, as JSON text; empty when missing or null.
    pub additional: &'a str,
    /// `resources`, as JSON text; empty when missing or null.
    pub resources: &'a str,
}

/// `userIdentity` of an event; members that are missing are empty.
#[derive(Clone, Debug, Default)]
pub struct Identity<'a> {
    /// `type`: `Root`, `IAMUser`, `AssumedRole`, `FederatedUser`, `AWSAccount`, `AWSService`, …
    pub kind: Cow<'a, str>,
    /// `principalId`.
    pub principal_id: Cow<'a, str>,
    /// `arn`.
    pub arn: Cow<'a, str>,
    /// `accountId`.
    pub account: Cow<'a, str>,
    /// `accessKeyId`.
    pub access_key: Cow<'a, str>,
    /// `userName`; for a role's session that of the issuer (`sessionContext.sessionIssuer.userName`).
    pub user_name: Cow<'a, str>,
    /// `invokedBy`: the service that called for the identity.
    pub invoked_by: Cow<'a, str>,
    /// `sessionContext.sessionIssuer.type`.
    pub issuer_kind: Cow<'a, str>,
    /// `sessionContext.sessionIssuer.arn`: the role of a session.
    pub issuer_arn: Cow<'a, str>,
    /// `sessionContext.sessionIssuer.principalId`.
    pub issuer_principal_id: Cow<'a, str>,
    /// `sessionContext.attributes.mfaAuthenticated` is `true`.
    pub mfa: bool,
    /// `sessionContext.ec2RoleDelivery`: `1.0` or `2.0` for credentials that an instance was given.
    pub ec2_role_delivery: Cow<'a, str>,
    /// `inScopeOf.credentialsIssuedTo`: the resource that the credentials were issued to.
    pub credentials_issued_to: Cow<'a, str>,
    /// `sessionContext.sourceIdentity`: who began the chain of roles.
    pub source_identity: Cow<'a, str>,
    /// `sessionContext.attributes.creationDate`: when the session began.
    pub session_began: Option<Timestamp>,
    /// `identityProvider`, or `sessionContext.webIdFederationData.federatedProvider`.
    pub provider: Cow<'a, str>,
}

impl Format for CloudTrail {
    type Record<'a> = Event<'a>;

    #[allow(private_interfaces, reason = "only this crate has formats")]
    fn record<'a>(&mut self, scan: &mut Scan<'a>) -> Result<Event<'a>, Fault> {
        let start = scan.at();
        let mut event = Event::default();
        let mut time = Cow::Borrowed("");
        let mut first = true;
        scan.open()?;
        while let Some(key) = scan.key(&mut first)? {
            match key {
                "eventTime" => time = scan.text("eventTime")?,
                _ => member(&mut event, scan, key)?,
            }
        }
        event.raw = scan.since(start);
        finish(event, &time)
    }
}

fn finish<'a>(mut event: Event<'a>, time: &str) -> Result<Event<'a>, Fault> {
    // Insights events tell of a rate of calls, not of a call.
    if event.kind == "AwsCloudTrailInsight" || event.category == "Insight" {
        return Err(Fault::Foreign("a CloudTrail Insights event"));
    }
    for (value, name) in [(&event.name, "eventName"), (&event.source, "eventSource")] {
        if value.is_empty() {
            return Err(Fault::Missing(name));
        }
    }
    if time.is_empty() {
        return Err(Fault::Missing("eventTime"));
    }
    event.time = crate::time::iso8601(time).ok_or(Fault::Member { name: "eventTime", wanted: "a moment" })?;
    if event.account.is_empty() {
        event.account = event.identity.account.clone();
    }
    Ok(event)
}

fn member<'a>(event: &mut Event<'a>, scan: &mut Scan<'a>, key: &str) -> Result<(), Fault> {
    match key {
        "userIdentity" => identity(&mut event.identity, scan)?,
        "eventSource" => event.source = scan.text("eventSource")?,
        "eventName" => event.name = scan.text("eventName")?,
        "awsRegion" => event.region = scan.text("awsRegion")?,
        "sourceIPAddress" => event.source_ip = scan.text("sourceIPAddress")?,
        "userAgent" => event.user_agent = crate::shortened(scan.text("userAgent")?),
        "errorCode" => event.error_code = scan.text("errorCode")?,
        "errorMessage" => event.error_message = scan.text("errorMessage")?,
        "requestParameters" => event.request = scan.raw_or_empty()?,
        "responseElements" => event.response = scan.raw_or_empty()?,
        "additionalEventData" => event.additional = scan.raw_or_empty()?,
        "resources" => event.resources = scan.raw_or_empty()?,
        "eventID" => event.id = scan.text("eventID")?,
        "eventType" => event.kind = scan.text("eventType")?,
        "eventCategory" => event.category = scan.text("eventCategory")?,
        "recipientAccountId" => event.account = scan.text("recipientAccountId")?,
        "vpcEndpointId" => event.vpc_endpoint = scan.text("vpcEndpointId")?,
        "readOnly" => event.read_only = scan.truth()?,
        "managementEvent" => event.management = scan.truth()?,
        // What holds events: a file; EventBridge; CloudWatch Logs' subscriptions, `FilterLogEvents` and messages;
        // `LookupEvents`.
        "Records" | "detail" | "logEvents" | "events" | "Events" | "message" | "CloudTrailEvent" => {
            return Err(Fault::Holder(scan.at()));
        }
        "digestStartTime" | "digestS3Bucket" => return Err(Fault::Foreign("a digest file")),
        "configurationItems" | "configSnapshotId" => return Err(Fault::Foreign("an AWS Config snapshot")),
        _ => scan.skip_value()?,
    }
    Ok(())
}

fn identity<'a>(identity: &mut Identity<'a>, scan: &mut Scan<'a>) -> Result<(), Fault> {
    let mut issuer_name = Cow::Borrowed("");
    scan.object("userIdentity", |scan, key| {
        match key {
            "type" => identity.kind = scan.text("userIdentity.type")?,
            "principalId" => identity.principal_id = scan.text("userIdentity.principalId")?,
            "arn" => identity.arn = scan.text("userIdentity.arn")?,
            "accountId" => identity.account = scan.text("userIdentity.accountId")?,
            "accessKeyId" => identity.access_key = scan.text("userIdentity.accessKeyId")?,
            "userName" => identity.user_name = scan.text("userIdentity.userName")?,
            "invokedBy" => identity.invoked_by = scan.text("userIdentity.invokedBy")?,
            "identityProvider" => identity.provider = scan.text("userIdentity.identityProvider")?,
            "sessionContext" => issuer_name = session(identity, scan)?,
            "inScopeOf" => scan.object("userIdentity.inScopeOf", |scan, key| {
                match key {
                    "credentialsIssuedTo" => {
                        identity.credentials_issued_to = scan.text("credentialsIssuedTo")?;
                    }
                    _ => scan.skip_value()?,
                }
                Ok(())
            })?,
            _ => scan.skip_value()?,
        }
        Ok(())
    })?;
    if identity.user_name.is_empty() {
        identity.user_name = issuer_name;
    }
    Ok(())
}

/// Reads `sessionContext`; the issuer's `userName` is returned.
fn session<'a>(identity: &mut Identity<'a>, scan: &mut Scan<'a>) -> Result<Cow<'a, str>, Fault> {
    let mut name = Cow::Borrowed("");
    scan.object("sessionContext", |scan, key| {
        match key {
            "sessionIssuer" => scan.object("sessionIssuer", |scan, key| {
                match key {
                    "type" => identity.issuer_kind = scan.text("sessionIssuer.type")?,
                    "arn" => identity.issuer_arn = scan.text("sessionIssuer.arn")?,
                    "principalId" => identity.issuer_principal_id = scan.text("sessionIssuer.principalId")?,
                    "userName" => name = scan.text("sessionIssuer.userName")?,
                    _ => scan.skip_value()?,
                }
                Ok(())
            })?,
            "attributes" => scan.object("sessionContext.attributes", |scan, key| {
                match key {
                    "mfaAuthenticated" => identity.mfa = scan.truth()? == Some(true),
                    "creationDate" => {
                        identity.session_began = crate::time::iso8601(&scan.text("creationDate")?);
                    }
                    _ => scan.skip_value()?,
                }
                Ok(())
            })?,
            "webIdFederationData" => scan.object("webIdFederationData", |scan, key| {
                match key {
                    "federatedProvider" => identity.provider = scan.text("federatedProvider")?,
                    _ => scan.skip_value()?,
                }
                Ok(())
            })?,
            "ec2RoleDelivery" => identity.ec2_role_delivery = scan.text("ec2RoleDelivery")?,
            "sourceIdentity" => identity.source_identity = scan.text("sourceIdentity")?,
            _ => scan.skip_value()?,
        }
        Ok(())
    })?;
    Ok(name)
}

#[cfg(test)]
mod tests;
