//! A webhook that is told of findings, in the form in which EventBridge tells them, signed.

use std::fmt::Write as _;
use std::time::Duration;

use aws_lc_rs::hmac;
use bastide_ids::Timestamp;
use bastide_remote::{Remote, Within};
use bytes::Bytes;
use futures_core::future::BoxFuture;
use http::{Request, Uri};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::{Note, Publisher};
use crate::ids;

/// The header with the moment and the signature: `t=1795251600,v1=…`.
pub const SIGNATURE: &str = "bastide-signature";
/// The header with the note's id, the same when it is sent again.
pub const DELIVERY: &str = "bastide-delivery";

/// A webhook has so long to answer, and so much to say.
const WITHIN: Within = Within { time: Duration::from_secs(10), bytes: 64 << 10 };

/// A webhook. The body is an EventBridge event of the type `GuardDuty Finding`. What is signed is the moment in seconds
/// since 1970, a full stop, and the body: HMAC-SHA256 in hexadecimal digits. A receiver checks it and refuses moments
/// that are minutes old.
pub struct Webhook {
    remote: Remote,
    uri: Uri,
    key: hmac::Key,
}

impl Webhook {
    /// A webhook at an address, with the secret that it shares.
    #[must_use]
    pub fn new(remote: Remote, uri: Uri, secret: &Zeroizing<Vec<u8>>) -> Self {
        Self { remote, uri, key: hmac::Key::new(hmac::HMAC_SHA256, secret) }
    }

    async fn send(&self, note: &Note) -> Result<(), String> {
        let body = event(note).to_string();
        // The receiver compares it with its own clock, not with one that a test has moved.
        let signature = self.sign(bastide_ids::Clock::now(&bastide_ids::SystemClock), &body);
        let request = Request::post(self.uri.clone())
            .header("content-type", "application/json")
            .header("user-agent", concat!("bastide/", env!("CARGO_PKG_VERSION")))
            .header(SIGNATURE, signature)
            .header(DELIVERY, &note.id)
            .body(Bytes::from(body))
            .map_err(|error| error.to_string())?;
        let response = self.remote.send(request, WITHIN).await.map_err(|error| error.to_string())?;
        if response.status().is_success() {
            Ok(())
        } else {
            Err(format!("the webhook answered {}", response.status()))
        }
    }

    fn sign(&self, at: Timestamp, body: &str) -> String {
        let moment = at.seconds();
        let mut context = hmac::Context::with_key(&self.key);
        context.update(format!("{moment}.").as_bytes());
        context.update(body.as_bytes());
        let mut header = String::with_capacity(96);
        let _ = write!(header, "t={moment},v1={}", ids::hex(context.sign().as_ref()));
        header
    }
}

impl Publisher for Webhook {
    fn name(&self) -> &'static str {
        "webhook"
    }

    fn tell<'a>(&'a self, notes: &'a [Note]) -> BoxFuture<'a, (usize, Option<String>)> {
        Box::pin(async move {
            for (told, note) in notes.iter().enumerate() {
                if let Err(why) = self.send(note).await {
                    return (told, Some(why));
                }
            }
            (notes.len(), None)
        })
    }
}

/// A note as EventBridge tells it. Source: EventBridge User Guide, "Events", and GuardDuty User Guide.
fn event(note: &Note) -> Value {
    let detail: Value = serde_json::from_str(&note.finding).unwrap_or_default();
    json!({
        "version": "0",
        "id": note.id,
        "detail-type": "GuardDuty Finding",
        "source": "aws.guardduty",
        "account": note.place.account.as_str(),
        "time": note.time.iso8601(),
        "region": note.place.region.as_str(),
        "resources": [],
        "detail": detail,
    })
}
