//! CloudTrail events, as trails deliver them (`Records` of a file) and as Bastide's own trail keeps them.

use std::borrow::Cow;

use bastide_ids::Timestamp;

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
}
