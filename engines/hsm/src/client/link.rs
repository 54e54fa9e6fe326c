use std::io;
use std::net::{TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};

use crate::wire::{self, Answer, Fault, FrameError, Outcome, PROTOCOL, Reply, Request, Socket};

/// Why a call over one connection failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LinkError {
    /// The connection could not be made or broke: another HSM may answer.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The other side speaks another protocol.
    #[error("the HSM's answer is not of the protocol")]
    Protocol,
    /// The request is too large to be sent.
    #[error("the request of {0} bytes is too large")]
    TooLarge(usize),
    /// The HSM refused.
    #[error(transparent)]
    Refused(#[from] Fault),
}

impl From<FrameError> for LinkError {
    fn from(error: FrameError) -> Self {
        match error {
            FrameError::Io(error) => Self::Io(error),
            _ => Self::Protocol,
        }
    }
}

/// How long things may take.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// To connect and shake hands.
    pub connect: Duration,
    /// For one answer; the making of an RSA-4096 key takes seconds.
    pub answer: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { connect: Duration::from_secs(3), answer: Duration::from_secs(30) }
    }
}

/// One connection to one HSM.
pub(crate) struct Link {
    stream: StreamOwned<ClientConnection, Socket>,
    next: u64,
    limit: usize,
    /// Which login of the client this connection has.
    pub(crate) epoch: u64,
}

impl Link {
    /// Connects to `address`, `host:port`.
    pub(crate) fn open(
        address: &str,
        name: Option<&str>,
        config: &Arc<ClientConfig>,
        timeouts: Timeouts,
        limit: usize,
    ) -> Result<Self, LinkError> {
        let socket = connect(address, timeouts.connect)?;
        socket.set_nodelay(true)?;
        socket.set_read_timeout(Some(timeouts.connect))?;
        socket.set_write_timeout(Some(timeouts.connect))?;
        let server = match name {
            Some(name) => ServerName::try_from(name.to_owned()).map_err(io::Error::other)?,
            // No name is sent, and none is asked of the certificate.
            None => ServerName::IpAddress(socket.peer_addr()?.ip().into()),
        };
        let mut connection = ClientConnection::new(Arc::clone(config), server).map_err(io::Error::other)?;
        connection.set_buffer_limit(Some(wire::SENT));
        let mut stream = StreamOwned::new(connection, Socket::new(socket));
        while stream.conn.is_handshaking() {
            stream.conn.complete_io(&mut stream.sock)?;
        }
        stream.sock.stream().set_read_timeout(Some(timeouts.answer))?;
        stream.sock.stream().set_write_timeout(Some(timeouts.answer))?;
        Ok(Self { stream, next: 1, limit, epoch: 0 })
    }

    /// Says hello: the HSM's id and its cluster's.
    pub(crate) fn hello(&mut self, client: [u8; 16]) -> Result<(String, String), LinkError> {
        match self.call(&Request::Hello { protocol: PROTOCOL, client })? {
            Reply::Hello { hsm, cluster, .. } => Ok((hsm, cluster)),
            _ => Err(LinkError::Protocol),
        }
    }

    pub(crate) fn call(&mut self, request: &Request) -> Result<Reply, LinkError> {
        self.send(request)
    }

    /// Sends a call, under a number of this connection, and waits for its answer.
    pub(crate) fn send(&mut self, request: &Request) -> Result<Reply, LinkError> {
        let id = self.next;
        self.next += 1;
        let frame = wire::frame(&Numbered(id, request), self.limit).map_err(|error| match error {
            FrameError::TooLarge(size) => LinkError::TooLarge(size),
            other => other.into(),
        })?;
        {
            use std::io::Write as _;
            self.stream.write_all(&frame)?;
            self.stream.flush()?;
        }
        let Some(bytes) = wire::read_frame(&mut self.stream, self.limit)? else {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
        };
        let answer: Answer = wire::decode(&bytes)?;
        if answer.id != id {
            return Err(LinkError::Protocol);
        }
        match answer.result {
            Outcome::Done(reply) => Ok(reply),
            Outcome::Refused(fault) => Err(fault.into()),
        }
    }
}

/// A call whose request is borrowed: a request that is repeated elsewhere is not copied.
struct Numbered<'a>(u64, &'a Request);

impl<C> minicbor::Encode<C> for Numbered<'_> {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        context: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.array(2)?.u64(self.0)?;
        self.1.encode(e, context)
    }
}

fn connect(address: &str, timeout: Duration) -> io::Result<TcpStream> {
    let mut last = io::Error::new(io::ErrorKind::NotFound, format!("`{address}` is no address"));
    for address in address.to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, timeout) {
            Ok(socket) => return Ok(socket),
            Err(error) => last = error,
        }
    }
    Err(last)
}
