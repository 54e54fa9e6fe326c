//! Listening: connections, TLS, and a limit on everything that a stranger can send.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_core::future::BoxFuture;
use http::header::{CONNECTION, EXPECT, USER_AGENT};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Request, Response};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Body as _, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio_rustls::TlsAcceptor;

use crate::failure::Reason;
use crate::{Door, Failure, Origin, Tls};

/// What a stranger may ask of the server.
#[derive(Clone, Copy, Debug)]
pub struct ServerLimits {
    /// Bytes of a body.
    pub body: usize,
    /// Bytes of all large bodies together that are held at once; further ones wait.
    pub bodies: usize,
    /// Bytes of a request's headers together.
    pub headers: usize,
    /// Connections at once; further ones wait to be accepted.
    pub connections: usize,
    /// Requests at once; further ones are told to come back.
    pub requests: usize,
    /// Time of a TLS handshake, and then to send the first headers.
    pub header_time: Duration,
    /// Time that a connection may stay without a request.
    pub idle_time: Duration,
    /// Time to send the body.
    pub body_time: Duration,
    /// Time that open requests have to end when the server stops.
    pub stop_time: Duration,
}

impl Default for ServerLimits {
    fn default() -> Self {
        Self {
            body: 16 << 20,
            bodies: 256 << 20,
            headers: 64 << 10,
            connections: 4096,
            requests: 1024,
            header_time: Duration::from_secs(15),
            idle_time: Duration::from_secs(75),
            body_time: Duration::from_secs(60),
            stop_time: Duration::from_secs(20),
        }
    }
}

/// Paths that are not an AWS API's, such as `/_bastide/health`. `None`: not one of them.
pub type OperatorPages =
    Arc<dyn Fn(&Parts, &Bytes, &Origin) -> Option<BoxFuture<'static, Response<Bytes>>> + Send + Sync>;

/// A body larger than the limit is read and thrown away up to this size, so that the client, which is still
/// sending, gets to read the answer; beyond it the connection is cut.
const DISCARDED: u64 = 1 << 30;

/// Bodies announced as no larger than this are not counted: as many as connections fit beside each other.
const SMALL: usize = 64 << 10;
/// What large bodies are counted in.
const UNIT: usize = 1 << 10;

/// A server for a door.
pub struct Server {
    /// The door.
    pub door: Arc<Door>,
    /// The operator's pages.
    pub operator: OperatorPages,
    /// What a stranger may ask.
    pub limits: ServerLimits,
    /// TLS, if it is on: then nothing else is spoken.
    pub tls: Option<Arc<rustls::ServerConfig>>,
}

impl Server {
    /// Serves until `stop` resolves, then lets open requests end.
    pub async fn serve(self, listener: TcpListener, stop: impl Future<Output = ()>) {
        let server = Arc::new(Connections {
            permits: Semaphore::new(self.limits.requests),
            bodies: Semaphore::new(self.limits.bodies.max(self.limits.body).div_ceil(UNIT)),
            acceptor: self.tls.clone().map(TlsAcceptor::from),
            server: self,
        });
        let places = Arc::new(Semaphore::new(server.server.limits.connections));
        let graceful = GracefulShutdown::new();
        let mut stop = std::pin::pin!(stop);
        loop {
            let accepted = tokio::select! {
                () = &mut stop => break,
                accepted = accept(&listener, &places) => accepted,
            };
            let Some((stream, peer, place)) = accepted else { continue };
            let (server, watcher) = (Arc::clone(&server), graceful.watcher());
            tokio::spawn(async move {
                server.connection(stream, peer, watcher).await;
                drop(place);
            });
        }
        drop(listener);
        let limit = server.server.limits.stop_time;
        if tokio::time::timeout(limit, graceful.shutdown()).await.is_err() {
            tracing::warn!("requests were still open after {} s and have been cut", limit.as_secs());
        }
    }
}

async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(TcpStream, SocketAddr, tokio::sync::OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => Some((stream, peer, place)),
        Err(error) => {
            // Out of file descriptors, mostly: give connections the time to close.
            tracing::warn!(%error, "a connection could not be accepted");
            tokio::time::sleep(Duration::from_millis(50)).await;
            None
        }
    }
}

struct Connections {
    server: Server,
    permits: Semaphore,
    /// Room for large bodies, in [`UNIT`]s.
    bodies: Semaphore,
    acceptor: Option<TlsAcceptor>,
}

impl Connections {
    async fn connection(
        self: Arc<Self>,
        stream: TcpStream,
        peer: SocketAddr,
        watcher: hyper_util::server::graceful::Watcher,
    ) {
        // Answers are single small writes; waiting to join them would only delay them.
        let _ = stream.set_nodelay(true);
        let origin = Origin { address: Some(peer.ip()), source: peer.ip().to_string(), ..Origin::default() };
        let Some(acceptor) = self.acceptor.clone() else {
            return self.http(stream, origin, watcher).await;
        };
        let limit = self.server.limits.header_time;
        match tokio::time::timeout(limit, acceptor.accept(stream)).await {
            Ok(Ok(stream)) => {
                let origin = Origin { tls: tls_details(stream.get_ref().1), ..origin };
                self.http(stream, origin, watcher).await;
            }
            Ok(Err(error)) => tracing::debug!(%peer, %error, "no TLS session"),
            Err(_) => tracing::debug!(%peer, "a TLS handshake took too long"),
        }
    }

    async fn http<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
        self: Arc<Self>,
        stream: S,
        origin: Origin,
        watcher: hyper_util::server::graceful::Watcher,
    ) {
        let limits = self.server.limits;
        let mut builder = Builder::new(TokioExecutor::new());
        builder
            .http1()
            .timer(TokioTimer::new())
            .header_read_timeout(limits.idle_time)
            .max_buf_size(limits.headers.max(8192))
            .keep_alive(true);
        let header_list = u32::try_from(limits.headers).unwrap_or(u32::MAX);
        builder
            .http2()
            .timer(TokioTimer::new())
            .max_header_list_size(header_list)
            .max_concurrent_streams(256)
            .keep_alive_interval(Duration::from_secs(30));
        let usage = Arc::new(Use::default());
        let counted = Arc::clone(&usage);
        let service = service_fn(move |request| {
            let (this, origin, counted) = (Arc::clone(&self), origin.clone(), Arc::clone(&counted));
            async move {
                let _open = counted.begin();
                Ok::<_, std::convert::Infallible>(this.request(request, origin).await)
            }
        });
        let connection = builder.serve_connection(TokioIo::new(stream), service).into_owned();
        tokio::select! {
            ended = watcher.watch(connection) => if let Err(error) = ended {
                tracing::debug!(%error, "a connection ended badly");
            },
            () = usage.ends(&limits) => tracing::debug!("a connection without requests was cut"),
        }
    }

    async fn request(&self, request: Request<Incoming>, mut origin: Origin) -> Response<Full<Bytes>> {
        let (parts, body) = request.into_parts();
        origin.user_agent = text(&parts.headers, USER_AGENT.as_str());
        if let Some(tls) = &mut origin.tls {
            tls.host = text(&parts.headers, "host");
        }
        // The room is held until the answer is there: the body lives as long.
        let (body, _room, close) = match self.body(&parts, body).await {
            Ok((body, room)) => (Ok(body), room, false),
            Err(failure) => (Err(failure), None, true),
        };
        let mut response = match (body, self.permits.try_acquire()) {
            (Ok(body), Ok(_permit)) => match (self.server.operator)(&parts, &body, &origin) {
                Some(page) => page.await,
                None => Arc::clone(&self.server.door).answer(parts, body, origin).await,
            },
            (Ok(_), Err(_)) => crate::chain::refuse_unread(
                &parts,
                &Failure::because(Reason::Busy, "too many requests at once; try again later"),
            ),
            (Err(failure), _) => crate::chain::refuse_unread(&parts, &failure),
        };
        if close {
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        response.map(Full::new)
    }

    /// The whole body, and its place among the large ones.
    async fn body(
        &self,
        parts: &Parts,
        body: Incoming,
    ) -> Result<(Bytes, Option<SemaphorePermit<'_>>), Failure> {
        let limits = &self.server.limits;
        // Nothing above the limit, so a number that does not fit is as good as any.
        let announced = body.size_hint().exact().map(|length| usize::try_from(length).unwrap_or(usize::MAX));
        if announced.is_some_and(|length| length > limits.body) {
            // Who asks before sending is told before anything is sent.
            if !parts.headers.contains_key(EXPECT) {
                discard(body, limits).await;
            }
            return Err(too_large(limits.body));
        }
        let whole = async {
            let room = self.room_for(announced.unwrap_or(limits.body)).await;
            let body = Limited::new(body, limits.body).collect().await?;
            Ok::<_, Box<dyn std::error::Error + Send + Sync>>((body.to_bytes(), room))
        };
        match tokio::time::timeout(limits.body_time, whole).await {
            Ok(Ok(found)) => Ok(found),
            Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large(limits.body)),
            Ok(Err(_)) => Err(Failure::because(Reason::Timeout, "the body ended before its time")),
            Err(_) => Err(Failure::because(Reason::Timeout, "the body took too long to arrive")),
        }
    }
}

/// What a connection is used for: one that is not used is cut. HTTP's own time-outs begin too late (with the first
/// bytes) or do not exist (HTTP/2).
#[derive(Default)]
struct Use {
    begun: AtomicU64,
    open: AtomicU64,
}

impl Use {
    /// Counts a request as open, until what this gives is dropped.
    fn begin(self: &Arc<Self>) -> Open {
        self.begun.fetch_add(1, Ordering::Relaxed);
        self.open.fetch_add(1, Ordering::Relaxed);
        Open(Arc::clone(self))
    }

    /// Resolves when the connection has gone unused for too long.
    async fn ends(&self, limits: &ServerLimits) {
        let mut seen = 0;
        let mut patience = limits.header_time;
        loop {
            tokio::time::sleep(patience).await;
            let begun = self.begun.load(Ordering::Relaxed);
            if begun == seen && self.open.load(Ordering::Relaxed) == 0 {
                return;
            }
            seen = begun;
            patience = limits.idle_time;
        }
    }
}

struct Open(Arc<Use>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Connections {
    /// Waits until a body of this many bytes may be held.
    async fn room_for(&self, length: usize) -> Option<SemaphorePermit<'_>> {
        if length <= SMALL {
            return None;
        }
        let units = u32::try_from(length.div_ceil(UNIT)).unwrap_or(u32::MAX);
        self.bodies.acquire_many(units).await.ok()
    }
}

async fn discard(mut body: Incoming, limits: &ServerLimits) {
    let mut thrown_away = 0u64;
    let _ = tokio::time::timeout(limits.body_time, async {
        while let Some(Ok(frame)) = body.frame().await {
            let length = frame.data_ref().map_or(0, Bytes::len);
            thrown_away = thrown_away.saturating_add(u64::try_from(length).unwrap_or(u64::MAX));
            if thrown_away > DISCARDED {
                break;
            }
        }
    })
    .await;
}

fn too_large(most: usize) -> Failure {
    Failure::because(
        Reason::TooLarge,
        format!("the request's body is larger than the {most} bytes taken here"),
    )
}

fn text(headers: &HeaderMap, name: &str) -> String {
    let value = headers.get(name).map(HeaderValue::as_bytes).unwrap_or_default();
    String::from_utf8_lossy(value).into_owned()
}

fn tls_details(connection: &rustls::ServerConnection) -> Option<Tls> {
    let version = match connection.protocol_version()? {
        rustls::ProtocolVersion::TLSv1_2 => "TLSv1.2",
        _ => "TLSv1.3",
    };
    let cipher_suite = match connection.negotiated_cipher_suite()?.suite().as_str()? {
        // rustls names the suites of TLS 1.3 apart from those of 1.2; the registry does not.
        "TLS13_AES_128_GCM_SHA256" => "TLS_AES_128_GCM_SHA256",
        "TLS13_AES_256_GCM_SHA384" => "TLS_AES_256_GCM_SHA384",
        "TLS13_CHACHA20_POLY1305_SHA256" => "TLS_CHACHA20_POLY1305_SHA256",
        suite => suite,
    };
    Some(Tls { version, cipher_suite, host: String::new() })
}
