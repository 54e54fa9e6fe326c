//! Pages: their sizes and tokens.

use bastide_api_config::errors;
use bastide_door::{Failure, page_after, page_token};
use bastide_ids::Place;
use bastide_shape::Document;

/// The page size that the caller asks for; 0 means the default.
pub(crate) fn limit(input: &Document, default: usize) -> usize {
    input
        .int("limit")
        .and_then(|limit| usize::try_from(limit).ok())
        .filter(|limit| *limit > 0)
        .unwrap_or(default)
}

/// A token that says after what the next page begins, good only for the same question.
pub(crate) fn token(question: &[&str], after: &str) -> String {
    page_token(&question.join("\n"), after)
}

/// Reads a token of the same question.
pub(crate) fn after(input: &Document, question: &[&str]) -> Result<Option<String>, Failure> {
    let Some(token) = input.str("nextToken").filter(|token| !token.is_empty()) else { return Ok(None) };
    page_after(&question.join("\n"), token).map(Some).ok_or_else(|| {
        let message = "The specified next token is not valid. Use the token of the last answer with the same parameters.";
        Failure::new(&errors::InvalidNextTokenException, message)
    })
}

/// Where resources of a type are kept: those of global services in one region of the partition, and Config
/// shows them in every region.
pub(crate) fn place_of(place: &Place, resource_type: &str) -> Place {
    if is_global(resource_type) {
        Place::new(place.account, place.partition.global_region())
    } else {
        place.clone()
    }
}

/// Whether a type belongs to a global service.
pub(crate) fn is_global(resource_type: &str) -> bool {
    resource_type.starts_with("AWS::IAM::") || resource_type.starts_with("AWS::Organizations::")
}
