//! Shapes: backups.

use bastide_shape::{boolean, enumeration, integer, list, member, shapes, string, structure};

use super::*;

shapes! {
    DescribeBackupsRequest = structure(&[
        member("NextToken", &NextToken),
        member("MaxResults", &BackupsMaxSize),
        member("Filters", &Filters),
        member("Shared", &Boolean),
        member("SortAscending", &Boolean),
    ]);
    BackupsMaxSize = integer().range(1, 50);
    Boolean = boolean();
    DescribeBackupsResponse = structure(&[
        member("Backups", &Backups),
        member("NextToken", &NextToken),
    ]);
    Backups = list(&member("member", &Backup));
    Backup = structure(&[
        member("BackupId", &BackupId).required(),
        member("BackupArn", &BackupArn),
        member("BackupState", &BackupState),
        member("ClusterId", &ClusterId),
        member("CreateTimestamp", &Timestamp),
        member("CopyTimestamp", &Timestamp),
        member("NeverExpires", &Boolean),
        member("SourceRegion", &Region),
        member("SourceBackup", &BackupId),
        member("SourceCluster", &ClusterId),
        member("DeleteTimestamp", &Timestamp),
        member("TagList", &TagList),
        member("HsmType", &HsmType),
        member("Mode", &ClusterMode),
    ]);
    BackupState = enumeration(&["CREATE_IN_PROGRESS", "READY", "DELETED", "PENDING_DELETION"]);
    Region = string().pattern(r"[a-z]{2}(-(gov))?-(east|west|north|south|central){1,2}-\d");
    CopyBackupToRegionRequest = structure(&[
        member("DestinationRegion", &Region).required(),
        member("BackupId", &BackupId).required(),
        member("TagList", &TagList),
    ]);
    CopyBackupToRegionResponse = structure(&[
        member("DestinationBackup", &DestinationBackup),
    ]);
    DestinationBackup = structure(&[
        member("CreateTimestamp", &Timestamp),
        member("SourceRegion", &Region),
        member("SourceBackup", &BackupId),
        member("SourceCluster", &ClusterId),
    ]);
    DeleteBackupRequest = structure(&[
        member("BackupId", &BackupId).required(),
    ]);
    DeleteBackupResponse = structure(&[
        member("Backup", &Backup),
    ]);
    RestoreBackupRequest = structure(&[
        member("BackupId", &BackupId).required(),
    ]);
    RestoreBackupResponse = structure(&[
        member("Backup", &Backup),
    ]);
    ModifyBackupAttributesRequest = structure(&[
        member("BackupId", &BackupId).required(),
        member("NeverExpires", &Boolean).required(),
    ]);
    ModifyBackupAttributesResponse = structure(&[
        member("Backup", &Backup),
    ]);
}
