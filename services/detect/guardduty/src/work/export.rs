//! Publishing destinations: findings as lines of JSON, compressed, encrypted, in objects named as GuardDuty names them.
//!
//! The object is encrypted here and not by who keeps it, under a data key of the destination's KMS key, in the form of
//! the Amazon S3 Encryption Client's version 2 (`AES/GCM/NoPadding`, `kms+context`), which opens it. Source: Amazon S3
//! Encryption Client Developer Guide.

use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bastide_api_guardduty::GUARDDUTY;
use bastide_api_kms::operations as kms;
use bastide_door::Door;
use bastide_ids::{Arn, Place, Timestamp, Uuid, random_bytes};
use bastide_resources::{Changes, Store, Stored};
use bastide_shape::Document;
use flate2::Compression;
use flate2::write::GzEncoder;
use futures_core::future::BoxFuture;
use zeroize::Zeroizing;

use super::objects::Wanted;
use super::{Note, Objects, Publisher, Setting};
use crate::destinations::{FAILING, PUBLISHING};
use crate::stored::Destination;

const ALGORITHM: &str = "AES/GCM/NoPadding";
/// The time to write an object, tries included.
const TIME: Duration = Duration::from_secs(60);

/// Tells the publishing destinations of places.
pub(super) struct Exporter {
    door: Arc<Door>,
    objects: Option<Objects>,
}

impl Exporter {
    pub(super) fn new(setting: &Setting) -> Self {
        Self { door: Arc::clone(&setting.door), objects: setting.objects.clone() }
    }

    async fn export(&self, notes: &[Note]) -> Result<(), String> {
        let Some(first) = notes.first() else { return Ok(()) };
        let place = &first.place;
        let store = &self.door.trunks().store;
        let found = store.list::<Destination>(place, "", None, 1).await.map_err(|error| error.to_string())?;
        // It was deleted meanwhile, and with it the wish.
        let Some(destination) = found.items.first() else { return Ok(()) };
        let done = self.write(place, destination, notes).await;
        self.tell_status(store, destination, done.is_ok()).await;
        done
    }

    async fn write(&self, place: &Place, destination: &Destination, notes: &[Note]) -> Result<(), String> {
        let Some(objects) = &self.objects else {
            return Err("findings are to be exported, and it is not known where buckets are: serve with --object-store".to_owned());
        };
        let lines = compressed(notes).map_err(|error| error.to_string())?;
        let (metadata, sealed) = self.seal(place, &destination.kms_key, lines).await?;
        let arn = Arn::parse(&destination.arn).map_err(|error| error.to_string())?;
        let (bucket, prefix) = parted(&arn);
        let key = format!("{prefix}{}", name(place, self.door.now()));
        let wanted = Wanted { bucket, owner: destination.bucket_owner.as_deref() };
        let written = objects.write(wanted, &key, &metadata, sealed);
        let late = || Err(format!("the bucket `{bucket}` did not answer within {} s", TIME.as_secs()));
        tokio::time::timeout(TIME, written).await.unwrap_or_else(|_| late())
    }

    /// Encrypts under a new data key.
    async fn seal(
        &self,
        place: &Place,
        key: &str,
        mut bytes: Vec<u8>,
    ) -> Result<(Vec<(&'static str, String)>, Vec<u8>), String> {
        let context = Document::new().with("aws:x-amz-cek-alg", ALGORITHM);
        let input =
            Document::new().with("KeyId", key).with("KeySpec", "AES_256").with("EncryptionContext", context);
        let answer = Arc::clone(&self.door).act_as(&GUARDDUTY, place, &kms::GenerateDataKey, input).await;
        let answer = answer.map_err(|failure| format!("the KMS key cannot be used: {failure}"))?;
        let plaintext = Zeroizing::new(answer.blob("Plaintext").unwrap_or_default().to_vec());
        let iv = random_bytes::<12>();
        let unusable = |_| "the data key cannot be used".to_owned();
        let cipher = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &plaintext).map_err(unusable)?);
        let length = bytes.len();
        cipher
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(iv), Aad::empty(), &mut bytes)
            .map_err(unusable)?;
        let metadata = vec![
            ("x-amz-key-v2", BASE64.encode(answer.blob("CiphertextBlob").unwrap_or_default())),
            ("x-amz-iv", BASE64.encode(iv)),
            ("x-amz-cek-alg", ALGORITHM.to_owned()),
            ("x-amz-wrap-alg", "kms+context".to_owned()),
            ("x-amz-matdesc", format!("{{\"aws:x-amz-cek-alg\":\"{ALGORITHM}\"}}")),
            ("x-amz-tag-len", "128".to_owned()),
            ("x-amz-unencrypted-content-length", length.to_string()),
        ];
        Ok((metadata, bytes))
    }

    /// Writes down whether it works, when that has changed.
    async fn tell_status(&self, store: &Store, read: &Arc<Stored<Destination>>, works: bool) {
        let status = if works { PUBLISHING } else { FAILING };
        if read.status == status {
            return;
        }
        let now = self.door.now();
        let failing_since = if works { 0 } else { now.millis() };
        let destination = Destination { status: status.to_owned(), failing_since, ..read.value.clone() };
        let mut changes = Changes::new(now);
        changes.update(read, destination);
        // The next export says so again.
        let _ = store.commit(changes).await;
    }
}

impl Publisher for Exporter {
    fn name(&self) -> &'static str {
        super::publish::EXPORT
    }

    fn is_each_places_own(&self) -> bool {
        true
    }

    fn tell<'a>(&'a self, notes: &'a [Note]) -> BoxFuture<'a, (usize, Option<String>)> {
        Box::pin(async move {
            match self.export(notes).await {
                Ok(()) => (notes.len(), None),
                Err(why) => (0, Some(why)),
            }
        })
    }
}

/// The bucket that an ARN names, and what the names of objects begin with: nothing, or folders and a slash.
fn parted<'a>(arn: &Arn<'a>) -> (&'a str, String) {
    let (bucket, prefix) = arn.resource.split_once('/').unwrap_or((arn.resource, ""));
    let prefix = prefix.trim_end_matches('/');
    (bucket, if prefix.is_empty() { String::new() } else { format!("{prefix}/") })
}

/// Finds out whether the findings of a place can be written into the bucket of an ARN, one of `owner`'s if that is said.
///
/// # Errors
/// Why they cannot.
pub(crate) async fn try_out(
    objects: &Objects,
    place: &Place,
    arn: &str,
    owner: Option<&str>,
) -> Result<(), String> {
    let arn = Arn::parse(arn).map_err(|error| error.to_string())?;
    let (bucket, prefix) = parted(&arn);
    objects.try_out(Wanted { bucket, owner }, &format!("{prefix}AWSLogs/{}/GuardDuty/", place.account)).await
}

fn compressed(notes: &[Note]) -> std::io::Result<Vec<u8>> {
    let mut lines = GzEncoder::new(Vec::new(), Compression::default());
    for note in notes {
        lines.write_all(note.finding.as_bytes())?;
        lines.write_all(b"\n")?;
    }
    lines.finish()
}

/// `AWSLogs/ACCOUNT/GuardDuty/REGION/YYYY/MM/DD/….jsonl.gz`. Source: GuardDuty User Guide, "Exporting findings".
fn name(place: &Place, now: Timestamp) -> String {
    let date = now.iso8601().get(..10).unwrap_or_default().replace('-', "/");
    let Place { account, region, .. } = place;
    format!("AWSLogs/{account}/GuardDuty/{region}/{date}/{}.jsonl.gz", Uuid::random())
}

#[cfg(test)]
mod tests {
    use bastide_ids::{AccountId, Region};

    use super::*;

    #[test]
    fn objects_are_named_by_place_and_day() {
        let place = Place::new(AccountId::from_number(7), Region::us_east_1());
        let name = name(&place, Timestamp::from_seconds(1_795_251_600));
        let start = "AWSLogs/000000000007/GuardDuty/us-east-1/2026/11/21/";
        assert!(name.starts_with(start) && name.ends_with(".jsonl.gz"), "{name}");
    }
}
