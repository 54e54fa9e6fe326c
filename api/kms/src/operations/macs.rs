//! Operations: macs.

use bastide_shape::{Access, operation, operations, target};

use crate::{errors::*, shapes::*};

operations! {
    GenerateMac = operation(Access::Write)
        .input(&GenerateMacRequest)
        .output(&GenerateMacResponse)
        .errors(&[
            &DisabledException, &DryRunOperationException, &InvalidGrantTokenException,
            &InvalidKeyUsageException, &KMSInternalException, &KMSInvalidStateException,
            &KeyUnavailableException, &NotFoundException,
        ])
        .on(&[target("named-key", "KeyId")])
        .unrecorded(&["GrantTokens"])
        .reads();
    VerifyMac = operation(Access::Write)
        .input(&VerifyMacRequest)
        .output(&VerifyMacResponse)
        .errors(&[
            &DisabledException, &DryRunOperationException, &InvalidGrantTokenException,
            &InvalidKeyUsageException, &KMSInternalException, &KMSInvalidMacException,
            &KMSInvalidStateException, &KeyUnavailableException, &NotFoundException,
        ])
        .on(&[target("named-key", "KeyId")])
        .unrecorded(&["GrantTokens"])
        .reads();
}
