//! Shapes: aliases.

use bastide_shape::{list, member, shapes, string, structure};

use super::*;

shapes! {
    CreateAliasRequest = structure(&[
        member("AliasName", &AliasNameType).required(),
        member("TargetKeyId", &KeyIdType).required(),
    ]);
    AliasNameType = string().length(1, 256).pattern(r"^[a-zA-Z0-9:/_-]+$");
    DeleteAliasRequest = structure(&[
        member("AliasName", &AliasNameType).required(),
    ]);
    ListAliasesRequest = structure(&[
        member("KeyId", &KeyIdType),
        member("Limit", &LimitType),
        member("Marker", &MarkerType),
    ]);
    ListAliasesResponse = structure(&[
        member("Aliases", &AliasList),
        member("NextMarker", &MarkerType),
        member("Truncated", &BooleanType),
    ]);
    AliasList = list(&member("member", &AliasListEntry));
    AliasListEntry = structure(&[
        member("AliasName", &AliasNameType),
        member("AliasArn", &ArnType),
        member("TargetKeyId", &KeyIdType),
        member("CreationDate", &DateType),
        member("LastUpdatedDate", &DateType),
    ]);
    UpdateAliasRequest = structure(&[
        member("AliasName", &AliasNameType).required(),
        member("TargetKeyId", &KeyIdType).required(),
    ]);
}
