//! Operations: simulation.

use bastide_shape::{Access, operation, operations, target};

use crate::{errors::*, shapes::*};

operations! {
    SimulatePrincipalPolicy = operation(Access::Read)
        .input(&SimulatePrincipalPolicyRequest)
        .output(&SimulatePolicyResponse)
        .wrapped("SimulatePrincipalPolicyResult")
        .errors(&[&InvalidInputException, &NoSuchEntityException, &PolicyEvaluationException])
        .on(&[target("principal", "PolicySourceArn")]);
    SimulateCustomPolicy = operation(Access::Read)
        .input(&SimulateCustomPolicyRequest)
        .output(&SimulatePolicyResponse)
        .wrapped("SimulateCustomPolicyResult")
        .errors(&[&InvalidInputException, &PolicyEvaluationException]);
    GetContextKeysForCustomPolicy = operation(Access::Read)
        .input(&GetContextKeysForCustomPolicyRequest)
        .output(&GetContextKeysForPolicyResponse)
        .wrapped("GetContextKeysForCustomPolicyResult")
        .errors(&[&InvalidInputException]);
    GetContextKeysForPrincipalPolicy = operation(Access::Read)
        .input(&GetContextKeysForPrincipalPolicyRequest)
        .output(&GetContextKeysForPolicyResponse)
        .wrapped("GetContextKeysForPrincipalPolicyResult")
        .errors(&[&InvalidInputException, &NoSuchEntityException])
        .on(&[target("principal", "PolicySourceArn")]);
}
