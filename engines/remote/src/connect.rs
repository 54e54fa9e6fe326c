use std::future::Future;
use std::io;
use std::pin::Pin;
use std::str::FromStr;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::Uri;
use hyper_util::client::legacy::connect::{Connected, Connection};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tower_service::Service;

/// Where a host is really to be reached: `kms.example.com=10.0.0.7:8443`. Its certificate must have the host's
/// name still.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The host as addresses name it, without a port.
    pub host: String,
    /// A name or address with a port.
    pub to: String,
}

impl FromStr for Route {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let has_port = |to: &&str| {
            let port = to.rsplit_once(':').and_then(|(host, port)| (!host.is_empty()).then_some(port));
            port.is_some_and(|port| port.parse::<u16>().is_ok())
        };
        match text.split_once('=').map(|(host, to)| (host, Some(to).filter(has_port))) {
            Some((host, Some(to))) if !host.is_empty() => {
                Ok(Self { host: host.to_ascii_lowercase(), to: to.to_owned() })
            }
            _ => Err(format!("`{text}` is not of the form `HOST=ADDRESS:PORT`")),
        }
    }
}

/// Opens connections.
#[derive(Clone)]
pub(crate) struct Connector {
    tls: TlsConnector,
    routes: Arc<[Route]>,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum ConnectError {
    #[error("{0}")]
    Address(&'static str),
    #[error("{0}")]
    Tcp(io::Error),
    #[error("{0}")]
    Tls(io::Error),
}

/// A connection, with TLS or without.
pub(crate) enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl Connector {
    pub(crate) fn new(tls: Arc<ClientConfig>, routes: Vec<Route>) -> Self {
        Self { tls: TlsConnector::from(tls), routes: routes.into() }
    }

    async fn connect(self, uri: Uri) -> Result<Stream, ConnectError> {
        let encrypted = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(ConnectError::Address("the address is neither http nor https")),
        };
        let host = uri.host().ok_or(ConnectError::Address("the address has no host"))?;
        let bare = host.trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
        let stream = match self.routes.iter().find(|route| route.host == bare) {
            Some(route) => TcpStream::connect(&route.to).await,
            None => {
                let port = uri.port_u16().unwrap_or(if encrypted { 443 } else { 80 });
                TcpStream::connect((bare.as_str(), port)).await
            }
        };
        let stream = stream.map_err(ConnectError::Tcp)?;
        stream.set_nodelay(true).map_err(ConnectError::Tcp)?;
        if !encrypted {
            return Ok(Stream::Plain(stream));
        }
        let name = ServerName::try_from(bare)
            .map_err(|_| ConnectError::Address("the host cannot stand in a certificate"))?;
        let stream = self.tls.connect(name, stream).await.map_err(ConnectError::Tls)?;
        Ok(Stream::Tls(Box::new(stream)))
    }
}

impl Service<Uri> for Connector {
    type Response = TokioIo<Stream>;
    type Error = ConnectError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let connector = self.clone();
        Box::pin(async move { connector.connect(uri).await.map(TokioIo::new) })
    }
}

impl Connection for Stream {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(cx, buffer),
            Self::Tls(stream) => Pin::new(stream).poll_read(cx, buffer),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write(cx, bytes),
            Self::Tls(stream) => Pin::new(stream).poll_write(cx, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Self::Tls(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_are_read() {
        let read = |text: &str| text.parse::<Route>();
        let route = Route { host: "xks.example.com".into(), to: "10.0.0.7:8443".into() };
        assert_eq!(read("XKS.example.com=10.0.0.7:8443"), Ok(route));
        assert!(read("xks=[::1]:443").is_ok());
        for wrong in ["", "xks", "xks=", "=a:1", "xks=a", "xks=:1", "xks=a:70000", "xks=a:b"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
