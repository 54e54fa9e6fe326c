//! What people say of findings: ArchiveFindings, UnarchiveFindings, UpdateFindingsFeedback.

use bastide_door::{Failure, Permitted};
use bastide_shape::Document;

use super::{find, places};
use crate::stored::Finding;
use crate::{members, refusal};

/// ArchiveFindings. Ids that there are not count as archived.
///
/// # Errors
/// `BadRequestException` from a member: its administrator archives.
pub(crate) async fn archive_findings(call: &mut Permitted) -> Result<Document, Failure> {
    change(call, |finding| finding.archive(true)).await
}

/// UnarchiveFindings.
///
/// # Errors
/// As [`archive_findings`].
pub(crate) async fn unarchive_findings(call: &mut Permitted) -> Result<Document, Failure> {
    change(call, |finding| finding.archive(false)).await
}

/// UpdateFindingsFeedback. The comment is in the record of the call.
///
/// # Errors
/// As [`archive_findings`].
pub(crate) async fn update_findings_feedback(call: &mut Permitted) -> Result<Document, Failure> {
    let feedback = call.input().text("Feedback").to_owned();
    change(call, |finding| finding.set("userFeedback", feedback.as_str().into())).await
}

async fn change(call: &mut Permitted, apply: impl Fn(&mut Finding)) -> Result<Document, Failure> {
    if members::administrator(call.store(), call.place()).await?.is_some() {
        return Err(refusal::member_may_not());
    }
    let places = places(call.store(), call.place()).await?;
    let mut ids: Vec<String> = call.input().strings("FindingIds").map(str::to_owned).collect();
    ids.sort_unstable();
    ids.dedup();
    for id in &ids {
        if let Some(read) = find(call.store(), &places, id).await? {
            let mut finding = read.value.clone();
            apply(&mut finding);
            call.changes().update(&read, finding);
        }
    }
    Ok(Document::new())
}
