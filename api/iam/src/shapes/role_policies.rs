//! Shapes: role policies.

use bastide_shape::{member, shapes, structure};

use super::*;

shapes! {
    PutRolePolicyRequest = structure(&[
        member("RoleName", &roleNameType).required(),
        member("PolicyName", &policyNameType).required(),
        member("PolicyDocument", &policyDocumentType).required(),
    ]);
    GetRolePolicyRequest = structure(&[
        member("RoleName", &roleNameType).required(),
        member("PolicyName", &policyNameType).required(),
    ]);
    GetRolePolicyResponse = structure(&[
        member("RoleName", &roleNameType).required(),
        member("PolicyName", &policyNameType).required(),
        member("PolicyDocument", &policyDocumentType).required(),
    ]);
    DeleteRolePolicyRequest = structure(&[
        member("RoleName", &roleNameType).required(),
        member("PolicyName", &policyNameType).required(),
    ]);
    ListRolePoliciesRequest = structure(&[
        member("RoleName", &roleNameType).required(),
        member("Marker", &markerType),
        member("MaxItems", &maxItemsType),
    ]);
    ListRolePoliciesResponse = structure(&[
        member("PolicyNames", &policyNameListType).required(),
        member("IsTruncated", &booleanType),
        member("Marker", &responseMarkerType),
    ]);
    AttachRolePolicyRequest = structure(&[
        member("RoleName", &roleNameType).required(),
        member("PolicyArn", &arnType).required(),
    ]);
    DetachRolePolicyRequest = structure(&[
        member("RoleName", &roleNameType).required(),
        member("PolicyArn", &arnType).required(),
    ]);
    ListAttachedRolePoliciesRequest = structure(&[
        member("RoleName", &roleNameType).required(),
        member("PathPrefix", &policyPathType),
        member("Marker", &markerType),
        member("MaxItems", &maxItemsType),
    ]);
    ListAttachedRolePoliciesResponse = structure(&[
        member("AttachedPolicies", &attachedPoliciesListType),
        member("IsTruncated", &booleanType),
        member("Marker", &responseMarkerType),
    ]);
}
