//! What Bastide asks of other servers over HTTP: the key management service of somebody else, the proxy of an
//! external key store.
//!
//! [`Remote`] keeps connections open and sends requests, each within a time and with a limit on the answer;
//! [`Credentials`] sign them. [`KmsClient`] speaks the AWS KMS API, of AWS or of another Bastide.
//!
//! Others live in the machine's time, so signatures carry that and not a clock that a test has moved.

mod bucket;
mod connect;
mod error;
mod kms;
mod trust;

use std::time::Duration;

use bastide_ids::{Clock as _, SystemClock};
use bastide_sigv4::{SignError, SignedBody, Signer};
use bytes::Bytes;
use http::header::{AUTHORIZATION, HOST};
use http::{HeaderValue, Request, Response, Uri};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use zeroize::Zeroizing;

use crate::connect::Connector;

pub use bucket::{Bucket, BucketError, Object, file_info, file_read, read_listing};
pub use connect::Route;
pub use error::RemoteError;
pub use kms::{Described, KmsClient, KmsError};
pub use trust::{Trust, TrustError};

/// How long a connection without a request is kept, and how many to one server.
const IDLE: Duration = Duration::from_secs(55);
const IDLE_CONNECTIONS: usize = 64;

/// Sends requests to other servers. Cheap to clone; clones share their connections.
#[derive(Clone)]
pub struct Remote(Client<Connector, Full<Bytes>>);

/// What a request is signed with.
#[derive(Clone)]
pub struct Credentials {
    /// The access key.
    pub access_key_id: String,
    /// Its secret.
    pub secret: Zeroizing<String>,
    /// The token of temporary credentials.
    pub session_token: Option<Zeroizing<String>>,
}

/// What an answer may take.
#[derive(Clone, Copy, Debug)]
pub struct Within {
    /// From the request until all of the answer is there, connecting included.
    pub time: Duration,
    /// Bytes of the answer's body.
    pub bytes: usize,
}

impl Remote {
    /// A client that trusts these authorities, and reaches the hosts of `routes` where these say.
    ///
    /// # Errors
    /// [`TrustError`] when the authorities cannot be used.
    pub fn new(trust: &Trust, routes: Vec<Route>) -> Result<Self, TrustError> {
        let connector = Connector::new(trust.configuration()?, routes);
        let mut builder = Client::builder(TokioExecutor::new());
        builder
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(IDLE_CONNECTIONS);
        Ok(Self(builder.build(connector)))
    }

    /// Sends a request and waits for all of its answer, whatever its status.
    ///
    /// # Errors
    /// [`RemoteError`]: what kept the answer from coming.
    pub async fn send(
        &self,
        request: Request<Bytes>,
        within: Within,
    ) -> Result<Response<Bytes>, RemoteError> {
        let exchange = async {
            let response =
                self.0.request(request.map(Full::new)).await.map_err(|error| RemoteError::of(&error))?;
            let (parts, body) = response.into_parts();
            let body = Limited::new(body, within.bytes).collect().await.map_err(|error| {
                if error.is::<LengthLimitError>() {
                    RemoteError::TooLarge(within.bytes)
                } else {
                    RemoteError::Broken(error.to_string())
                }
            })?;
            Ok(Response::from_parts(parts, body.to_bytes()))
        };
        tokio::time::timeout(within.time, exchange).await.unwrap_or(Err(RemoteError::TimedOut(within.time)))
    }

    /// Posts a body, signed for a service in a region. Of the headers only the host and those that begin with
    /// `x-amz-` are signed, so that nothing that stands between need leave the others as they are.
    ///
    /// # Errors
    /// As [`Self::send`].
    pub async fn post(
        &self,
        uri: Uri,
        headers: &[(&'static str, HeaderValue)],
        body: Bytes,
        credentials: &Credentials,
        (service, region): (&str, &str),
        within: Within,
    ) -> Result<Response<Bytes>, RemoteError> {
        let (mut parts, ()) = Request::post(uri).body(()).map_err(RemoteError::request)?.into_parts();
        let host = host(&parts.uri).ok_or_else(|| RemoteError::request("the address has no host"))?;
        parts.headers.insert(HOST, HeaderValue::from_str(&host).map_err(RemoteError::request)?);
        let (signed, loose): (Vec<_>, Vec<_>) =
            headers.iter().partition(|(name, _)| name.starts_with("x-amz-"));
        for (name, value) in signed {
            parts.headers.insert(*name, value.clone());
        }
        let signer = Signer {
            access_key_id: &credentials.access_key_id,
            secret: &credentials.secret,
            session_token: credentials.session_token.as_ref().map(|token| token.as_str()),
            region,
            service,
        };
        let signed = signer.sign(&mut parts, SignedBody::Whole(&body), SystemClock.now());
        signed.map_err(|error: SignError| RemoteError::request(error))?;
        if let Some(authorization) = parts.headers.get_mut(AUTHORIZATION) {
            authorization.set_sensitive(true);
        }
        for (name, value) in loose {
            parts.headers.insert(*name, value.clone());
        }
        self.send(Request::from_parts(parts, body), within).await
    }
}

/// The `host` header for an address: its port stands there unless it is the scheme's own.
fn host(uri: &Uri) -> Option<String> {
    let own = if uri.scheme_str() == Some("https") { 443 } else { 80 };
    let host = uri.host()?;
    Some(match uri.port_u16().filter(|port| *port != own) {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    })
}

impl std::fmt::Debug for Remote {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Remote")
    }
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").field("access_key_id", &self.access_key_id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_has_its_port_unless_it_is_the_schemes_own() {
        let host = |uri: &str| host(&uri.parse().unwrap()).unwrap();
        assert_eq!(host("https://xks.example.com/kms/xks/v1"), "xks.example.com");
        assert_eq!(host("https://xks.example.com:443/"), "xks.example.com");
        assert_eq!(host("http://127.0.0.1:4566/"), "127.0.0.1:4566");
        assert_eq!(host("http://[::1]:443/"), "[::1]:443");
    }

    #[test]
    fn credentials_hide_their_secret() {
        let secret = Zeroizing::new("wJalrXUtnFEMI/K7MDENG".to_owned());
        let session_token = Some(Zeroizing::new("token".to_owned()));
        let credentials = Credentials { access_key_id: "AKIA".to_owned(), secret, session_token };
        assert_eq!(format!("{credentials:?}"), "Credentials { access_key_id: \"AKIA\", .. }");
    }
}
