//! Operations: statistics.

use bastide_shape::{Access, operation, operations, target};

use crate::{errors::*, shapes::*};

operations! {
    ListCoverage = operation(Access::List)
        .http("POST", "/detector/{DetectorId}/coverage", 200)
        .input(&ListCoverageRequest)
        .output(&ListCoverageResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException])
        .on(&[target("detector", "DetectorId")]);
    GetCoverageStatistics = operation(Access::Read)
        .http("POST", "/detector/{DetectorId}/coverage/statistics", 200)
        .input(&GetCoverageStatisticsRequest)
        .output(&GetCoverageStatisticsResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException])
        .on(&[target("detector", "DetectorId")]);
    GetUsageStatistics = operation(Access::Read)
        .http("POST", "/detector/{DetectorId}/usage/statistics", 200)
        .input(&GetUsageStatisticsRequest)
        .output(&GetUsageStatisticsResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException])
        .on(&[target("detector", "DetectorId")]);
    GetRemainingFreeTrialDays = operation(Access::Read)
        .http("POST", "/detector/{DetectorId}/freeTrial/daysRemaining", 200)
        .input(&GetRemainingFreeTrialDaysRequest)
        .output(&GetRemainingFreeTrialDaysResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException])
        .on(&[target("detector", "DetectorId")]);
}
