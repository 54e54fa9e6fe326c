//! Operations: hsms.

use bastide_shape::{Access, operation, operations, target};

use crate::{errors::*, shapes::*};

operations! {
    CreateHsm = operation(Access::Write)
        .input(&CreateHsmRequest)
        .output(&CreateHsmResponse)
        .errors(&[
            &CloudHsmAccessDeniedException, &CloudHsmInternalFailureException,
            &CloudHsmInvalidRequestException, &CloudHsmResourceNotFoundException, &CloudHsmServiceException,
        ])
        .on(&[target("cluster", "ClusterId")]);
    DeleteHsm = operation(Access::Write)
        .input(&DeleteHsmRequest)
        .output(&DeleteHsmResponse)
        .errors(&[
            &CloudHsmAccessDeniedException, &CloudHsmInternalFailureException,
            &CloudHsmInvalidRequestException, &CloudHsmResourceNotFoundException, &CloudHsmServiceException,
        ])
        .on(&[target("cluster", "ClusterId")]);
}
