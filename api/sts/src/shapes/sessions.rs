//! Shapes: sessions.

use bastide_shape::{integer, list, member, shapes, string, structure, timestamp};

use super::*;

shapes! {
    AssumeRoleRequest = structure(&[
        member("RoleArn", &arnType).required(),
        member("RoleSessionName", &roleSessionNameType).required(),
        member("PolicyArns", &policyDescriptorListType),
        member("Policy", &unrestrictedSessionPolicyDocumentType),
        member("DurationSeconds", &roleDurationSecondsType),
        member("Tags", &tagListType),
        member("TransitiveTagKeys", &tagKeyListType),
        member("ExternalId", &externalIdType),
        member("SerialNumber", &serialNumberType),
        member("TokenCode", &tokenCodeType),
        member("SourceIdentity", &sourceIdentityType),
        member("ProvidedContexts", &ProvidedContextsListType),
        member("MinimumSessionTokenSize", &minimumSessionTokenSizeType),
    ]);
    roleSessionNameType = string().length(2, 64).pattern(r"[\w+=,.@-]*");
    policyDescriptorListType = list(&member("member", &PolicyDescriptorType));
    PolicyDescriptorType = structure(&[
        member("arn", &arnType),
    ]);
    unrestrictedSessionPolicyDocumentType = string().at_least(1).pattern(r"[\u0009\u000A\u000D\u0020-\u00FF]+");
    roleDurationSecondsType = integer().range(900, 43200);
    tagListType = list(&member("member", &Tag)).at_most(50);
    Tag = structure(&[
        member("Key", &tagKeyType).required(),
        member("Value", &tagValueType).required(),
    ]);
    tagKeyType = string().length(1, 128).pattern(r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+");
    tagValueType = string().length(0, 256).pattern(r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*");
    tagKeyListType = list(&member("member", &tagKeyType)).at_most(50);
    externalIdType = string().length(2, 1224).pattern(r"[\w+=,.@:\/-]*");
    serialNumberType = string().length(9, 256).pattern(r"[\w+=/:,.@-]*");
    tokenCodeType = string().length(6, 6).pattern(r"[\d]*");
    sourceIdentityType = string().length(2, 64).pattern(r"[\w+=,.@-]*");
    ProvidedContextsListType = list(&member("member", &ProvidedContext)).length(1, 5);
    ProvidedContext = structure(&[
        member("ProviderArn", &arnType),
        member("ContextAssertion", &contextAssertionType),
    ]);
    contextAssertionType = string().length(4, 2048);
    minimumSessionTokenSizeType = integer().range(0, 4096);
    AssumeRoleResponse = structure(&[
        member("Credentials", &Credentials),
        member("AssumedRoleUser", &AssumedRoleUser),
        member("PackedPolicySize", &nonNegativeIntegerType),
        member("SourceIdentity", &sourceIdentityType),
        member("SessionTokenUtilization", &sessionTokenUtilizationType),
        member("SessionTokenSize", &sessionTokenSizeType),
    ]);
    Credentials = structure(&[
        member("AccessKeyId", &accessKeyIdType).required(),
        member("SecretAccessKey", &accessKeySecretType).required(),
        member("SessionToken", &tokenType).required(),
        member("Expiration", &dateType).required(),
    ]);
    accessKeySecretType = string().sensitive();
    tokenType = string();
    dateType = timestamp();
    AssumedRoleUser = structure(&[
        member("AssumedRoleId", &assumedRoleIdType).required(),
        member("Arn", &arnType).required(),
    ]);
    assumedRoleIdType = string().length(2, 193).pattern(r"[\w+=,.@:-]*");
    nonNegativeIntegerType = integer().from(0);
    sessionTokenUtilizationType = integer().from(0);
    sessionTokenSizeType = integer().from(0);
    GetSessionTokenRequest = structure(&[
        member("DurationSeconds", &durationSecondsType),
        member("SerialNumber", &serialNumberType),
        member("TokenCode", &tokenCodeType),
        member("MinimumSessionTokenSize", &minimumSessionTokenSizeType),
    ]);
    durationSecondsType = integer().range(900, 129600);
    GetSessionTokenResponse = structure(&[
        member("Credentials", &Credentials),
        member("SessionTokenUtilization", &sessionTokenUtilizationType),
        member("SessionTokenSize", &sessionTokenSizeType),
    ]);
    GetFederationTokenRequest = structure(&[
        member("Name", &userNameType).required(),
        member("Policy", &sessionPolicyDocumentType),
        member("PolicyArns", &policyDescriptorListType),
        member("DurationSeconds", &durationSecondsType),
        member("Tags", &tagListType),
        member("MinimumSessionTokenSize", &minimumSessionTokenSizeType),
    ]);
    userNameType = string().length(2, 32).pattern(r"[\w+=,.@-]*");
    sessionPolicyDocumentType = string().length(1, 2048).pattern(r"[\u0009\u000A\u000D\u0020-\u00FF]+");
    GetFederationTokenResponse = structure(&[
        member("Credentials", &Credentials),
        member("FederatedUser", &FederatedUser),
        member("PackedPolicySize", &nonNegativeIntegerType),
        member("SessionTokenUtilization", &sessionTokenUtilizationType),
        member("SessionTokenSize", &sessionTokenSizeType),
    ]);
    FederatedUser = structure(&[
        member("FederatedUserId", &federatedIdType).required(),
        member("Arn", &arnType).required(),
    ]);
    federatedIdType = string().length(2, 193).pattern(r"[\w+=,.@\:-]*");
}
