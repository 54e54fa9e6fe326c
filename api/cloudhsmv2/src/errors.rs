//! The errors that cloudhsmv2's operations list.

use bastide_shape::{error, errors};

errors! {
    CloudHsmAccessDeniedException = error(400);
    CloudHsmInternalFailureException = error(500);
    CloudHsmInvalidRequestException = error(400);
    CloudHsmResourceLimitExceededException = error(400);
    CloudHsmResourceNotFoundException = error(400);
    CloudHsmServiceException = error(400);
    CloudHsmTagException = error(400);
}
