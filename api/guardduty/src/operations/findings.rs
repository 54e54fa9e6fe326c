//! Operations: findings.

use bastide_shape::{Access, operation, operations, target};

use crate::{errors::*, shapes::*};

operations! {
    ListFindings = operation(Access::List)
        .http("POST", "/detector/{DetectorId}/findings", 200)
        .input(&ListFindingsRequest)
        .output(&ListFindingsResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException])
        .on(&[target("detector", "DetectorId")]);
    GetFindingsStatistics = operation(Access::Read)
        .http("POST", "/detector/{DetectorId}/findings/statistics", 200)
        .input(&GetFindingsStatisticsRequest)
        .output(&GetFindingsStatisticsResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException])
        .on(&[target("detector", "DetectorId")]);
    ArchiveFindings = operation(Access::Write)
        .http("POST", "/detector/{DetectorId}/findings/archive", 200)
        .input(&ArchiveFindingsRequest)
        .output(&ArchiveFindingsResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException])
        .on(&[target("detector", "DetectorId")]);
    UnarchiveFindings = operation(Access::Write)
        .http("POST", "/detector/{DetectorId}/findings/unarchive", 200)
        .input(&UnarchiveFindingsRequest)
        .output(&UnarchiveFindingsResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException])
        .on(&[target("detector", "DetectorId")]);
    UpdateFindingsFeedback = operation(Access::Write)
        .http("POST", "/detector/{DetectorId}/findings/feedback", 200)
        .input(&UpdateFindingsFeedbackRequest)
        .output(&UpdateFindingsFeedbackResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException])
        .on(&[target("detector", "DetectorId")]);
    CreateSampleFindings = operation(Access::Write)
        .http("POST", "/detector/{DetectorId}/findings/create", 200)
        .input(&CreateSampleFindingsRequest)
        .output(&CreateSampleFindingsResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException])
        .on(&[target("detector", "DetectorId")]);
}
