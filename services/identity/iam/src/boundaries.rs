//! Permissions boundaries, and how calls name managed policies to be used.

use bastide_door::{Failure, Permitted};

use crate::aws_managed::AwsManaged;
use crate::errors::{no_arn, no_boundary_arn, no_such};
use crate::lookup::{by_arn, name_in};
use crate::model::{AttachedPolicy, Entity, ManagedPolicy};

/// The boundary that a call names. The commit will fail if the policy changes or goes meanwhile.
///
/// # Errors
/// `NoSuchEntity` when there is no such policy, `InvalidInput` when it is no policy's ARN.
pub(crate) async fn given(call: &mut Permitted) -> Result<Option<AttachedPolicy>, Failure> {
    let Some(arn) = call.input().str("PermissionsBoundary").map(str::to_owned) else { return Ok(None) };
    if name_in(&arn, ManagedPolicy::KIND).is_none() {
        return Err(no_boundary_arn(&arn));
    }
    let found = usable(call, &arn).await?;
    let missing = || no_such(format!("Scope ARN: {arn} does not exist or is not attachable."));
    found.ok_or_else(missing).map(Some)
}

/// The managed policy with this ARN, to be attached. The commit will fail if it changes or goes meanwhile.
///
/// # Errors
/// `ValidationError` when it is no ARN.
pub(crate) async fn usable(call: &mut Permitted, arn: &str) -> Result<Option<AttachedPolicy>, Failure> {
    if !arn.starts_with("arn:") {
        return Err(no_arn(arn));
    }
    if let Some(policy) = AwsManaged::by_arn(arn) {
        return Ok(Some(AttachedPolicy { arn: arn.to_owned(), id: policy.id.to_owned() }));
    }
    let found = by_arn::<ManagedPolicy>(call.store(), call.place(), arn).await?;
    Ok(found.map(|found| {
        call.changes().expect_unchanged(&found);
        AttachedPolicy { arn: arn.to_owned(), id: found.id.clone() }
    }))
}
