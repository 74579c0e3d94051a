//! HTTP/2 by hand, for what no library would send.

use crate::support::PATIENCE;
use std::{io, net::SocketAddr, path::Path, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpStream, UnixStream},
    time::timeout,
};

pub const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Kinds of frames (RFC 9113, 6).
pub const DATA: u8 = 0;
pub const HEADERS: u8 = 1;
pub const RST_STREAM: u8 = 3;
pub const SETTINGS: u8 = 4;
pub const PING: u8 = 6;
pub const WINDOW_UPDATE: u8 = 8;
pub const CONTINUATION: u8 = 9;

pub const END_STREAM: u8 = 1;
pub const END_HEADERS: u8 = 4;

pub const GET: &str = "/dapr.proto.components.v1.StateStore/Get";
pub const PULL: &str = "/dapr.proto.components.v1.PubSub/PullMessages";

pub fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let mut frame = u32::try_from(payload.len()).unwrap().to_be_bytes()[1..].to_vec();
    frame.extend([kind, flags]);
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}

/// The headers of a call, each spelled out (RFC 7541, 6.2.2).
pub fn headers(path: &str) -> Vec<u8> {
    let mut block = Vec::new();
    for (name, value) in [
        (":method", "POST"),
        (":scheme", "http"),
        (":authority", "localhost"),
        (":path", path),
        ("content-type", "application/grpc"),
        ("te", "trailers"),
        ("x-component-instance", "attacker"),
    ] {
        header(&mut block, name, value);
    }
    block
}

/// One more header.
pub fn header(block: &mut Vec<u8>, name: &str, value: &str) {
    block.push(0);
    for text in [name, value] {
        length(block, text.len());
        block.extend(text.as_bytes());
    }
}

/// A number of seven bits and more (RFC 7541, 5.1).
fn length(block: &mut Vec<u8>, number: usize) {
    let Some(mut rest) = number.checked_sub(127) else {
        return block.push(number as u8);
    };
    block.push(127);
    while rest >= 128 {
        block.push(128 | (rest % 128) as u8);
        rest /= 128;
    }
    block.push(rest as u8);
}

/// A connection that sends what it likes.
pub struct Raw(Box<dyn Stream>);

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

impl Raw {
    /// As soon as the socket has room for one more to wait.
    pub async fn connect(socket: &Path) -> Self {
        let connecting = async {
            loop {
                match UnixStream::connect(socket).await {
                    Ok(stream) => return Self(Box::new(stream)),
                    Err(error) => assert_eq!(error.kind(), io::ErrorKind::WouldBlock),
                }
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        timeout(PATIENCE, connecting)
            .await
            .expect("the socket stays full")
    }

    /// One to a port.
    pub async fn to(port: SocketAddr) -> Self {
        let connecting = timeout(PATIENCE, TcpStream::connect(port));
        Self(Box::new(connecting.await.expect("nobody accepts").unwrap()))
    }

    /// One that has begun as HTTP/2 does.
    pub async fn greeted(socket: &Path) -> Self {
        Self::connect(socket).await.greet().await
    }

    /// Begins as HTTP/2 does.
    pub async fn greet(mut self) -> Self {
        assert!(self.send(PREFACE).await);
        assert!(self.send(&frame(SETTINGS, 0, 0, &[])).await);
        self
    }

    /// Whether all was sent: not when the runner has closed the connection, or reads no more of it.
    pub async fn send(&mut self, bytes: &[u8]) -> bool {
        let sent = timeout(Duration::from_secs(5), self.0.write_all(bytes)).await;
        matches!(sent, Ok(Ok(())))
    }

    /// Sends to the end, and reads meanwhile whatever comes.
    pub async fn send_and_read(&mut self, bytes: &[u8]) {
        let (mut read, mut write) = tokio::io::split(&mut self.0);
        let mut nowhere = tokio::io::sink();
        tokio::select! {
            sent = write.write_all(bytes) => sent.unwrap(),
            _ = tokio::io::copy(&mut read, &mut nowhere) => panic!("the connection was closed"),
        }
    }

    /// Sends the same again and again, as long as the runner takes it: how often it did.
    pub async fn flood(&mut self, bytes: &[u8], times: usize) -> usize {
        for time in 0..times {
            let sent = timeout(Duration::from_millis(300), self.0.write_all(bytes)).await;
            if !matches!(sent, Ok(Ok(()))) {
                return time;
            }
        }
        times
    }

    /// Reads until the runner closes the connection, which it must.
    pub async fn closed(&mut self) -> Vec<u8> {
        let mut read = Vec::new();
        let all = async {
            loop {
                match self.0.read_buf(&mut read).await {
                    Ok(0) => break,
                    Ok(_) => {}
                    Err(error) => {
                        assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
                        break;
                    }
                }
            }
        };
        timeout(PATIENCE, all).await.expect("the connection stays");
        read
    }

    /// Whether the runner answers a ping: the connection is served.
    pub async fn answers(&mut self) -> bool {
        let ping = frame(PING, 0, 0, b"answer! ");
        self.send(&ping).await && self.says(b"answer! ").await
    }

    /// Whether the runner sends these bytes, whatever comes before them.
    pub async fn says(&mut self, words: &[u8]) -> bool {
        let mut read = Vec::new();
        let said = async {
            while !read.windows(words.len()).any(|bytes| bytes == words) {
                if self.0.read_buf(&mut read).await.unwrap_or(0) == 0 {
                    return false;
                }
            }
            true
        };
        timeout(PATIENCE, said).await.unwrap_or(false)
    }

    /// Says that no more comes, and goes on reading.
    pub async fn finish(&mut self) {
        self.0.shutdown().await.unwrap();
    }
}

/// Whether frames have one of a kind.
pub fn has(mut read: &[u8], kind: u8) -> bool {
    while read.len() >= 9 {
        let length = u32::from_be_bytes([0, read[0], read[1], read[2]]) as usize;
        if read[3] == kind {
            return true;
        }
        read = read.get(9 + length..).unwrap_or_default();
    }
    false
}
