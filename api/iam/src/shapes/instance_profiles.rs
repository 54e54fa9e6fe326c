//! Shapes: instance profiles.

use bastide_shape::{member, shapes, structure};

use super::*;

shapes! {
    CreateInstanceProfileRequest = structure(&[
        member("InstanceProfileName", &instanceProfileNameType).required(),
        member("Path", &pathType),
        member("Tags", &tagListType),
    ]);
    CreateInstanceProfileResponse = structure(&[
        member("InstanceProfile", &InstanceProfile).required(),
    ]);
    GetInstanceProfileRequest = structure(&[
        member("InstanceProfileName", &instanceProfileNameType).required(),
    ]);
    GetInstanceProfileResponse = structure(&[
        member("InstanceProfile", &InstanceProfile).required(),
    ]);
    DeleteInstanceProfileRequest = structure(&[
        member("InstanceProfileName", &instanceProfileNameType).required(),
    ]);
    ListInstanceProfilesRequest = structure(&[
        member("PathPrefix", &pathPrefixType),
        member("Marker", &markerType),
        member("MaxItems", &maxItemsType),
    ]);
    ListInstanceProfilesResponse = structure(&[
        member("InstanceProfiles", &instanceProfileListType).required(),
        member("IsTruncated", &booleanType),
        member("Marker", &responseMarkerType),
    ]);
    ListInstanceProfilesForRoleRequest = structure(&[
        member("RoleName", &roleNameType).required(),
        member("Marker", &markerType),
        member("MaxItems", &maxItemsType),
    ]);
    ListInstanceProfilesForRoleResponse = structure(&[
        member("InstanceProfiles", &instanceProfileListType).required(),
        member("IsTruncated", &booleanType),
        member("Marker", &responseMarkerType),
    ]);
    AddRoleToInstanceProfileRequest = structure(&[
        member("InstanceProfileName", &instanceProfileNameType).required(),
        member("RoleName", &roleNameType).required(),
    ]);
    RemoveRoleFromInstanceProfileRequest = structure(&[
        member("InstanceProfileName", &instanceProfileNameType).required(),
        member("RoleName", &roleNameType).required(),
    ]);
    TagInstanceProfileRequest = structure(&[
        member("InstanceProfileName", &instanceProfileNameType).required(),
        member("Tags", &tagListType).required(),
    ]);
    UntagInstanceProfileRequest = structure(&[
        member("InstanceProfileName", &instanceProfileNameType).required(),
        member("TagKeys", &tagKeyListType).required(),
    ]);
    ListInstanceProfileTagsRequest = structure(&[
        member("InstanceProfileName", &instanceProfileNameType).required(),
        member("Marker", &markerType),
        member("MaxItems", &maxItemsType),
    ]);
    ListInstanceProfileTagsResponse = structure(&[
        member("Tags", &tagListType).required(),
        member("IsTruncated", &booleanType),
        member("Marker", &responseMarkerType),
    ]);
}
