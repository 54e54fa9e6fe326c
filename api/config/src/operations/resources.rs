//! Operations: resources.

use bastide_shape::{Access, operation, operations};

use crate::{errors::*, shapes::*};

operations! {
    ListDiscoveredResources = operation(Access::List)
        .input(&ListDiscoveredResourcesRequest)
        .output(&ListDiscoveredResourcesResponse)
        .errors(&[
            &InvalidLimitException, &InvalidNextTokenException, &NoAvailableConfigurationRecorderException,
            &ValidationException,
        ]);
    GetResourceConfigHistory = operation(Access::Read)
        .input(&GetResourceConfigHistoryRequest)
        .output(&GetResourceConfigHistoryResponse)
        .errors(&[
            &InvalidLimitException, &InvalidNextTokenException, &InvalidTimeRangeException,
            &NoAvailableConfigurationRecorderException, &ResourceNotDiscoveredException,
            &ValidationException,
        ]);
    BatchGetResourceConfig = operation(Access::Read)
        .input(&BatchGetResourceConfigRequest)
        .output(&BatchGetResourceConfigResponse)
        .errors(&[&NoAvailableConfigurationRecorderException, &ValidationException]);
    GetDiscoveredResourceCounts = operation(Access::Read)
        .input(&GetDiscoveredResourceCountsRequest)
        .output(&GetDiscoveredResourceCountsResponse)
        .errors(&[&InvalidLimitException, &InvalidNextTokenException, &ValidationException]);
}
