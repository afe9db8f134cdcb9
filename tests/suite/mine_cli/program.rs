//! Runs the compiled example.

use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

/// What a run left on its streams.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) status: Option<i32>,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
}

impl Ran {
    pub(crate) fn of(output: Output) -> Self {
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!stderr.contains("panicked"), "{stderr}");
        Ran { status: output.status.code(), stdout: output.stdout, stderr }
    }

    /// Standard output of a run without errors.
    #[track_caller]
    pub(crate) fn text(self) -> String {
        assert_eq!(self.status, Some(0), "{}", self.stderr);
        String::from_utf8(self.stdout).unwrap()
    }

    /// The last line of standard error as JSON.
    #[track_caller]
    pub(crate) fn summary(&self) -> Value {
        assert_eq!(self.status, Some(0), "{}", self.stderr);
        serde_json::from_str(self.stderr.lines().last().unwrap()).unwrap()
    }

    /// That the run ended with a status, one line of error that holds all of the words, and no output.
    #[track_caller]
    pub(crate) fn refused(&self, status: i32, words: &[&str]) {
        assert_eq!(self.status, Some(status), "{}", self.stderr);
        let line = self.stderr.strip_suffix('\n').unwrap();
        assert!(line.starts_with("error: ") && !line.contains('\n'), "{line}");
        for word in words {
            assert!(line.contains(word), "`{line}` lacks `{word}`");
        }
        assert!(self.stdout.is_empty());
    }
}

/// `mine` with these arguments, ready to run.
pub(crate) fn command<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Command {
    let mut command = Command::new(program());
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

pub(crate) fn mine<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Ran {
    Ran::of(command(arguments).output().unwrap())
}

/// The same with text on standard input, which is the `FILE` `-`.
pub(crate) fn mine_text<'a>(text: &str, arguments: impl IntoIterator<Item = &'a str>) -> Ran {
    let mut child = command(["-"].into_iter().chain(arguments)).stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let text = text.to_string();
    let writer = std::thread::spawn(move || stdin.write_all(text.as_bytes()));
    let ran = Ran::of(child.wait_with_output().unwrap());
    // The program may have ended without reading all.
    let _ = writer.join().unwrap();
    ran
}

/// The example that belongs to this build of the tests: `target/<profile>/examples/mine`, next to `deps/`.
fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let test = std::env::current_exe().unwrap();
        let profile = test.ancestors().nth(2).unwrap();
        let program = profile.join("examples").join(format!("mine{}", std::env::consts::EXE_SUFFIX));
        let build =
            "`cargo test` builds it, `cargo test --test suite` alone does not: run `cargo test --no-run` before";
        assert!(program.is_file(), "no example at {}; {build}", program.display());
        program
    })
}
