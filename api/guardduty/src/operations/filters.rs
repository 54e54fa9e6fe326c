//! Operations: filters.

use bastide_shape::{Access, operation, operations, target};

use crate::{errors::*, shapes::*};

operations! {
    CreateFilter = operation(Access::Write)
        .http("POST", "/detector/{DetectorId}/filter", 200)
        .input(&CreateFilterRequest)
        .output(&CreateFilterResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException])
        .on(&[target("detector", "DetectorId")]);
    GetFilter = operation(Access::Read)
        .http("GET", "/detector/{DetectorId}/filter/{FilterName}", 200)
        .input(&GetFilterRequest)
        .output(&GetFilterResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException])
        .on(&[target("filter", "FilterName")]);
    UpdateFilter = operation(Access::Write)
        .http("POST", "/detector/{DetectorId}/filter/{FilterName}", 200)
        .input(&UpdateFilterRequest)
        .output(&UpdateFilterResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException])
        .on(&[target("filter", "FilterName")]);
    DeleteFilter = operation(Access::Write)
        .http("DELETE", "/detector/{DetectorId}/filter/{FilterName}", 200)
        .input(&DeleteFilterRequest)
        .output(&DeleteFilterResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException])
        .on(&[target("filter", "FilterName")]);
    ListFilters = operation(Access::List)
        .http("GET", "/detector/{DetectorId}/filter", 200)
        .input(&ListFiltersRequest)
        .output(&ListFiltersResponse)
        .errors(&[&BadRequestException, &InternalServerErrorException])
        .on(&[target("detector", "DetectorId")]);
}
