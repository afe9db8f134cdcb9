//! A service that recommends items by rules mined from baskets, and takes in new sales. `README.md` shows it at work.
//!
//! | file | its part |
//! |---|---|
//! | `settings` | what can be set, and from where |
//! | `data`, `store`, `sales`, `pairs`, `hash` | baskets given and posted; who writes them; counts that follow |
//! | `model`, `report`, `refresh`, `app` | what is mined, when, and where it answers |
//! | `server`, `gate`, `limits`, `token` | connections; who comes in |
//! | `routes/`, `body`, `labels`, `number`, `problem`, `openapi` | what is asked and answered |
//! | `observe`, `metrics` | what those who run it see |

mod app;
mod body;
mod data;
mod gate;
mod hash;
mod labels;
mod limits;
mod metrics;
mod model;
mod number;
mod observe;
mod openapi;
mod pairs;
mod problem;
mod refresh;
mod report;
mod routes;
mod sales;
mod server;
mod settings;
mod store;
mod token;

use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use itemset::CancelToken;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{oneshot, watch};
use tracing_subscriber::EnvFilter;

use app::{App, Parts};
use data::BaseData;
use model::SnapshotFolder;
use sales::{Desk, Inbox, Sales};
use settings::Settings;
use store::Store;
use token::Tokens;

/// Threads for what takes milliseconds: lists of rules, large batches, and a refresh.
const BLOCKING: usize = 16;

/// How long what still runs is waited for when all requests have ended.
const AT_THE_END: Duration = Duration::from_secs(5);

/// How often old values of the metrics are folded up.
const UPKEEP: Duration = Duration::from_secs(5);

fn main() -> ExitCode {
    let arguments = settings::command().get_matches();
    let settings = match Settings::load(&arguments) {
        Ok(settings) => settings,
        Err(faults) => {
            faults.iter().for_each(|fault| eprintln!("error: {fault}"));
            return ExitCode::from(2);
        }
    };
    // The settings are checked: the filter is valid.
    let filter = EnvFilter::new(&settings.log);
    tracing_subscriber::fmt().json().with_env_filter(filter).with_writer(std::io::stderr).init();
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    if settings.worker_threads > 0 {
        builder.worker_threads(settings.worker_threads);
    }
    let runtime = builder.max_blocking_threads(BLOCKING).enable_all().build();
    let run = runtime.map_err(|error| format!("no threads: {error}")).and_then(|runtime| {
        let run = runtime.block_on(run(settings));
        // What reads a large file would go on for as long as that takes.
        runtime.shutdown_timeout(AT_THE_END);
        run
    });
    match run {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Starts everything, waits for the signal to stop, and ends everything.
async fn run(settings: Settings) -> Result<(), String> {
    let mut signals = Signals::new().map_err(|error| format!("signals: {error}"))?;
    let tokens = settings.token_file.as_deref().map(Tokens::read).transpose()?;
    let snapshots = Arc::new(SnapshotFolder::new(&settings)?);
    let store = Arc::new(Store::open(&settings.store)?);
    let (sales, inbox) = Sales::queue(settings.write_queue);
    let metrics = metrics::install().map_err(|error| format!("metrics: {error}"))?;
    let app = Arc::new(App::new(settings, Parts { store, sales, tokens, metrics }));
    let listener = TcpListener::bind(app.settings.listen).await;
    let listener = listener.map_err(|error| format!("listen: {}: {error}", app.settings.listen))?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;

    let (stop, stopped) = watch::channel(false);
    let (changes, changed) = watch::channel(0);
    let (loaded, load) = oneshot::channel();
    let writer = std::thread::Builder::new().name("sales".to_string());
    let (of_writer, to_read) = (Arc::clone(&app), Arc::clone(&snapshots));
    let writer = writer.spawn(move || prepare(of_writer, &to_read, changes, loaded, inbox));
    let writer = writer.map_err(|error| format!("no threads: {error}"))?;

    let router = routes::router(Arc::clone(&app));
    let (serving, of_server) = (Arc::clone(&app), stopped.clone());
    let server = tokio::spawn(async move { server::serve(listener, router, &serving.settings, of_server).await });
    say_address(address);
    let upkeep = tokio::spawn(keep_up(Arc::clone(&app)));

    let token = CancelToken::new();
    let of_refresh = (Arc::clone(&app), Arc::clone(&snapshots), token.clone());
    let mut refresh = tokio::spawn(async move {
        let (app, snapshots, token) = of_refresh;
        if load.await.is_ok() {
            refresh::run(app, snapshots, changed, token).await;
        }
    });
    let failed = tokio::select! {
        () = signals.next() => None,
        // It goes on for as long as sales are written, and those for as long as the service runs.
        _ = &mut refresh => Some("the data cannot be read, or sales cannot be written".to_string()),
    };
    tracing::info!("stopping");
    token.cancel();
    let _ = stop.send(true);
    tokio::select! {
        _ = server => {}
        () = signals.next() => tracing::warn!("a second signal: requests that still run are cut off"),
    }
    upkeep.abort();
    // One that runs is ended by the token.
    refresh.abort();
    if failed.is_none() && app.base().is_none() && !writer.is_finished() {
        // It still reads the data, and has written nothing.
        return Ok(());
    }
    drop(app);
    // What was handed in is written before the end. Requests that were cut off still hold the queue open.
    let ended = tokio::task::spawn_blocking(move || writer.join());
    let written = tokio::time::timeout(AT_THE_END, ended).await;
    match (failed, written) {
        (_, Ok(Ok(Ok(Err(error))))) => Err(error),
        (Some(error), _) => Err(error),
        (None, _) => Ok(()),
    }
}

/// Reads all there is, in the order in which it is needed, and then writes sales until the service stops.
fn prepare(
    app: Arc<App>,
    snapshots: &SnapshotFolder,
    changes: watch::Sender<u64>,
    loaded: oneshot::Sender<()>,
    inbox: Inbox,
) -> Result<(), String> {
    let known = app.store.changes().map_err(|error| format!("store: {error}"))?;
    snapshots.tidy();
    let (model, faults) = snapshots.read(&app.settings, known);
    for fault in faults {
        tracing::warn!(fault, "a snapshot is of no use");
    }
    if let Some(model) = model {
        let model = app.swap(model);
        tracing::info!(rules = model.rules.len(), "the model of the snapshot answers");
    }
    let base = Arc::new(BaseData::read(&app.settings)?);
    let sales = app.pairs.replay(&base, &app.store)?;
    app.set_base(Arc::clone(&base));
    changes.send_replace(known);
    // Refreshing may begin; if it does not, the service is about to stop.
    let _ = loaded.send(());
    tracing::info!(sales, "sales are taken in");
    let desk = Desk {
        store: Arc::clone(&app.store),
        pairs: Arc::clone(&app.pairs),
        base,
        changes,
        max_store: app.settings.max_store,
        max_pairs: app.settings.max_pairs,
    };
    // It can hand sales in: as long as it is held here, the queue does not end.
    drop(app);
    desk.work(inbox);
    Ok(())
}

/// The first line of standard output, and the only one. Nobody need read it.
fn say_address(address: std::net::SocketAddr) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "listening on http://{address}").and_then(|()| out.flush());
}

async fn keep_up(app: Arc<App>) {
    loop {
        tokio::time::sleep(UPKEEP).await;
        app.metrics.run_upkeep();
    }
}

/// The signals that stop the service: the first in order, the second at once.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Signals { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
