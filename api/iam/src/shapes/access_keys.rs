//! Shapes: access keys.

use bastide_shape::{enumeration, list, member, shapes, string, structure};

use super::*;

shapes! {
    CreateAccessKeyRequest = structure(&[
        member("UserName", &existingUserNameType),
    ]);
    CreateAccessKeyResponse = structure(&[
        member("AccessKey", &AccessKey).required(),
    ]);
    AccessKey = structure(&[
        member("UserName", &userNameType).required(),
        member("AccessKeyId", &accessKeyIdType).required(),
        member("Status", &statusType).required(),
        member("SecretAccessKey", &accessKeySecretType).required(),
        member("CreateDate", &dateType),
    ]);
    accessKeyIdType = string().length(16, 128).pattern(r"[\w]+");
    statusType = enumeration(&["Active", "Inactive", "Expired"]);
    accessKeySecretType = string().sensitive();
    UpdateAccessKeyRequest = structure(&[
        member("UserName", &existingUserNameType),
        member("AccessKeyId", &accessKeyIdType).required(),
        member("Status", &statusType).required(),
    ]);
    DeleteAccessKeyRequest = structure(&[
        member("UserName", &existingUserNameType),
        member("AccessKeyId", &accessKeyIdType).required(),
    ]);
    ListAccessKeysRequest = structure(&[
        member("UserName", &existingUserNameType),
        member("Marker", &markerType),
        member("MaxItems", &maxItemsType),
    ]);
    ListAccessKeysResponse = structure(&[
        member("AccessKeyMetadata", &accessKeyMetadataListType).required(),
        member("IsTruncated", &booleanType),
        member("Marker", &responseMarkerType),
    ]);
    accessKeyMetadataListType = list(&member("member", &AccessKeyMetadata));
    AccessKeyMetadata = structure(&[
        member("UserName", &userNameType),
        member("AccessKeyId", &accessKeyIdType),
        member("Status", &statusType),
        member("CreateDate", &dateType),
    ]);
    GetAccessKeyLastUsedRequest = structure(&[
        member("AccessKeyId", &accessKeyIdType).required(),
    ]);
    GetAccessKeyLastUsedResponse = structure(&[
        member("UserName", &existingUserNameType),
        member("AccessKeyLastUsed", &AccessKeyLastUsed),
    ]);
    AccessKeyLastUsed = structure(&[
        member("LastUsedDate", &dateType),
        member("ServiceName", &stringType).required(),
        member("Region", &stringType).required(),
    ]);
}
