//! Logs in buckets, and files over HTTP.

use std::io::{self, Read};
use std::sync::Arc;

use bastide_ingest::{Choice, Item, Source, SourceError, split_pattern};
use bastide_remote::{Bucket, BucketError, Credentials, Object, Remote, Trust, file_info, file_read};
use bytes::Bytes;
use http::Uri;
use tokio::runtime::{Handle, Runtime};

use super::arguments::Buckets;
use crate::data::secret;

/// Bytes that are asked for at once.
const PIECE: usize = 8 << 20;
/// Objects of a bucket that are asked for at the same time.
const REQUESTS: usize = 32;

/// The source that an address names; `None` for a path.
///
/// # Errors
/// An address that is none, or credentials that are missing.
pub(crate) fn source(
    path: &str,
    buckets: &Buckets,
    choice: &Choice,
) -> Result<Option<Arc<dyn Source>>, String> {
    if let Some(rest) = path.strip_prefix("s3://") {
        return Ok(Some(Arc::new(in_bucket(path, rest, buckets, choice)?)));
    }
    if !(path.starts_with("https://") || path.starts_with("http://")) {
        return Ok(None);
    }
    let uri: Uri = path.parse().map_err(|error| format!("`{path}` is no address: {error}"))?;
    Ok(Some(Arc::new(OverHttp {
        name: path.to_owned(),
        at: Arc::new(Place::new(At::File(remote(buckets)?, uri))?),
    })))
}

fn in_bucket(path: &str, rest: &str, buckets: &Buckets, choice: &Choice) -> Result<InBucket, String> {
    let (name, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    if name.is_empty() {
        return Err(format!("`{path}` names no bucket"));
    }
    let (prefix, choice) = match split_pattern(prefix) {
        Some((".", pattern)) => {
            (String::new(), choice.clone().only(pattern).map_err(|error| error.to_string())?)
        }
        Some((base, pattern)) => {
            (format!("{base}/"), choice.clone().only(pattern).map_err(|error| error.to_string())?)
        }
        None => (prefix.to_owned(), choice.clone()),
    };
    let credentials = if buckets.no_sign_request { None } else { Some(credentials()?) };
    let bucket = Bucket {
        remote: remote(buckets)?,
        endpoint: buckets.endpoint_url.clone(),
        region: buckets.region.clone(),
        credentials,
        name: name.to_owned(),
        owner: None,
    };
    let at = Arc::new(Place::new(At::Bucket(bucket))?);
    Ok(InBucket { name: format!("s3://{name}"), prefix, choice, at })
}

fn remote(buckets: &Buckets) -> Result<Remote, String> {
    let mut trust = Trust::system();
    if let Some(file) = &buckets.ca_bundle {
        trust = trust.and(file).map_err(|error| error.to_string())?;
    }
    Remote::new(&trust, Vec::new()).map_err(|error| error.to_string())
}

fn runtime() -> Result<Runtime, String> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    let runtime = builder.worker_threads(2).thread_name("ingest-net").enable_all().build();
    runtime.map_err(|error| format!("the tokio runtime did not start: {error}"))
}

fn credentials() -> Result<Credentials, String> {
    let read = || {
        let access_key_id = secret("AWS_ACCESS_KEY_ID")?.to_string();
        let secret_key = secret("AWS_SECRET_ACCESS_KEY")?;
        Some(Credentials { access_key_id, secret: secret_key, session_token: secret("AWS_SESSION_TOKEN") })
    };
    read().ok_or_else(|| {
        "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or say --no-sign-request for public buckets"
            .to_owned()
    })
}

/// Where bytes are, and the runtime that asks for them: threads that read wait for it.
struct Place {
    handle: Handle,
    runtime: Option<Runtime>,
    at: At,
}

enum At {
    Bucket(Bucket),
    File(Remote, Uri),
}

impl Place {
    fn new(at: At) -> Result<Self, String> {
        let runtime = runtime()?;
        Ok(Self { handle: runtime.handle().clone(), runtime: Some(runtime), at })
    }

    fn read(&self, key: &str, from: u64) -> Result<Bytes, BucketError> {
        self.handle.block_on(async {
            match &self.at {
                At::Bucket(bucket) => bucket.read(key, from, PIECE).await,
                At::File(remote, uri) => file_read(remote, uri, from, PIECE).await,
            }
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // Whoever drops this may itself run on a runtime, which must not wait.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

struct InBucket {
    name: String,
    prefix: String,
    choice: Choice,
    at: Arc<Place>,
}

impl Source for InBucket {
    fn name(&self) -> &str {
        &self.name
    }

    fn list(&self, each: &mut dyn FnMut(Item)) -> Result<(), SourceError> {
        let At::Bucket(bucket) = &self.at.at else { return Ok(()) };
        let mut token: Option<String> = None;
        loop {
            let page = self.at.handle.block_on(bucket.list(&self.prefix, token.as_deref()));
            let (objects, next) =
                page.map_err(|error| SourceError(format!("`{}/{}`: {error}", self.name, self.prefix)))?;
            for object in objects {
                let below = object.key.strip_prefix(&self.prefix).unwrap_or(&object.key);
                let below = if below.is_empty() { &object.key } else { below };
                // Folders are objects of no bytes.
                if object.size > 0 && self.choice.takes(below) {
                    each(item(object));
                }
            }
            token = next;
            if token.is_none() {
                return Ok(());
            }
        }
    }

    /// A request for each of very many objects only to order them costs more than it gives.
    fn peeks(&self) -> bool {
        false
    }

    /// Requests in flight: a small object takes tens of milliseconds, nearly all of them waiting.
    fn together(&self) -> usize {
        REQUESTS
    }

    fn open(&self, item: &Item, from: u64) -> Result<Box<dyn Read + Send>, SourceError> {
        Ok(Box::new(Pieces::new(Arc::clone(&self.at), item, from)))
    }
}

struct OverHttp {
    name: String,
    at: Arc<Place>,
}

impl Source for OverHttp {
    fn name(&self) -> &str {
        &self.name
    }

    fn list(&self, each: &mut dyn FnMut(Item)) -> Result<(), SourceError> {
        let At::File(remote, uri) = &self.at.at else { return Ok(()) };
        let found = self.at.handle.block_on(file_info(remote, uri));
        each(item(found.map_err(|error| SourceError(format!("`{}`: {error}", self.name)))?));
        Ok(())
    }

    fn open(&self, item: &Item, from: u64) -> Result<Box<dyn Read + Send>, SourceError> {
        Ok(Box::new(Pieces::new(Arc::clone(&self.at), item, from)))
    }
}

fn item(object: Object) -> Item {
    // FNV-1a: it need only differ when the tag does.
    let stamp = object
        .etag
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
    Item { name: object.key, size: object.size, stamp }
}

/// A file, asked for piece by piece.
struct Pieces {
    at: Arc<Place>,
    key: String,
    /// 0 when it is not known.
    size: u64,
    next: u64,
    piece: Bytes,
    ended: bool,
}

impl Pieces {
    fn new(at: Arc<Place>, item: &Item, from: u64) -> Self {
        Self { at, key: item.name.clone(), size: item.size, next: from, piece: Bytes::new(), ended: false }
    }
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.piece.is_empty() && !self.ended {
            self.piece = self.at.read(&self.key, self.next).map_err(io::Error::other)?;
            self.next += self.piece.len() as u64;
            self.ended = self.piece.len() < PIECE || (self.size > 0 && self.next >= self.size);
        }
        let got = self.piece.len().min(buffer.len());
        let given = self.piece.split_to(got);
        if let Some(buffer) = buffer.get_mut(..got) {
            buffer.copy_from_slice(&given);
        }
        Ok(got)
    }
}
