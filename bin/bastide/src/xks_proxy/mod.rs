//! The proxy of an external key store, over HTTP: reads requests, authenticates them, and hands them to the door.

mod config;

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use bastide_api_xks::{XKS, errors as error, operations as row};
use bastide_codec::Limits;
use bastide_door::{Caller, Door, Failure, Guest, Origin, Reason};
use bastide_identity::IdentityDirectory;
use bastide_ids::{Arn, Place, Region, Uuid};
use bastide_shape::{Document, ErrorShape, Operation, Protocol};
use bastide_sigv4::{Body, Expected, SigningKey, presented, verify};
use bytes::Bytes;
use futures_core::future::BoxFuture;
use http::request::Parts;
use http::{HeaderValue, Method, Response, StatusCode, header};
use serde_json::json;

use config::{Proxies, Proxy};

/// The signing name of requests to a proxy.
const SERVICE: &str = "kms-xks-proxy";
/// How often it is looked whether the file has changed.
const TICK: Duration = Duration::from_secs(2);
/// Members that stand in the path or come from the operator, never in a body.
const NOT_IN_BODIES: [&str; 2] = ["KeyId", "ExternalKeyId"];

/// Serves the proxies of a file, which is read again when it changes.
pub(crate) struct Front {
    door: Arc<Door>,
    directory: Arc<IdentityDirectory>,
    file: PathBuf,
    proxies: RwLock<(Option<SystemTime>, Arc<Proxies>)>,
}

impl Front {
    /// # Errors
    /// What is wrong with the file.
    pub(crate) fn open(
        door: Arc<Door>,
        directory: Arc<IdentityDirectory>,
        file: PathBuf,
    ) -> Result<Arc<Self>, String> {
        let read = config::read(&file)?;
        Ok(Arc::new(Self { door, directory, file, proxies: RwLock::new(read) }))
    }

    /// Reads the file again whenever it has changed, for as long as the process lives. A file that is wrong leaves
    /// everything as it was.
    pub(crate) async fn follow(self: Arc<Self>) {
        loop {
            tokio::time::sleep(TICK).await;
            let known = self.proxies.read().unwrap_or_else(PoisonError::into_inner).0;
            if config::changed(&self.file) == known {
                continue;
            }
            match config::read(&self.file) {
                Ok(read) => {
                    tracing::info!(file = %self.file.display(), "the proxies of external key stores were read again");
                    *self.proxies.write().unwrap_or_else(PoisonError::into_inner) = read;
                }
                Err(error) => tracing::warn!(error, "the proxies of external key stores stay as they were"),
            }
        }
    }

    /// The answer, if the path is one of a proxy.
    pub(crate) fn page(
        self: &Arc<Self>,
        parts: &Parts,
        body: &Bytes,
        origin: &Origin,
    ) -> Option<BoxFuture<'static, Response<Bytes>>> {
        if !parts.uri.path().contains("/kms/xks/v1/") {
            return None;
        }
        let proxies = Arc::clone(&self.proxies.read().unwrap_or_else(PoisonError::into_inner).1);
        let (front, parts, body, origin) = (Arc::clone(self), parts.clone(), body.clone(), origin.clone());
        Some(Box::pin(async move { front.answer(&proxies, &parts, &body, origin).await }))
    }

    async fn answer(
        &self,
        proxies: &Proxies,
        parts: &Parts,
        body: &Bytes,
        origin: Origin,
    ) -> Response<Bytes> {
        let known = proxies.find(parts.uri.path()).and_then(|(proxy, rest)| Some((proxy, asked(rest)?)));
        let Some((proxy, asked)) = known.filter(|_| parts.method == Method::POST) else {
            return refusal(
                &error::InvalidUriPathException,
                "there is no proxy at this path",
                Uuid::random(),
            );
        };
        let Asked { operation, key } = asked;
        let settings = self.door.settings();
        let home = Place::new(settings.account, settings.region.clone());
        let stranger = |id: Option<String>| Arc::new(Caller::unknown(settings.account, id));
        let guest = |place, caller, input| Guest { operation, place, caller, origin: origin.clone(), input };
        let id = match self.authenticate(proxy, parts, body) {
            Ok(id) => id,
            Err((id, failure)) => {
                return self.turn_away(guest(home, stranger(id), Document::new()), failure).await;
            }
        };
        let caller = match self.directory.caller_for_user(&proxy.user, &id).await {
            Ok(Some(caller)) => Arc::new(caller),
            Ok(None) => {
                tracing::error!(user = proxy.user, path = proxy.path, "the user of a proxy does not exist");
                let failure = Failure::denied("the user of this proxy does not exist");
                return self.turn_away(guest(home, stranger(Some(id)), Document::new()), failure).await;
            }
            Err(failure) => return told(&failure, Uuid::random()),
        };
        let home = Place::new(caller.account, settings.region.clone());
        let named = key.as_ref().map(|key| (key, proxy.keys.get(*key)));
        let (place, arn) = match named {
            None => (home, None),
            Some((_, Some(arn))) => match Arn::parse(arn).ok().and_then(|arn| Region::parse(arn.region).ok())
            {
                Some(region) => (Place::new(caller.account, region), Some(arn)),
                None => (home, Some(arn)),
            },
            Some((_, None)) => {
                let failure =
                    Failure::new(&error::KeyNotFoundException, "there is no such key behind this proxy");
                return self.turn_away(guest(home, caller, Document::new()), failure).await;
            }
        };
        let input = match decode(operation, parts, body) {
            Ok(input) => input.maybe("KeyId", arn.map(String::as_str)).maybe("ExternalKeyId", key),
            Err(failure) => return self.turn_away(guest(place, caller, Document::new()), failure).await,
        };
        let (request, result) = Arc::clone(&self.door).admit(guest(place, caller, input)).await;
        let output = match result {
            Ok(output) => output,
            Err(failure) => return told(&failure, request),
        };
        let encoded =
            bastide_codec::encode(Protocol::RestJson, &XKS, operation, &output, &request.to_string());
        encoded.unwrap_or_else(|error| told(&Failure::internal(error), request))
    }

    /// Holds the signature against the credentials of the proxy; gives the access key.
    fn authenticate(
        &self,
        proxy: &Proxy,
        parts: &Parts,
        body: &Bytes,
    ) -> Result<String, (Option<String>, Failure)> {
        let refused = |why: &str| Failure::new(&error::AuthenticationFailedException, why);
        let presented = match presented(parts) {
            Ok(Some(presented)) => presented,
            _ => return Err((None, refused("the request has no signature of Signature Version 4"))),
        };
        let id = presented.access_key_id.clone();
        let known = proxy.credentials.iter().find(|credential| credential.access_key_id == id);
        let Some(credential) = known else {
            return Err((Some(id), refused("the signature does not hold")));
        };
        let key = SigningKey::derive(&credential.secret, &presented.scope);
        let expected = Expected { service: Some(SERVICE), ..Expected::default() };
        match verify(parts, &presented, &key, Body::Whole(body), self.door.now(), &expected) {
            Ok(()) => Ok(id),
            Err(_) => Err((Some(id), refused("the signature does not hold"))),
        }
    }

    async fn turn_away(&self, guest: Guest, failure: Failure) -> Response<Bytes> {
        let (request, failure) = Arc::clone(&self.door).turn_away(guest, failure).await;
        told(&failure, request)
    }
}

/// What a path asks for.
struct Asked<'a> {
    operation: &'static Operation,
    /// The external key.
    key: Option<&'a str>,
}

/// Reads what stands behind the path of a proxy.
fn asked(rest: &str) -> Option<Asked<'_>> {
    if rest == "health" {
        return Some(Asked { operation: &row::GetHealthStatus, key: None });
    }
    let (key, operation) = rest.strip_prefix("keys/")?.split_once('/')?;
    let operation = match operation {
        "metadata" => &row::GetKeyMetadata,
        "encrypt" => &row::Encrypt,
        "decrypt" => &row::Decrypt,
        _ => return None,
    };
    Some(Asked { operation, key: Some(key) })
}

fn decode(operation: &'static Operation, parts: &Parts, body: &Bytes) -> Result<Document, Failure> {
    let (protocol, limits) = (Protocol::RestJson, Limits::default());
    let decoded = bastide_codec::decode(protocol, operation, parts, &Vec::new(), body, &limits);
    let decoded = decoded
        .map_err(|error| Failure::because(Reason::Serialization(error.code, error.status), error.message))?;
    Ok(decoded.into_iter().filter(|(name, _)| !NOT_IN_BODIES.contains(&&**name)).collect())
}

/// A failure as the specification names it. What KMS tells of its key is told of the external key.
fn told(failure: &Failure, request: Uuid) -> Response<Bytes> {
    let error: &ErrorShape = match &failure.reason {
        Reason::Service(shape) => match shape.name {
            "NotFoundException" | "InvalidArnException" => &error::KeyNotFoundException,
            "DisabledException" | "KMSInvalidStateException" => &error::InvalidStateException,
            name if error_names(name) => shape,
            _ => &error::InternalException,
        },
        Reason::AccessDenied => &error::AccessDeniedException,
        Reason::Authentication(_) | Reason::Chunks(_) => &error::AuthenticationFailedException,
        Reason::Validation | Reason::Serialization(..) => &error::ValidationException,
        Reason::UnknownOperation => &error::InvalidUriPathException,
        Reason::NotImplemented | Reason::TooLarge => &error::UnsupportedOperationException,
        Reason::Busy => &error::ThrottlingException,
        Reason::Timeout => &error::DependencyTimeoutException,
        Reason::Internal => &error::InternalException,
    };
    refusal(error, &failure.message, request)
}

fn error_names(name: &str) -> bool {
    XKS.operations.iter().flat_map(|operation| operation.errors).any(|error| error.name == name)
}

/// The specification takes fewer than 512 printable characters of a message.
fn refusal(error: &ErrorShape, message: &str, request: Uuid) -> Response<Bytes> {
    let message: String = message.chars().filter(|c| matches!(c, ' '..='~')).take(500).collect();
    let body = json!({ "errorName": error.name, "errorMessage": message });
    let mut response = Response::new(Bytes::from(body.to_string()));
    *response.status_mut() = StatusCode::from_u16(error.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Ok(request) = HeaderValue::from_str(&request.to_string()) {
        headers.insert("x-amzn-requestid", request);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_read() {
        let read = |rest: &'static str| asked(rest).map(|asked| (asked.operation.name, asked.key));
        assert_eq!(read("health"), Some(("GetHealthStatus", None)));
        assert_eq!(read("keys/a.b-c_1/encrypt"), Some(("Encrypt", Some("a.b-c_1"))));
        assert_eq!(read("keys/a/metadata"), Some(("GetKeyMetadata", Some("a"))));
        for wrong in ["", "health/", "keys", "keys/a", "keys/a/b/decrypt", "keys/a/sign", "Health"] {
            assert!(read(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn every_error_is_one_of_the_specification() {
        let told = |failure: Failure| {
            let response = told(&failure, Uuid::random());
            let body: serde_json::Value = serde_json::from_slice(response.body()).unwrap();
            (response.status().as_u16(), body["errorName"].as_str().unwrap().to_owned())
        };
        let name = |failure| told(failure).1;
        assert_eq!(told(Failure::denied("no")), (403, "AccessDeniedException".to_owned()));
        assert_eq!(name(Failure::validation("no")), "ValidationException");
        assert_eq!(told(Failure::internal("secret cause")), (500, "InternalException".to_owned()));
        assert_eq!(name(Failure::because(Reason::Busy, "")), "ThrottlingException");
        assert_eq!(told(Failure::because(Reason::TooLarge, "")).0, 501);
        assert_eq!(
            name(Failure::new(&error::InvalidCiphertextException, "no")),
            "InvalidCiphertextException"
        );
    }
}
