//! A TCP socket that reads ahead: rustls asks for 4 KiB at a time, a frame may have a mebibyte.

use std::io::{self, BufReader, IoSlice, Read, Write};
use std::net::TcpStream;

/// Bytes read ahead; they are TLS records, so nothing secret lies in them.
const AHEAD: usize = 64 << 10;
/// Bytes that rustls may hold for the socket, so that most frames are one write.
pub(crate) const SENT: usize = 256 << 10;

/// A socket that reads ahead.
pub(crate) struct Socket(BufReader<TcpStream>);

impl Socket {
    pub(crate) fn new(stream: TcpStream) -> Self {
        Self(BufReader::with_capacity(AHEAD, stream))
    }

    /// The socket itself, for its settings.
    pub(crate) fn stream(&self) -> &TcpStream {
        self.0.get_ref()
    }
}

impl Read for Socket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Write for Socket {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.get_mut().write(bytes)
    }

    fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        self.0.get_mut().write_vectored(slices)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.get_mut().flush()
    }
}
