//! Publishing destinations: where findings are exported to, encrypted under a KMS key.

use bastide_api_kms::operations as kms;
use bastide_door::{Failure, Permitted};
use bastide_ids::Arn;
use bastide_resources::Stored;
use bastide_shape::{Document, Value};

use crate::filters::guard;
use crate::paging::{Paging, all};
use crate::stored::{Destination, Detector};
use crate::work::{Objects, export};
use crate::{ids, refusal, tags};

/// The status of one that works.
pub(crate) const PUBLISHING: &str = "PUBLISHING";
/// The status of one that does not.
pub(crate) const FAILING: &str = "UNABLE_TO_PUBLISH_FIX_DESTINATION_PROPERTY";

/// CreatePublishingDestination. Who calls must be allowed to use the key; GuardDuty uses it from then on.
///
/// # Errors
/// `BadRequestException`: there is one already, ARNs that are none, a key that cannot be used, or a bucket that
/// cannot be written to.
pub(crate) async fn create_publishing_destination(call: &mut Permitted) -> Result<Document, Failure> {
    let place = call.place().clone();
    let input = call.input();
    let token = input.str("ClientToken").map(str::to_owned);
    let properties = input.map("DestinationProperties").cloned().unwrap_or_default();
    let (arn, key, bucket_owner) = checked(call, &properties, None).await?;
    let there = all::<Destination>(call.store(), &place, "").await?;
    if let Some(there) = there.first() {
        if token.is_some() && there.token == token {
            return Ok(Document::new().with("DestinationId", &there.key.id));
        }
        let message =
            "The request is rejected because a publishing destination of the given type already exists.";
        return Err(refusal::invalid(message));
    }
    let destination = Destination {
        arn,
        kms_key: key,
        bucket_owner,
        status: PUBLISHING.to_owned(),
        failing_since: 0,
        created: call.now(),
        tags: tags::read(call.input())?,
        token,
    };
    let id = ids::random();
    let detector = call.input().text("DetectorId").to_owned();
    let arn = format!("{}/publishingDestination/{id}", Detector::arn_in(&place, &detector));
    call.record_resource("AWS::GuardDuty::PublishingDestination", arn);
    guard(call)?;
    call.changes().create(&place, id.clone(), destination);
    Ok(Document::new().with("DestinationId", id))
}

/// DescribePublishingDestination.
///
/// # Errors
/// None of its own.
pub(crate) async fn describe_publishing_destination(call: &mut Permitted) -> Result<Document, Failure> {
    let destination = call.resource::<Stored<Destination>>()?;
    let properties = Document::new()
        .with("DestinationArn", &destination.arn)
        .with("KmsKeyArn", &destination.kms_key)
        .maybe("ExpectedBucketOwner", destination.bucket_owner.as_deref());
    Ok(Document::new()
        .with("DestinationId", &destination.key.id)
        .with("DestinationType", "S3")
        .with("Status", &destination.status)
        .with("PublishingFailureStartTimestamp", destination.failing_since)
        .with("DestinationProperties", properties)
        .with("Tags", tags::show(&destination.tags)))
}

/// UpdatePublishingDestination.
///
/// # Errors
/// As [`create_publishing_destination`].
pub(crate) async fn update_publishing_destination(call: &mut Permitted) -> Result<Document, Failure> {
    let read = call.resource::<Stored<Destination>>()?;
    if let Some(properties) = call.input().map("DestinationProperties").cloned() {
        let (arn, kms_key, bucket_owner) = checked(call, &properties, Some(&read)).await?;
        let mut destination = Destination { arn, kms_key, bucket_owner, ..read.value.clone() };
        (destination.status, destination.failing_since) = (PUBLISHING.to_owned(), 0);
        call.changes().update(&read, destination);
    }
    Ok(Document::new())
}

/// DeletePublishingDestination.
///
/// # Errors
/// None of its own.
pub(crate) async fn delete_publishing_destination(call: &mut Permitted) -> Result<Document, Failure> {
    let destination = call.resource::<Stored<Destination>>()?;
    call.changes().delete(&destination);
    Ok(Document::new())
}

/// ListPublishingDestinations.
///
/// # Errors
/// `BadRequestException` for a token of something else.
pub(crate) async fn list_publishing_destinations(call: &mut Permitted) -> Result<Document, Failure> {
    let paging = Paging::of(call, call.input().text("DetectorId"))?;
    let destinations = all::<Destination>(call.store(), call.place(), "").await?;
    let show = |it: &std::sync::Arc<Stored<Destination>>| -> Value {
        Document::new()
            .with("DestinationId", &it.key.id)
            .with("DestinationType", "S3")
            .with("Status", &it.status)
            .into()
    };
    Ok(paging.cut("Destinations", &destinations, |it| &it.key.id, show))
}

/// The bucket, the key and the bucket's owner of a request, tried out.
async fn checked(
    call: &Permitted,
    properties: &Document,
    old: Option<&Destination>,
) -> Result<(String, String, Option<String>), Failure> {
    let given = |name: &str, old: Option<&String>| {
        properties.str(name).map(str::to_owned).or_else(|| old.cloned()).unwrap_or_default()
    };
    let arn = given("DestinationArn", old.map(|old| &old.arn));
    let key = given("KmsKeyArn", old.map(|old| &old.kms_key));
    let owner = properties.str("ExpectedBucketOwner").map(str::to_owned);
    let owner = owner.or_else(|| old.and_then(|old| old.bucket_owner.clone()));
    let bucket = Arn::parse(&arn).ok().filter(|arn| arn.service == "s3" && !arn.resource.is_empty());
    let is_key = Arn::parse(&key).is_ok_and(|arn| arn.service == "kms" && arn.resource.starts_with("key/"));
    if bucket.is_none() || !is_key {
        return Err(refusal::parameters());
    }
    let input = Document::new().with("KeyId", &key).with("KeySpec", "AES_256");
    // GuardDuty will use the key by itself, so who asks for that must be allowed to.
    let tried = call.call(&kms::GenerateDataKeyWithoutPlaintext, input).await;
    tried.map_err(|failure| {
        refusal::invalid(format!("The request failed because the KMS key cannot be used: {failure}"))
    })?;
    // So does AWS: a destination that cannot be written to is refused.
    if let Some(objects) = call.setting::<Objects>() {
        let tried = export::try_out(objects, call.place(), &arn, owner.as_deref()).await;
        tried.map_err(|why| refusal::no_export(&why))?;
    }
    Ok((arn, key, owner))
}
