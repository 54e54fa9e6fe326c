//! Shapes: rotation of key material.

use bastide_shape::{enumeration, integer, list, member, shapes, string, structure};

use super::*;

shapes! {
    EnableKeyRotationRequest = structure(&[
        member("KeyId", &KeyIdType).required(),
        member("RotationPeriodInDays", &RotationPeriodInDaysType),
    ]);
    RotationPeriodInDaysType = integer().range(90, 2560);
    DisableKeyRotationRequest = structure(&[
        member("KeyId", &KeyIdType).required(),
    ]);
    GetKeyRotationStatusRequest = structure(&[
        member("KeyId", &KeyIdType).required(),
    ]);
    GetKeyRotationStatusResponse = structure(&[
        member("KeyRotationEnabled", &BooleanType),
        member("KeyId", &KeyIdType),
        member("RotationPeriodInDays", &RotationPeriodInDaysType),
        member("NextRotationDate", &DateType),
        member("OnDemandRotationStartDate", &DateType),
    ]);
    RotateKeyOnDemandRequest = structure(&[
        member("KeyId", &KeyIdType).required(),
    ]);
    RotateKeyOnDemandResponse = structure(&[
        member("KeyId", &KeyIdType),
    ]);
    ListKeyRotationsRequest = structure(&[
        member("KeyId", &KeyIdType).required(),
        member("IncludeKeyMaterial", &IncludeKeyMaterial),
        member("Limit", &LimitType),
        member("Marker", &MarkerType),
    ]);
    IncludeKeyMaterial = enumeration(&["ALL_KEY_MATERIAL", "ROTATIONS_ONLY"]);
    ListKeyRotationsResponse = structure(&[
        member("Rotations", &RotationsList),
        member("NextMarker", &MarkerType),
        member("Truncated", &BooleanType),
    ]);
    RotationsList = list(&member("member", &RotationsListEntry));
    RotationsListEntry = structure(&[
        member("KeyId", &KeyIdType),
        member("KeyMaterialId", &BackingKeyIdType),
        member("KeyMaterialDescription", &KeyMaterialDescriptionType),
        member("ImportState", &ImportState),
        member("KeyMaterialState", &KeyMaterialState),
        member("ExpirationModel", &ExpirationModelType),
        member("ValidTo", &DateType),
        member("RotationDate", &DateType),
        member("RotationType", &RotationType),
    ]);
    KeyMaterialDescriptionType = string().length(0, 256).pattern(r"^[a-zA-Z0-9:/_\s.-]+$");
    ImportState = enumeration(&["IMPORTED", "PENDING_IMPORT"]);
    KeyMaterialState = enumeration(&[
        "NON_CURRENT", "CURRENT", "PENDING_ROTATION", "PENDING_MULTI_REGION_IMPORT_AND_ROTATION",
    ]);
    RotationType = enumeration(&["AUTOMATIC", "ON_DEMAND"]);
}
