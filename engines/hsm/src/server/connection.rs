//! One connection: frames in, frames out.

use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::dispatch;
use super::hsm::Hsm;
use super::trust::Party;
use crate::wire::{
    self, Answer, Call, Code, Fault, FrameError, MAX_FRAME, MAX_INNER_FRAME, Outcome, PROTOCOL, Reply,
    Request, Socket,
};

/// How long a stranger has for the handshake.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How long a connection may be without a request; clients make a new one then.
const IDLE: Duration = Duration::from_secs(900);

/// Who is on this connection.
pub(crate) struct Session {
    pub(crate) party: Party,
    /// The client's number, from its hello.
    pub(crate) client: Option<[u8; 16]>,
    pub(crate) login: Option<Login>,
}

/// A user that logged in.
#[derive(Clone, Debug)]
pub(crate) struct Login {
    pub(crate) user: String,
    /// Of the password that was given.
    pub(crate) generation: [u8; 16],
}

/// Serves a connection until it ends.
pub(crate) fn serve(hsm: &Hsm, socket: TcpStream, config: Arc<ServerConfig>) {
    if let Err(error) = converse(hsm, socket, config) {
        tracing::debug!(%error, "a connection ended");
    }
}

fn converse(hsm: &Hsm, socket: TcpStream, config: Arc<ServerConfig>) -> Result<(), FrameError> {
    socket.set_nodelay(true)?;
    socket.set_read_timeout(Some(HANDSHAKE))?;
    socket.set_write_timeout(Some(HANDSHAKE))?;
    let mut connection = ServerConnection::new(config).map_err(std::io::Error::other)?;
    connection.set_buffer_limit(Some(wire::SENT));
    let mut stream = StreamOwned::new(connection, Socket::new(socket));
    while stream.conn.is_handshaking() {
        stream.conn.complete_io(&mut stream.sock)?;
    }
    let party = match stream.conn.peer_certificates() {
        Some([leaf, others @ ..]) => hsm.trust.identify(leaf, others),
        _ => return Ok(()),
    };
    let Ok(party) = party else { return Ok(()) };
    stream.sock.stream().set_read_timeout(Some(IDLE))?;
    let mut session = Session { party, client: None, login: None };
    let ended = answer_all(hsm, &mut stream, &mut session);
    if let Some(client) = &session.client {
        hsm.client_went(client);
    }
    ended
}

fn answer_all(
    hsm: &Hsm,
    stream: &mut StreamOwned<ServerConnection, Socket>,
    session: &mut Session,
) -> Result<(), FrameError> {
    let limit = if matches!(session.party, Party::Client(_)) { MAX_FRAME } else { MAX_INNER_FRAME };
    while let Some(bytes) = wire::read_frame(stream, limit)? {
        let call: Call = match wire::decode(&bytes) {
            Ok(call) => call,
            Err(_) => {
                // What it meant cannot be known, so neither can its number: the connection ends.
                let fault = Fault::new(Code::Protocol, "the request does not decode");
                return reply(stream, 0, Outcome::Refused(fault), limit);
            }
        };
        drop(bytes);
        let id = call.id;
        let outcome = match take(hsm, session, call.request) {
            Ok(reply) => Outcome::Done(reply),
            Err(fault) => Outcome::Refused(fault),
        };
        reply(stream, id, outcome, limit)?;
        if hsm.is_stopping() {
            return Ok(());
        }
    }
    Ok(())
}

fn take(hsm: &Hsm, session: &mut Session, request: Request) -> Result<Reply, Fault> {
    match (&session.client, request) {
        (None, Request::Hello { protocol, client }) if protocol >= PROTOCOL => {
            session.client = Some(client);
            hsm.client_came(client);
            Ok(Reply::Hello { protocol: PROTOCOL, hsm: hsm.id.clone(), cluster: hsm.cluster.clone() })
        }
        (None, _) => {
            Err(Fault::new(Code::Protocol, "a connection begins with a hello of protocol 1 or newer"))
        }
        (Some(_), Request::Hello { .. }) => Err(Fault::new(Code::Protocol, "the hello was said before")),
        (Some(_), request) => dispatch::answer(hsm, session, request),
    }
}

fn reply(
    stream: &mut StreamOwned<ServerConnection, Socket>,
    id: u64,
    result: Outcome,
    limit: usize,
) -> Result<(), FrameError> {
    match wire::write_frame(stream, &Answer { id, result }, limit) {
        Err(FrameError::TooLarge(_)) => {
            let fault = Fault::new(Code::TooLarge, "the answer is too large: ask for less");
            wire::write_frame(stream, &Answer { id, result: Outcome::Refused(fault) }, limit)
        }
        written => written,
    }
}
