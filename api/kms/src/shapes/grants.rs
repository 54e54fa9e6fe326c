//! Shapes: grants.

use bastide_shape::{enumeration, list, member, shapes, string, structure};

use super::*;

shapes! {
    CreateGrantRequest = structure(&[
        member("KeyId", &KeyIdType).required(),
        member("GranteePrincipal", &PrincipalIdType),
        member("RetiringPrincipal", &PrincipalIdType),
        member("Operations", &GrantOperationList).required(),
        member("Constraints", &GrantConstraints),
        member("GrantTokens", &GrantTokenList),
        member("Name", &GrantNameType),
        member("DryRun", &NullableBooleanType),
        member("GranteeServicePrincipal", &ServicePrincipalType),
        member("RetiringServicePrincipal", &ServicePrincipalType),
    ]);
    PrincipalIdType = string().length(1, 256).pattern(r"^[\w+=,.@:/-]+$");
    GrantOperationList = list(&member("member", &GrantOperation));
    GrantOperation = enumeration(&[
        "Decrypt", "Encrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext", "ReEncryptFrom",
        "ReEncryptTo", "Sign", "Verify", "GetPublicKey", "CreateGrant", "RetireGrant", "DescribeKey",
        "GenerateDataKeyPair", "GenerateDataKeyPairWithoutPlaintext", "GenerateMac", "VerifyMac",
        "DeriveSharedSecret", "Encapsulate", "Decapsulate",
    ]);
    GrantConstraints = structure(&[
        member("EncryptionContextSubset", &EncryptionContextType),
        member("EncryptionContextEquals", &EncryptionContextType),
        member("SourceArn", &GrantConstraintSourceArnType),
    ]);
    GrantConstraintSourceArnType = string().length(20, 512).pattern(r"^arn:aws[a-z0-9-]*:[a-z0-9-]+:[a-z0-9-]*:[0-9]{12}:.+$");
    GrantNameType = string().length(1, 256).pattern(r"^[a-zA-Z0-9:/_-]+$");
    ServicePrincipalType = string().length(1, 128).pattern(r"^([A-Za-z0-9\-]+)\.([A-Za-z0-9\-]+)(\.[A-Za-z0-9\-]+)+$");
    CreateGrantResponse = structure(&[
        member("GrantToken", &GrantTokenType),
        member("GrantId", &GrantIdType),
    ]);
    GrantIdType = string().length(1, 128);
    ListGrantsRequest = structure(&[
        member("Limit", &LimitType),
        member("Marker", &MarkerType),
        member("KeyId", &KeyIdType).required(),
        member("GrantId", &GrantIdType),
        member("GranteePrincipal", &PrincipalIdType),
        member("GranteeServicePrincipal", &ServicePrincipalType),
    ]);
    ListGrantsResponse = structure(&[
        member("Grants", &GrantList),
        member("NextMarker", &MarkerType),
        member("Truncated", &BooleanType),
    ]);
    GrantList = list(&member("member", &GrantListEntry));
    GrantListEntry = structure(&[
        member("KeyId", &KeyIdType),
        member("GrantId", &GrantIdType),
        member("Name", &GrantNameType),
        member("CreationDate", &DateType),
        member("GranteePrincipal", &PrincipalIdType),
        member("RetiringPrincipal", &PrincipalIdType),
        member("IssuingAccount", &PrincipalIdType),
        member("Operations", &GrantOperationList),
        member("Constraints", &GrantConstraints),
        member("GranteeServicePrincipal", &ServicePrincipalType),
        member("RetiringServicePrincipal", &ServicePrincipalType),
    ]);
    ListRetirableGrantsRequest = structure(&[
        member("Limit", &LimitType),
        member("Marker", &MarkerType),
        member("RetiringPrincipal", &PrincipalIdType),
        member("RetiringServicePrincipal", &ServicePrincipalType),
    ]);
    RetireGrantRequest = structure(&[
        member("GrantToken", &GrantTokenType),
        member("KeyId", &KeyIdType),
        member("GrantId", &GrantIdType),
        member("DryRun", &NullableBooleanType),
    ]);
    RevokeGrantRequest = structure(&[
        member("KeyId", &KeyIdType).required(),
        member("GrantId", &GrantIdType).required(),
        member("DryRun", &NullableBooleanType),
    ]);
}
