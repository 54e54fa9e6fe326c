//! Shapes: users.

use bastide_shape::{member, shapes, structure};

use super::*;

shapes! {
    CreateUserRequest = structure(&[
        member("Path", &pathType),
        member("UserName", &userNameType).required(),
        member("PermissionsBoundary", &arnType),
        member("Tags", &tagListType),
    ]);
    CreateUserResponse = structure(&[
        member("User", &User),
    ]);
    GetUserRequest = structure(&[
        member("UserName", &existingUserNameType),
    ]);
    GetUserResponse = structure(&[
        member("User", &User).required(),
    ]);
    UpdateUserRequest = structure(&[
        member("UserName", &existingUserNameType).required(),
        member("NewPath", &pathType),
        member("NewUserName", &userNameType),
    ]);
    DeleteUserRequest = structure(&[
        member("UserName", &existingUserNameType).required(),
    ]);
    ListUsersRequest = structure(&[
        member("PathPrefix", &pathPrefixType),
        member("Marker", &markerType),
        member("MaxItems", &maxItemsType),
    ]);
    ListUsersResponse = structure(&[
        member("Users", &userListType).required(),
        member("IsTruncated", &booleanType),
        member("Marker", &responseMarkerType),
    ]);
    TagUserRequest = structure(&[
        member("UserName", &existingUserNameType).required(),
        member("Tags", &tagListType).required(),
    ]);
    UntagUserRequest = structure(&[
        member("UserName", &existingUserNameType).required(),
        member("TagKeys", &tagKeyListType).required(),
    ]);
    ListUserTagsRequest = structure(&[
        member("UserName", &existingUserNameType).required(),
        member("Marker", &markerType),
        member("MaxItems", &maxItemsType),
    ]);
    ListUserTagsResponse = structure(&[
        member("Tags", &tagListType).required(),
        member("IsTruncated", &booleanType),
        member("Marker", &responseMarkerType),
    ]);
    PutUserPermissionsBoundaryRequest = structure(&[
        member("UserName", &userNameType).required(),
        member("PermissionsBoundary", &arnType).required(),
    ]);
    DeleteUserPermissionsBoundaryRequest = structure(&[
        member("UserName", &userNameType).required(),
    ]);
}
