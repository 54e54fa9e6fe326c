//! Operations: backups.

use bastide_shape::{Access, operation, operations, target};

use crate::{errors::*, shapes::*};

operations! {
    DescribeBackups = operation(Access::Read)
        .input(&DescribeBackupsRequest)
        .output(&DescribeBackupsResponse)
        .errors(&[
            &CloudHsmAccessDeniedException, &CloudHsmInternalFailureException,
            &CloudHsmInvalidRequestException, &CloudHsmResourceNotFoundException, &CloudHsmServiceException,
            &CloudHsmTagException,
        ]);
    CopyBackupToRegion = operation(Access::Write)
        .input(&CopyBackupToRegionRequest)
        .output(&CopyBackupToRegionResponse)
        .errors(&[
            &CloudHsmAccessDeniedException, &CloudHsmInternalFailureException,
            &CloudHsmInvalidRequestException, &CloudHsmResourceNotFoundException, &CloudHsmServiceException,
            &CloudHsmTagException,
        ])
        .on(&[target("backup", "BackupId")]);
    DeleteBackup = operation(Access::Write)
        .input(&DeleteBackupRequest)
        .output(&DeleteBackupResponse)
        .errors(&[
            &CloudHsmAccessDeniedException, &CloudHsmInternalFailureException,
            &CloudHsmInvalidRequestException, &CloudHsmResourceNotFoundException, &CloudHsmServiceException,
        ])
        .on(&[target("backup", "BackupId")]);
    RestoreBackup = operation(Access::Write)
        .input(&RestoreBackupRequest)
        .output(&RestoreBackupResponse)
        .errors(&[
            &CloudHsmAccessDeniedException, &CloudHsmInternalFailureException,
            &CloudHsmInvalidRequestException, &CloudHsmResourceNotFoundException, &CloudHsmServiceException,
        ])
        .on(&[target("backup", "BackupId")]);
    ModifyBackupAttributes = operation(Access::Write)
        .input(&ModifyBackupAttributesRequest)
        .output(&ModifyBackupAttributesResponse)
        .errors(&[
            &CloudHsmAccessDeniedException, &CloudHsmInternalFailureException,
            &CloudHsmInvalidRequestException, &CloudHsmResourceNotFoundException, &CloudHsmServiceException,
        ])
        .on(&[target("backup", "BackupId")]);
}
