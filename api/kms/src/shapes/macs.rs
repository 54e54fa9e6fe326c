//! Shapes: macs.

use bastide_shape::{member, shapes, structure};

use super::*;

shapes! {
    GenerateMacRequest = structure(&[
        member("Message", &PlaintextType).required(),
        member("KeyId", &KeyIdType).required(),
        member("MacAlgorithm", &MacAlgorithmSpec).required(),
        member("GrantTokens", &GrantTokenList),
        member("DryRun", &NullableBooleanType),
    ]);
    GenerateMacResponse = structure(&[
        member("Mac", &CiphertextType),
        member("MacAlgorithm", &MacAlgorithmSpec),
        member("KeyId", &KeyIdType),
    ]);
    VerifyMacRequest = structure(&[
        member("Message", &PlaintextType).required(),
        member("KeyId", &KeyIdType).required(),
        member("MacAlgorithm", &MacAlgorithmSpec).required(),
        member("Mac", &CiphertextType).required(),
        member("GrantTokens", &GrantTokenList),
        member("DryRun", &NullableBooleanType),
    ]);
    VerifyMacResponse = structure(&[
        member("KeyId", &KeyIdType),
        member("MacValid", &BooleanType),
        member("MacAlgorithm", &MacAlgorithmSpec),
    ]);
}
