//! Shapes: policies.

use bastide_shape::{boolean, enumeration, list, member, shapes, string, structure};

use super::*;

shapes! {
    CreatePolicyRequest = structure(&[
        member("Content", &PolicyContent).required(),
        member("Description", &PolicyDescription).required(),
        member("Name", &PolicyName).required(),
        member("Type", &PolicyType).required(),
        member("Tags", &Tags),
    ]);
    PolicyContent = string().at_least(1).pattern(r"[\s\S]*");
    PolicyDescription = string().at_most(512).pattern(r"[\s\S]*");
    PolicyName = string().length(1, 128).pattern(r"[\s\S]*");
    CreatePolicyResponse = structure(&[
        member("Policy", &Policy),
    ]);
    Policy = structure(&[
        member("PolicySummary", &PolicySummary),
        member("Content", &PolicyContent),
    ]);
    PolicySummary = structure(&[
        member("Id", &PolicyId),
        member("Arn", &PolicyArn),
        member("Name", &PolicyName),
        member("Description", &PolicyDescription),
        member("Type", &PolicyType),
        member("AwsManaged", &AwsManagedPolicy),
    ]);
    PolicyId = string().at_most(130).pattern(r"^p-[0-9a-zA-Z_]{8,128}$");
    PolicyArn = string().pattern(r"^(arn:aws:organizations::\d{12}:policy\/o-[a-z0-9]{10,32}\/[0-9a-z_]+\/p-[0-9a-z]{10,32})|(arn:aws:organizations::aws:policy\/[0-9a-z_]+\/p-[0-9a-zA-Z_]{10,128})");
    AwsManagedPolicy = boolean();
    DescribePolicyRequest = structure(&[
        member("PolicyId", &PolicyId).required(),
    ]);
    DescribePolicyResponse = structure(&[
        member("Policy", &Policy),
    ]);
    UpdatePolicyRequest = structure(&[
        member("PolicyId", &PolicyId).required(),
        member("Name", &PolicyName),
        member("Description", &PolicyDescription),
        member("Content", &PolicyContent),
    ]);
    UpdatePolicyResponse = structure(&[
        member("Policy", &Policy),
    ]);
    DeletePolicyRequest = structure(&[
        member("PolicyId", &PolicyId).required(),
    ]);
    ListPoliciesRequest = structure(&[
        member("Filter", &PolicyType).required(),
        member("NextToken", &NextToken),
        member("MaxResults", &MaxResults),
    ]);
    ListPoliciesResponse = structure(&[
        member("Policies", &Policies),
        member("NextToken", &NextToken),
    ]);
    Policies = list(&member("member", &PolicySummary));
    AttachPolicyRequest = structure(&[
        member("PolicyId", &PolicyId).required(),
        member("TargetId", &PolicyTargetId).required(),
    ]);
    PolicyTargetId = string().at_most(100).pattern(r"^(r-[0-9a-z]{4,32})|(\d{12})|(ou-[0-9a-z]{4,32}-[a-z0-9]{8,32})$");
    DetachPolicyRequest = structure(&[
        member("PolicyId", &PolicyId).required(),
        member("TargetId", &PolicyTargetId).required(),
    ]);
    ListPoliciesForTargetRequest = structure(&[
        member("TargetId", &PolicyTargetId).required(),
        member("Filter", &PolicyType).required(),
        member("NextToken", &NextToken),
        member("MaxResults", &MaxResults),
    ]);
    ListPoliciesForTargetResponse = structure(&[
        member("Policies", &Policies),
        member("NextToken", &NextToken),
    ]);
    ListTargetsForPolicyRequest = structure(&[
        member("PolicyId", &PolicyId).required(),
        member("NextToken", &NextToken),
        member("MaxResults", &MaxResults),
    ]);
    ListTargetsForPolicyResponse = structure(&[
        member("Targets", &PolicyTargets),
        member("NextToken", &NextToken),
    ]);
    PolicyTargets = list(&member("member", &PolicyTargetSummary));
    PolicyTargetSummary = structure(&[
        member("TargetId", &PolicyTargetId),
        member("Arn", &GenericArn),
        member("Name", &TargetName),
        member("Type", &TargetType),
    ]);
    GenericArn = string().pattern(r"^arn:aws:organizations::.+:.+");
    TargetName = string().length(1, 128);
    TargetType = enumeration(&["ACCOUNT", "ORGANIZATIONAL_UNIT", "ROOT"]);
}
