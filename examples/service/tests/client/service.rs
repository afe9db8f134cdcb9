//! The program, started and stopped.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// How long anything may take on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A running service. It is killed when it is dropped.
pub struct Service {
    child: Child,
    /// Such as `http://127.0.0.1:12345`.
    pub base: String,
    log: PathBuf,
    /// Its folder, if it is this one's alone.
    _folder: Option<TempDir>,
}

/// A few baskets, so that mining takes no time: a file for `--data`.
pub const BASKETS: &str = "beer,diapers,chips\nbeer,diapers\ndiapers,wipes\nchips,dip\nbeer,chips,dip\nwipes,diapers\n";

impl Service {
    /// On some baskets, with a store of its own.
    pub fn start(flags: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut service = Service::start_in(folder.path(), flags);
        service._folder = Some(folder);
        service
    }

    /// On some baskets, with the store of a folder.
    pub fn start_in(folder: &Path, flags: &[&str]) -> Self {
        let data = folder.join("baskets.csv");
        if !data.exists() {
            fs::write(&data, BASKETS).expect("a file of baskets");
        }
        let usual = ["--data", data.to_str().expect("a path"), "--min-support", "0.1"];
        Service::start_on(folder, &[&usual, flags].concat())
    }

    /// On the data of the flags; the sample supermarket if they name none.
    pub fn start_on(folder: &Path, flags: &[&str]) -> Self {
        let log = folder.join("log");
        let store = folder.join("store");
        let mut child = Command::new(env!("CARGO_BIN_EXE_itemset-service"))
            .args(["--listen", "127.0.0.1:0", "--store"])
            .arg(&store)
            .args(flags)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::options().create(true).append(true).open(&log).expect("a log"))
            .spawn()
            .expect("the service starts");
        let mut line = String::new();
        let out = child.stdout.take().expect("its output");
        BufReader::new(out).read_line(&mut line).expect("a line");
        let base = line.trim().strip_prefix("listening on ").unwrap_or_else(|| {
            panic!("the first line is {line:?}; the log:\n{}", fs::read_to_string(&log).unwrap_or_default())
        });
        Service { base: base.to_string(), child, log, _folder: None }
    }

    /// Where it listens, without the scheme.
    pub fn address(&self) -> &str {
        self.base.strip_prefix("http://").expect("an address")
    }

    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).expect("the log")
    }

    pub fn is_alive(&mut self) -> bool {
        self.child.try_wait().expect("its state").is_none()
    }

    /// Bytes of its resident memory.
    pub fn memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("its status");
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("its memory");
        line.split_whitespace().nth(1).and_then(|kilobytes| kilobytes.parse::<u64>().ok()).expect("a number") * 1024
    }

    /// As `kill -9`: it has no time to end anything.
    pub fn kill(&mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("ended");
    }

    /// Tells it to stop.
    pub fn signal(&self) {
        let sent = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().expect("kill runs");
        assert!(sent.success());
    }

    /// As a service manager stops it; returns how it ended.
    pub fn stop(&mut self) -> ExitStatus {
        self.signal();
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("its state") {
                return status;
            }
            assert!(begun.elapsed() < PATIENCE, "it does not stop; the log:\n{}", self.log());
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
