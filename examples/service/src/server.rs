//! Connections: not more than there may be, none for longer than it is used, and all of them ended in order.

use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::time::{Instant, Sleep, sleep_until};
use tower::ServiceExt;

use crate::gate::Client;
use crate::problem;
use crate::settings::Settings;

/// How long nothing is accepted when the system has no more sockets.
const NO_SOCKETS: Duration = Duration::from_millis(50);

/// Accepts connections until the service stops, then waits for those that are open, for as long as the settings say.
pub async fn serve(listener: TcpListener, router: Router, settings: &Settings, mut stop: watch::Receiver<bool>) {
    let places = Arc::new(Semaphore::new(settings.max_connections));
    let connection = Connection::new(settings, router, stop.clone());
    loop {
        // Those who find no place wait where the system keeps them.
        let accepted = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            _ = stop.wait_for(|&stop| stop) => break,
            accepted = accepted => accepted,
        };
        let (Ok(place), Ok((stream, address))) = (place, accepted) else {
            tokio::time::sleep(NO_SOCKETS).await;
            continue;
        };
        metrics::gauge!("itemset_connections").increment(1);
        let connection = connection.clone();
        tokio::spawn(async move {
            connection.run(stream, Client(address)).await;
            metrics::gauge!("itemset_connections").decrement(1);
            drop(place);
        });
    }
    drop(listener);
    let all = u32::try_from(settings.max_connections).unwrap_or(u32::MAX);
    let drained = places.acquire_many(all);
    if tokio::time::timeout(Duration::from_secs(settings.drain_seconds), drained).await.is_err() {
        tracing::warn!("some requests were not answered before the end");
    }
}

#[derive(Clone)]
struct Connection {
    http: http1::Builder,
    router: Router,
    stop: watch::Receiver<bool>,
    write_time: Duration,
}

impl Connection {
    fn new(settings: &Settings, router: Router, stop: watch::Receiver<bool>) -> Self {
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new())
            .header_read_timeout(Duration::from_secs(settings.head_seconds))
            .max_buf_size(settings.max_head)
            .max_headers(settings.max_headers);
        Connection { http, router, stop, write_time: Duration::from_secs(settings.write_seconds) }
    }

    async fn run(mut self, stream: TcpStream, client: Client) {
        // Answers are written at once, and whole.
        let _ = stream.set_nodelay(true);
        let stream = TokioIo::new(Patient::new(stream, self.write_time));
        let router = self.router;
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            let mut request: Request = request.map(Body::new);
            request.extensions_mut().insert(client);
            let router = router.clone();
            async move { router.oneshot(request).await.map_err(|never: Infallible| never) }
        });
        let mut connection = std::pin::pin!(self.http.serve_connection(stream, service));
        tokio::select! {
            // A client that breaks off, or sends no HTTP, is not our fault.
            _ = connection.as_mut() => return,
            _ = self.stop.wait_for(|&stop| stop) => connection.as_mut().graceful_shutdown(),
        }
        let _ = connection.await;
    }
}

/// A stream that breaks off when the other end takes nothing for too long. To a head that hyper cannot read, hyper
/// answers itself, without a body: such an answer becomes a problem here, where it can first be seen.
struct Patient {
    stream: TcpStream,
    time: Duration,
    /// Runs while a write waits.
    waiting: Option<Pin<Box<Sleep>>>,
    /// Whether the next write begins an answer.
    is_new: bool,
    /// What is left of the answer that is written in place of hyper's.
    instead: Vec<u8>,
}

impl Patient {
    fn new(stream: TcpStream, time: Duration) -> Self {
        Patient { stream, time, waiting: None, is_new: true, instead: Vec::new() }
    }

    /// Writes a problem in place of an answer of hyper's, which begins so. None if it is one of ours.
    fn poll_instead(&mut self, context: &mut Context<'_>, head: &[u8]) -> Option<Poll<io::Result<()>>> {
        if std::mem::take(&mut self.is_new) {
            self.instead = problem::instead_of(head).unwrap_or_default();
        }
        if self.instead.is_empty() {
            return None;
        }
        while !self.instead.is_empty() {
            let written = Pin::new(&mut self.stream).poll_write(context, &self.instead);
            match self.watch(context, written) {
                Poll::Ready(Ok(0)) => return Some(Poll::Ready(Err(io::ErrorKind::WriteZero.into()))),
                Poll::Ready(Ok(len)) => drop(self.instead.drain(..len)),
                Poll::Ready(Err(error)) => return Some(Poll::Ready(Err(error))),
                Poll::Pending => return Some(Poll::Pending),
            }
        }
        Some(Poll::Ready(Ok(())))
    }

    /// Passes on what a write says, unless it has said nothing for too long.
    fn watch<T>(&mut self, context: &mut Context<'_>, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.waiting = None;
            return written;
        }
        let time = self.time;
        let waiting = self.waiting.get_or_insert_with(|| Box::pin(sleep_until(Instant::now() + time)));
        match waiting.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl AsyncRead for Patient {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, into)
    }
}

impl AsyncWrite for Patient {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if let Some(written) = self.poll_instead(context, bytes) {
            return written.map_ok(|()| bytes.len());
        }
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.watch(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if let Some(written) = self.poll_instead(context, slices.first().map_or(&[], |head| head)) {
            return written.map_ok(|()| slices.iter().map(|slice| slice.len()).sum());
        }
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.watch(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        // hyper flushes when all of an answer is written.
        self.is_new = true;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
