//! Shapes: user policies.

use bastide_shape::{member, shapes, structure};

use super::*;

shapes! {
    PutUserPolicyRequest = structure(&[
        member("UserName", &existingUserNameType).required(),
        member("PolicyName", &policyNameType).required(),
        member("PolicyDocument", &policyDocumentType).required(),
    ]);
    GetUserPolicyRequest = structure(&[
        member("UserName", &existingUserNameType).required(),
        member("PolicyName", &policyNameType).required(),
    ]);
    GetUserPolicyResponse = structure(&[
        member("UserName", &existingUserNameType).required(),
        member("PolicyName", &policyNameType).required(),
        member("PolicyDocument", &policyDocumentType).required(),
    ]);
    DeleteUserPolicyRequest = structure(&[
        member("UserName", &existingUserNameType).required(),
        member("PolicyName", &policyNameType).required(),
    ]);
    ListUserPoliciesRequest = structure(&[
        member("UserName", &existingUserNameType).required(),
        member("Marker", &markerType),
        member("MaxItems", &maxItemsType),
    ]);
    ListUserPoliciesResponse = structure(&[
        member("PolicyNames", &policyNameListType).required(),
        member("IsTruncated", &booleanType),
        member("Marker", &responseMarkerType),
    ]);
    AttachUserPolicyRequest = structure(&[
        member("UserName", &userNameType).required(),
        member("PolicyArn", &arnType).required(),
    ]);
    DetachUserPolicyRequest = structure(&[
        member("UserName", &userNameType).required(),
        member("PolicyArn", &arnType).required(),
    ]);
    ListAttachedUserPoliciesRequest = structure(&[
        member("UserName", &userNameType).required(),
        member("PathPrefix", &policyPathType),
        member("Marker", &markerType),
        member("MaxItems", &maxItemsType),
    ]);
    ListAttachedUserPoliciesResponse = structure(&[
        member("AttachedPolicies", &attachedPoliciesListType),
        member("IsTruncated", &booleanType),
        member("Marker", &responseMarkerType),
    ]);
}
