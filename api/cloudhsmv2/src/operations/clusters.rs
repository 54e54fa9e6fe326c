//! Operations: clusters.

use bastide_shape::{Access, operation, operations, target};

use crate::{errors::*, shapes::*};

operations! {
    CreateCluster = operation(Access::Write)
        .input(&CreateClusterRequest)
        .output(&CreateClusterResponse)
        .errors(&[
            &CloudHsmAccessDeniedException, &CloudHsmInternalFailureException,
            &CloudHsmInvalidRequestException, &CloudHsmResourceNotFoundException, &CloudHsmServiceException,
            &CloudHsmTagException,
        ])
        .on(&[target("source-backup", "SourceBackupId")]);
    DescribeClusters = operation(Access::Read)
        .input(&DescribeClustersRequest)
        .output(&DescribeClustersResponse)
        .errors(&[
            &CloudHsmAccessDeniedException, &CloudHsmInternalFailureException,
            &CloudHsmInvalidRequestException, &CloudHsmServiceException, &CloudHsmTagException,
        ]);
    DeleteCluster = operation(Access::Write)
        .input(&DeleteClusterRequest)
        .output(&DeleteClusterResponse)
        .errors(&[
            &CloudHsmAccessDeniedException, &CloudHsmInternalFailureException,
            &CloudHsmInvalidRequestException, &CloudHsmResourceNotFoundException, &CloudHsmServiceException,
            &CloudHsmTagException,
        ])
        .on(&[target("cluster", "ClusterId")]);
    ModifyCluster = operation(Access::Write)
        .input(&ModifyClusterRequest)
        .output(&ModifyClusterResponse)
        .errors(&[
            &CloudHsmAccessDeniedException, &CloudHsmInternalFailureException,
            &CloudHsmInvalidRequestException, &CloudHsmResourceNotFoundException, &CloudHsmServiceException,
        ])
        .on(&[target("cluster", "ClusterId")]);
    InitializeCluster = operation(Access::Write)
        .input(&InitializeClusterRequest)
        .output(&InitializeClusterResponse)
        .errors(&[
            &CloudHsmAccessDeniedException, &CloudHsmInternalFailureException,
            &CloudHsmInvalidRequestException, &CloudHsmResourceNotFoundException, &CloudHsmServiceException,
        ])
        .on(&[target("cluster", "ClusterId")]);
}
