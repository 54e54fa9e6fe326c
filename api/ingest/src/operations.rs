//! The one operation.

use bastide_shape::{Access, Operation, operation, operations};

use crate::{errors::*, shapes::*};

operations! {
    PutLogs = operation(Access::Write)
        .input(&PutLogsRequest)
        .output(&PutLogsResponse)
        .errors(&[
            &BusyException, &DamagedLogException, &InvalidParameterException, &LogTooLargeException,
            &StorageFullException, &UnknownLogException,
        ]);
}

/// All of them.
pub static BUILT: &[&Operation] = &[&PutLogs];
