//! Pages: their sizes and tokens.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bastide_api_config::errors;
use bastide_door::Failure;
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
    URL_SAFE_NO_PAD.encode(format!("{}\n{after}", question.join("\n")))
}

/// Reads a token of the same question.
pub(crate) fn after(input: &Document, question: &[&str]) -> Result<Option<String>, Failure> {
    let Some(token) = input.str("nextToken").filter(|token| !token.is_empty()) else { return Ok(None) };
    let read = || {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
        let (asked, after) = text.rsplit_once('\n')?;
        (asked == question.join("\n")).then(|| after.to_owned())
    };
    read().map(Some).ok_or_else(|| {
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
