use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use bastide_ids::Timestamp;

/// The family of a service's protocol, which decides the name, status and words of a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// awsJson 1.0 and 1.1 and Smithy RPC v2 CBOR: `InvalidSignatureException`, status 400.
    Json,
    /// restJson1: the names of [`Dialect::Json`] with status 403.
    RestJson,
    /// awsQuery, and restXml other than S3: `SignatureDoesNotMatch`, status 403.
    Query,
    /// ec2Query: `AuthFailure`, status 401, for nearly everything.
    Ec2,
    /// Amazon S3.
    S3,
}

/// How a signature came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// In the `Authorization` header.
    Header,
    /// In `X-Amz-…` query parameters: a presigned URL.
    Query,
}

/// What is wrong with a credential scope; several things may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopeMismatch {
    /// How the signature came.
    pub via: Via,
    /// The region that was signed for, and the one that was called.
    pub region: Option<(String, String)>,
    /// The service that was signed for, and the one that was called.
    pub service: Option<(String, String)>,
    /// What stands in the place of `aws4_request`.
    pub terminator: Option<String>,
    /// The day that was signed for, and the moment of the request as `20261121T093000Z`.
    pub date: Option<(String, String)>,
}

/// Why a request was not authenticated. The answer's code, status and message depend on the [`Dialect`].
///
/// Source of the names: the "Common Errors" page of each service's API reference, the EC2 and S3 lists of
/// error codes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AuthFailure {
    /// A signature is needed and there is none.
    MissingToken,
    /// No such access key, or it is inactive. For the caller of [`crate::verify`] to say.
    UnknownAccessKey,
    /// The session token does not belong to the access key. For the caller to say.
    InvalidToken,
    /// The temporary credentials have expired. For the caller to say.
    ExpiredToken,
    /// Something other than Signature Version 4, such as version 2 or `Bearer`.
    UnsupportedMechanism,
    /// An algorithm of version 4 that is not spoken here, such as `AWS4-ECDSA-P256-SHA256`.
    UnsupportedAlgorithm {
        /// How the signature came.
        via: Via,
        /// The algorithm that was named.
        algorithm: String,
    },
    /// Both an `Authorization` header and a presigned URL.
    TwoMechanisms,
    /// A part of the signature is missing or not of its form.
    Malformed {
        /// How the signature came.
        via: Via,
        /// What to say outside S3.
        general: String,
        /// What S3 says.
        s3: String,
    },
    /// The `Authorization` header comes without a date.
    MissingDate,
    /// Signed for another day, region or service.
    Scope(Box<ScopeMismatch>),
    /// Signed too long ago.
    Expired {
        /// When it was signed.
        time: Timestamp,
        /// When it came.
        now: Timestamp,
        /// How long it was good for.
        window: Duration,
    },
    /// Signed in the future.
    NotYetCurrent {
        /// When it was signed.
        time: Timestamp,
        /// When it came.
        now: Timestamp,
        /// How far ahead a clock may be.
        window: Duration,
        /// How the signature came.
        via: Via,
    },
    /// A presigned S3 URL is past its `X-Amz-Expires`.
    PresignedExpired {
        /// When it was signed.
        time: Timestamp,
        /// When it came.
        now: Timestamp,
        /// How long it was good for.
        expires: Duration,
    },
    /// This header must be signed and is not.
    HeaderNotSigned(String),
    /// The signature is not the one that the secret gives.
    Mismatch,
    /// S3 asks for `x-amz-content-sha256` and it is not there.
    PayloadHashMissing,
    /// `x-amz-content-sha256` is none of the values that it may have.
    PayloadHashInvalid,
    /// The body is not the one whose hash was signed.
    PayloadHashMismatch,
}

const NOT_VALIDATED: &str = "AWS was not able to validate the provided access credentials";
const MISMATCH: &str = "The request signature we calculated does not match the signature you provided. Check your \
                        AWS Secret Access Key and signing method. Consult the service documentation for details.";
const S3_MISMATCH: &str = "The request signature we calculated does not match the signature you provided. Check \
                           your key and signing method.";

impl AuthFailure {
    /// The error code of the answer.
    #[must_use]
    pub fn code(&self, dialect: Dialect) -> &'static str {
        match dialect {
            Dialect::Json | Dialect::RestJson => self.json_code(),
            Dialect::Query => self.query_code(),
            Dialect::Ec2 => match self {
                Self::ExpiredToken | Self::Expired { .. } | Self::PresignedExpired { .. } => "RequestExpired",
                _ => "AuthFailure",
            },
            Dialect::S3 => self.s3_code(),
        }
    }

    /// The HTTP status of the answer.
    #[must_use]
    pub fn status(&self, dialect: Dialect) -> u16 {
        match (dialect, self.code(dialect)) {
            (Dialect::Ec2, "AuthFailure") => 401,
            (Dialect::Json | Dialect::Ec2, _)
            | (Dialect::Query, "IncompleteSignature")
            | (
                Dialect::S3,
                "AuthorizationHeaderMalformed"
                | "AuthorizationQueryParametersError"
                | "ExpiredToken"
                | "InvalidArgument"
                | "InvalidRequest"
                | "InvalidToken"
                | "XAmzContentSHA256Mismatch",
            ) => 400,
            _ => 403,
        }
    }

    /// The message of the answer, in AWS's form. It may repeat parts of the request, shortened; never a secret
    /// or anything calculated from one.
    #[must_use]
    pub fn message(&self, dialect: Dialect) -> Cow<'static, str> {
        match dialect {
            Dialect::S3 => self.s3_message(),
            Dialect::Ec2 if self.code(dialect) == "AuthFailure" => NOT_VALIDATED.into(),
            Dialect::Ec2 => "Request has expired.".into(),
            _ => self.general_message(),
        }
    }

    /// The region that S3 names in the answer's `Region` element, when the request was signed for another.
    #[must_use]
    pub fn expected_region(&self) -> Option<&str> {
        match self {
            Self::Scope(mismatch) => mismatch.region.as_ref().map(|(_, expected)| expected.as_str()),
            _ => None,
        }
    }

    fn json_code(&self) -> &'static str {
        match self {
            Self::MissingToken => "MissingAuthenticationTokenException",
            Self::UnknownAccessKey | Self::InvalidToken => "UnrecognizedClientException",
            Self::ExpiredToken => "ExpiredTokenException",
            _ if self.is_incomplete() => "IncompleteSignatureException",
            _ => "InvalidSignatureException",
        }
    }

    fn query_code(&self) -> &'static str {
        match self {
            Self::MissingToken => "MissingAuthenticationToken",
            Self::UnknownAccessKey | Self::InvalidToken => "InvalidClientTokenId",
            Self::ExpiredToken => "ExpiredToken",
            _ if self.is_incomplete() => "IncompleteSignature",
            _ => "SignatureDoesNotMatch",
        }
    }

    fn is_incomplete(&self) -> bool {
        matches!(
            self,
            Self::Malformed { .. }
                | Self::MissingDate
                | Self::TwoMechanisms
                | Self::UnsupportedAlgorithm { .. }
                | Self::UnsupportedMechanism
        )
    }

    fn s3_code(&self) -> &'static str {
        match self {
            Self::UnknownAccessKey => "InvalidAccessKeyId",
            Self::InvalidToken => "InvalidToken",
            Self::ExpiredToken => "ExpiredToken",
            Self::UnsupportedMechanism | Self::PayloadHashMissing => "InvalidRequest",
            Self::TwoMechanisms | Self::PayloadHashInvalid => "InvalidArgument",
            Self::UnsupportedAlgorithm { via, .. } | Self::Malformed { via, .. } => via.s3_code(),
            Self::Scope(mismatch) => mismatch.via.s3_code(),
            Self::Expired { .. } | Self::NotYetCurrent { via: Via::Header, .. } => "RequestTimeTooSkewed",
            Self::MissingToken
            | Self::MissingDate
            | Self::HeaderNotSigned(_)
            | Self::NotYetCurrent { via: Via::Query, .. }
            | Self::PresignedExpired { .. } => "AccessDenied",
            Self::Mismatch => "SignatureDoesNotMatch",
            Self::PayloadHashMismatch => "XAmzContentSHA256Mismatch",
        }
    }

    fn general_message(&self) -> Cow<'static, str> {
        match self {
            Self::MissingToken => "Request is missing Authentication Token".into(),
            Self::UnknownAccessKey | Self::InvalidToken => {
                "The security token included in the request is invalid.".into()
            }
            Self::ExpiredToken => "The security token included in the request is expired".into(),
            Self::UnsupportedMechanism => {
                "Authorization header or parameters are not formatted correctly.".into()
            }
            Self::UnsupportedAlgorithm { algorithm, .. } => {
                format!("Unsupported AWS 'algorithm': '{algorithm}'.").into()
            }
            Self::TwoMechanisms => {
                "Only one of the Authorization header and the 'X-Amz-Algorithm' query-string parameter may be \
                 used."
                    .into()
            }
            Self::Malformed { general, .. } => general.clone().into(),
            Self::MissingDate => {
                "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.".into()
            }
            Self::Scope(mismatch) => mismatch.general_message().into(),
            Self::Expired { time, now, window } | Self::PresignedExpired { time, now, expires: window } => {
                let earliest = now.minus(*window).basic();
                format!(
                    "Signature expired: {} is now earlier than {earliest} ({} - {}.)",
                    time.basic(),
                    now.basic(),
                    span(*window)
                )
                .into()
            }
            Self::NotYetCurrent { time, now, window, .. } => {
                let latest = now.plus(*window).basic();
                format!(
                    "Signature not yet current: {} is still later than {latest} ({} + {}.)",
                    time.basic(),
                    now.basic(),
                    span(*window)
                )
                .into()
            }
            Self::HeaderNotSigned(name) if name == "host" => {
                "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.".into()
            }
            Self::HeaderNotSigned(name) => {
                format!("'{name}' must be a 'SignedHeader' in the AWS Authorization.").into()
            }
            Self::Mismatch
            | Self::PayloadHashMissing
            | Self::PayloadHashInvalid
            | Self::PayloadHashMismatch => MISMATCH.into(),
        }
    }

    fn s3_message(&self) -> Cow<'static, str> {
        match self {
            Self::MissingToken => "Access Denied".into(),
            Self::UnknownAccessKey => {
                "The AWS Access Key Id you provided does not exist in our records.".into()
            }
            Self::InvalidToken => "The provided token is malformed or otherwise invalid.".into(),
            Self::ExpiredToken => "The provided token has expired.".into(),
            Self::UnsupportedMechanism => {
                "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256."
                    .into()
            }
            Self::UnsupportedAlgorithm { via: Via::Header, .. } => {
                "The authorization header is malformed; the algorithm is not supported. Please use \
                 AWS4-HMAC-SHA256."
                    .into()
            }
            Self::UnsupportedAlgorithm { via: Via::Query, .. } => {
                "X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256\"".into()
            }
            Self::TwoMechanisms => {
                "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query \
                 string parameter or the Authorization header should be specified"
                    .into()
            }
            Self::Malformed { s3, .. } => s3.clone().into(),
            Self::MissingDate => "AWS authentication requires a valid Date or x-amz-date header".into(),
            Self::Scope(mismatch) => mismatch.s3_message().into(),
            Self::Expired { .. } | Self::NotYetCurrent { via: Via::Header, .. } => {
                "The difference between the request time and the current time is too large.".into()
            }
            Self::NotYetCurrent { via: Via::Query, .. } => "Request is not valid yet".into(),
            Self::PresignedExpired { .. } => "Request has expired".into(),
            Self::HeaderNotSigned(_) => {
                "There were headers present in the request which were not signed".into()
            }
            Self::Mismatch => S3_MISMATCH.into(),
            Self::PayloadHashMissing => {
                "Missing required header for this request: x-amz-content-sha256".into()
            }
            Self::PayloadHashInvalid => {
                "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, \
                 STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid \
                 sha256 value."
                    .into()
            }
            Self::PayloadHashMismatch => {
                "The provided 'x-amz-content-sha256' header does not match what was computed.".into()
            }
        }
    }
}

impl fmt::Display for AuthFailure {
    /// For logs: code and message as awsJson gives them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code(Dialect::Json), self.message(Dialect::Json))
    }
}

impl std::error::Error for AuthFailure {}

impl Via {
    fn s3_code(self) -> &'static str {
        match self {
            Self::Header => "AuthorizationHeaderMalformed",
            Self::Query => "AuthorizationQueryParametersError",
        }
    }

    /// How S3 begins a complaint about a credential.
    pub(crate) fn s3_prefix(self) -> &'static str {
        match self {
            Self::Header => "The authorization header is malformed",
            Self::Query => "Error parsing the X-Amz-Credential parameter",
        }
    }
}

impl ScopeMismatch {
    pub(crate) fn is_empty(&self) -> bool {
        self.region.is_none() && self.service.is_none() && self.terminator.is_none() && self.date.is_none()
    }

    /// All that is wrong, one sentence after the other, as AWS does.
    fn general_message(&self) -> String {
        let mut said = Vec::new();
        if let Some((given, _)) = &self.region {
            said.push(format!("Credential should be scoped to a valid region, not '{given}'."));
        }
        if let Some((_, expected)) = &self.service {
            said.push(format!("Credential should be scoped to correct service: '{expected}'."));
        }
        if let Some(given) = &self.terminator {
            said.push(format!(
                "Credential should be scoped with a valid terminator: 'aws4_request', not '{given}'."
            ));
        }
        if let Some((given, moment)) = &self.date {
            let day = moment.get(..8).unwrap_or_default();
            said.push(format!(
                "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: \
                 '{given}' != '{day}', from '{moment}'."
            ));
        }
        said.join(" ")
    }

    /// The first thing that is wrong, as S3 does.
    fn s3_message(&self) -> String {
        let prefix = self.via.s3_prefix();
        if let Some((given, moment)) = &self.date {
            let day = moment.get(..8).unwrap_or_default();
            return format!(
                "{prefix}; Invalid credential date \"{given}\". This date is not the same as X-Amz-Date: \
                 \"{day}\"."
            );
        }
        if let Some((given, expected)) = &self.region {
            return format!("{prefix}; the region '{given}' is wrong; expecting '{expected}'");
        }
        if let Some((given, expected)) = &self.service {
            return format!(
                "{prefix}; incorrect service \"{given}\". This endpoint belongs to \"{expected}\"."
            );
        }
        let given = self.terminator.as_deref().unwrap_or_default();
        format!("{prefix}; incorrect terminal \"{given}\". This endpoint uses \"aws4_request\".")
    }
}

/// `5 min`, or `90 sec` where minutes do not say it.
fn span(window: Duration) -> String {
    let seconds = window.as_secs();
    if seconds.is_multiple_of(60) { format!("{} min", seconds / 60) } else { format!("{seconds} sec") }
}
