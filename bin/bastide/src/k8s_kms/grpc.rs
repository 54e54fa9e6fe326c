//! gRPC's unary calls over hyper's HTTP/2. Source: "gRPC over HTTP2" of the gRPC project.

use std::convert::Infallible;
use std::fmt::Write as _;
use std::future::{Future, Ready, ready};
use std::sync::Arc;
use std::time::Duration;

use bytes::{BufMut as _, Bytes, BytesMut};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, Request, Response};
use http_body_util::combinators::WithTrailers;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use prost::Message;
use tokio::net::{UnixListener, UnixStream};
use tokio::task::JoinSet;

use super::authority::Mended;
use super::plugin::Plugin;

/// The largest request: a ciphertext has 1 KiB and the annotations 32 KiB at most, in Kubernetes.
const LARGEST: usize = 1 << 20;
const CONNECTIONS: usize = 64;
/// How long a client may take to send a request that it has begun.
const PATIENCE: Duration = Duration::from_secs(10);
/// Before a message: a byte that says whether it is compressed, and its length.
const PREFIX: usize = 5;

/// How a call ended. Source: the gRPC project's "Status codes and their use".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Code {
    InvalidArgument = 3,
    DeadlineExceeded = 4,
    NotFound = 5,
    PermissionDenied = 7,
    ResourceExhausted = 8,
    FailedPrecondition = 9,
    Unimplemented = 12,
    Internal = 13,
    Unavailable = 14,
    Unauthenticated = 16,
}

/// A call that is not carried out.
#[derive(Debug)]
pub(super) struct Refusal {
    code: Code,
    message: String,
}

impl Refusal {
    pub(super) fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

type Body = WithTrailers<Full<Bytes>, Ready<Option<Result<HeaderMap, Infallible>>>>;

/// Serves until `stop` resolves; calls that are open then may end.
pub(super) async fn serve(listener: UnixListener, plugin: Arc<Plugin>, stop: impl Future<Output = ()>) {
    let mut stop = std::pin::pin!(stop);
    let (ending, ends) = tokio::sync::watch::channel(());
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = &mut stop => break,
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
            accepted = listener.accept(), if connections.len() < CONNECTIONS => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(connection(stream, Arc::clone(&plugin), ends.clone()));
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            },
        }
    }
    drop(ending);
    let _ = tokio::time::timeout(PATIENCE, async { while connections.join_next().await.is_some() {} }).await;
}

async fn connection(stream: UnixStream, plugin: Arc<Plugin>, mut ends: tokio::sync::watch::Receiver<()>) {
    let service = service_fn(move |request| {
        let plugin = Arc::clone(&plugin);
        async move { Ok::<_, Infallible>(answer(call(request, &plugin).await)) }
    });
    let mut builder = http2::Builder::new(TokioExecutor::new());
    builder.timer(TokioTimer::new()).max_concurrent_streams(64).max_header_list_size(16 << 10);
    let mut connection = std::pin::pin!(builder.serve_connection(TokioIo::new(Mended::new(stream)), service));
    let ended = tokio::select! {
        ended = &mut connection => ended,
        _ = ends.changed() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended badly");
    }
}

/// Carries out a call; gives the answer's message.
async fn call(request: Request<Incoming>, plugin: &Plugin) -> Result<Vec<u8>, Refusal> {
    let (parts, body) = request.into_parts();
    let kind = parts.headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    if !kind.starts_with(b"application/grpc") {
        return Err(Refusal::new(Code::Internal, "this is not a gRPC call"));
    }
    let read = tokio::time::timeout(PATIENCE, Limited::new(body, LARGEST).collect()).await;
    let read =
        read.map_err(|_| Refusal::new(Code::DeadlineExceeded, "the request took too long to arrive"))?;
    let body = read.map_err(|error| Refusal::new(Code::ResourceExhausted, error.to_string()))?.to_bytes();
    let message = message(&body)?;
    match parts.uri.path() {
        "/v2.KeyManagementService/Status" => unary(message, |request| plugin.status(request)).await,
        "/v2.KeyManagementService/Encrypt" => unary(message, |request| plugin.encrypt(request)).await,
        "/v2.KeyManagementService/Decrypt" => unary(message, |request| plugin.decrypt(request)).await,
        path => Err(Refusal::new(Code::Unimplemented, format!("this plugin has no `{path}`"))),
    }
}

async fn unary<Q: Message + Default, A: Message, F: Future<Output = Result<A, Refusal>>>(
    message: &[u8],
    run: impl FnOnce(Q) -> F,
) -> Result<Vec<u8>, Refusal> {
    let request =
        Q::decode(message).map_err(|error| Refusal::new(Code::InvalidArgument, error.to_string()))?;
    Ok(run(request).await?.encode_to_vec())
}

/// The one message of a body.
fn message(body: &[u8]) -> Result<&[u8], Refusal> {
    let malformed = || Refusal::new(Code::InvalidArgument, "the body is not one gRPC message");
    let (prefix, rest) = body.split_first_chunk::<PREFIX>().ok_or_else(malformed)?;
    let [compressed, length @ ..] = *prefix;
    if compressed != 0 {
        return Err(Refusal::new(Code::Unimplemented, "compressed messages are not read"));
    }
    let whole = usize::try_from(u32::from_be_bytes(length)).is_ok_and(|length| length == rest.len());
    whole.then_some(rest).ok_or_else(malformed)
}

fn answer(result: Result<Vec<u8>, Refusal>) -> Response<Body> {
    let mut trailers = HeaderMap::new();
    let body = match result {
        Ok(message) => {
            let mut body = BytesMut::with_capacity(PREFIX + message.len());
            body.put_u8(0);
            body.put_u32(u32::try_from(message.len()).unwrap_or(u32::MAX));
            body.extend_from_slice(&message);
            trailers.insert("grpc-status", HeaderValue::from_static("0"));
            body.freeze()
        }
        Err(Refusal { code, message }) => {
            trailers.insert("grpc-status", HeaderValue::from(code as u16));
            if let Ok(message) = HeaderValue::from_str(&encoded(&message)) {
                trailers.insert("grpc-message", message);
            }
            Bytes::new()
        }
    };
    let mut response = Response::new(Full::new(body).with_trailers(ready(Some(Ok(trailers)))));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    response
}

/// `grpc-message` carries printable ASCII; the rest, and `%`, is percent-encoded.
fn encoded(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        match byte {
            b' '..=b'~' if byte != b'%' => out.push(char::from(byte)),
            // Writing to a String cannot fail.
            _ => _ = write!(out, "%{byte:02X}"),
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_one_message() {
        assert_eq!(message(b"\0\0\0\0\x02ab").unwrap(), b"ab");
        assert_eq!(message(b"\0\0\0\0\0").unwrap(), b"");
        for wrong in [&b""[..], b"\0\0\0\0", b"\0\0\0\0\x02a", b"\0\0\0\0\x01ab", b"\0\xff\xff\xff\xffab"] {
            assert_eq!(message(wrong).unwrap_err().code, Code::InvalidArgument, "{wrong:?}");
        }
        assert_eq!(message(b"\x01\0\0\0\x01a").unwrap_err().code, Code::Unimplemented);
    }

    #[test]
    fn messages_of_errors_are_ascii() {
        assert_eq!(encoded("50 % of ä\n"), "50 %25 of %C3%A4%0A");
    }
}
