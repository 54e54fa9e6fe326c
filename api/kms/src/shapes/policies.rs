//! Shapes: policies.

use bastide_shape::{list, member, shapes, string, structure};

use super::*;

shapes! {
    GetKeyPolicyRequest = structure(&[
        member("KeyId", &KeyIdType).required(),
        member("PolicyName", &PolicyNameType),
    ]);
    PolicyNameType = string().length(1, 128).pattern(r"[\w]+");
    GetKeyPolicyResponse = structure(&[
        member("Policy", &PolicyType),
        member("PolicyName", &PolicyNameType),
    ]);
    PutKeyPolicyRequest = structure(&[
        member("KeyId", &KeyIdType).required(),
        member("PolicyName", &PolicyNameType),
        member("Policy", &PolicyType).required(),
        member("BypassPolicyLockoutSafetyCheck", &BooleanType),
    ]);
    ListKeyPoliciesRequest = structure(&[
        member("KeyId", &KeyIdType).required(),
        member("Limit", &LimitType),
        member("Marker", &MarkerType),
    ]);
    ListKeyPoliciesResponse = structure(&[
        member("PolicyNames", &PolicyNameList),
        member("NextMarker", &MarkerType),
        member("Truncated", &BooleanType),
    ]);
    PolicyNameList = list(&member("member", &PolicyNameType));
}
