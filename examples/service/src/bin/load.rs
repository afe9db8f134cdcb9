//! A bounded load on a service that runs on this machine, to see what it takes.
//!
//! ```text
//! cargo run --release -p itemset-service --bin load -- http://127.0.0.1:8080 single  # as many requests as it takes
//! cargo run --release -p itemset-service --bin load -- http://127.0.0.1:8080 batch  # 100 baskets a request
//! cargo run --release -p itemset-service --bin load -- http://127.0.0.1:8080 single 4000  # so many a second
//! cargo run --release -p itemset-service --bin load -- http://127.0.0.1:8080 sales  # new sales
//! ```
//!
//! With `SECONDS` (10), `CONNECTIONS` (16) and `TOKEN` in the environment. At a rate, latency counts from the moment at
//! which a request was due, so one that waits for a slow one before it counts as slow too. Only addresses of this
//! machine are asked.

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use itemset::synth::Supermarket;
use serde_json::json;
use tokio::net::TcpStream;

/// Baskets of a request of the kind `batch`.
const BATCH: usize = 100;

/// The longest load.
const MOST_SECONDS: u64 = 900;

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Single,
    Batch,
    Sales,
}

struct Load {
    host: String,
    kind: Kind,
    token: Option<String>,
    bodies: Vec<Bytes>,
    path: &'static str,
    /// Requests per second, if they come at a rate.
    rate: Option<u64>,
    begun: Instant,
    time: Duration,
    next: AtomicU64,
}

/// What one connection saw.
#[derive(Default)]
struct Seen {
    microseconds: Vec<u32>,
    failures: u64,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), String> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let usage =
        "give the address of a service; single, batch or sales; and requests per second, if not as many as it takes";
    let (address, kind) = arguments.first().zip(arguments.get(1)).ok_or(usage)?;
    let host = address.trim_start_matches("http://").trim_end_matches('/').to_string();
    let is_here = ["127.0.0.1:", "localhost:", "[::1]:"].iter().any(|here| host.starts_with(here));
    if !is_here {
        return Err("only addresses of this machine are asked".to_string());
    }
    let number = |name: &str, usual: u64| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual);
    let seconds = number("SECONDS", 10).clamp(1, MOST_SECONDS);
    let connections = number("CONNECTIONS", 16).clamp(1, 512);
    let kind = match kind.as_str() {
        "single" => Kind::Single,
        "batch" => Kind::Batch,
        "sales" => Kind::Sales,
        _ => return Err(usage.to_string()),
    };
    let rate = arguments.get(2).map(|rate| rate.parse().map_err(|_| usage)).transpose()?;
    let load = Arc::new(Load {
        host,
        kind,
        token: std::env::var("TOKEN").ok(),
        bodies: bodies(kind),
        path: if kind == Kind::Sales { "/v1/baskets" } else { "/v1/recommend" },
        rate,
        begun: Instant::now(),
        time: Duration::from_secs(seconds),
        next: AtomicU64::new(0),
    });
    let running: Vec<_> = (0..connections).map(|_| tokio::spawn(Arc::clone(&load).connection())).collect();
    let mut all = Seen::default();
    for running in running {
        let mut seen = running.await.map_err(|error| error.to_string())?;
        all.microseconds.append(&mut seen.microseconds);
        all.failures += seen.failures;
    }
    report(&load, all);
    Ok(())
}

/// Baskets as customers have them before the last item.
fn bodies(kind: Kind) -> Vec<Bytes> {
    let baskets: Vec<Vec<_>> =
        Supermarket::new().sales().take(5_000).map(|sale| sale.names().take(5).collect()).collect();
    let texts: Vec<String> = match kind {
        Kind::Single => baskets.iter().map(|basket| json!({"basket": basket, "k": 5}).to_string()).collect(),
        Kind::Batch => baskets.chunks(BATCH).map(|baskets| json!({"baskets": baskets, "k": 5}).to_string()).collect(),
        // The key is that of the header.
        Kind::Sales => baskets.iter().map(|basket| json!({"items": basket}).to_string()).collect(),
    };
    texts.into_iter().map(Bytes::from).collect()
}

impl Load {
    /// Asks one request after the other on one connection, which is opened again where it breaks.
    async fn connection(self: Arc<Self>) -> Seen {
        let (mut seen, mut sender) = (Seen::default(), None);
        loop {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            let due = match self.rate {
                Some(rate) => self.begun + Duration::from_nanos(1_000_000_000 / rate.max(1) * number),
                None => Instant::now(),
            };
            if due >= self.begun + self.time {
                return seen;
            }
            // The timer wakes up to a millisecond late, which counts.
            if due > Instant::now() {
                tokio::time::sleep_until(due.into()).await;
            }
            let mut open = match sender.take() {
                Some(open) => open,
                None => match self.connect().await {
                    Some(open) => open,
                    None => {
                        seen.failures += 1;
                        tokio::time::sleep(Duration::from_millis(100)).await;
                        continue;
                    }
                },
            };
            if self.ask(&mut open, number).await.is_some_and(|status| status < 300) {
                let taken = due.elapsed().as_micros();
                seen.microseconds.push(u32::try_from(taken).unwrap_or(u32::MAX));
            } else {
                seen.failures += 1;
            }
            if !open.is_closed() {
                sender = Some(open);
            }
        }
    }

    async fn connect(&self) -> Option<SendRequest<Full<Bytes>>> {
        let stream = TcpStream::connect(&self.host).await.ok()?;
        stream.set_nodelay(true).ok()?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await.ok()?;
        tokio::spawn(connection);
        Some(sender)
    }

    async fn ask(&self, open: &mut SendRequest<Full<Bytes>>, number: u64) -> Option<u16> {
        open.ready().await.ok()?;
        let body = self.bodies[number as usize % self.bodies.len()].clone();
        let mut request = Request::builder().method(Method::POST).uri(self.path).header("host", &self.host);
        request = request.header("content-type", "application/json");
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if self.kind == Kind::Sales {
            request = request.header("idempotency-key", format!("load-{}-{number}", std::process::id()));
        }
        let answer = open.send_request(request.body(Full::new(body)).ok()?).await.ok()?;
        let status = answer.status().as_u16();
        answer.into_body().collect().await.ok()?;
        Some(status)
    }
}

fn report(load: &Load, mut all: Seen) {
    all.microseconds.sort_unstable();
    let seconds = load.begun.elapsed().as_secs_f64();
    let done = all.microseconds.len();
    let per_second = done as f64 / seconds;
    let share = |of: f64| {
        let place = ((done as f64 * of).ceil() as usize).clamp(1, done.max(1)) - 1;
        all.microseconds.get(place).map_or(f64::NAN, |&microseconds| f64::from(microseconds) / 1000.0)
    };
    println!("{done} requests in {seconds:.1} s: {per_second:.0} requests/s, {} failed", all.failures);
    if load.kind == Kind::Batch {
        println!("{:.0} baskets/s", per_second * BATCH as f64);
    }
    let (p50, p90, p99, max) = (share(0.5), share(0.9), share(0.99), share(1.0));
    println!("latency in ms: p50 {p50:.2}, p90 {p90:.2}, p99 {p99:.2}, largest {max:.2}");
}
