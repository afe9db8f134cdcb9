//! Output: files that appear whole or not at all, devices and pipes.

use std::fs;
use std::io::{BufRead, BufReader};
#[cfg(unix)]
use std::{
    io::Write,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use tempfile::TempDir;

use super::program::{Ran, command, mine, mine_text};
use super::refusals::assert_only;

/// One basket of `items` items: at count 1 it has 2^items - 1 frequent itemsets.
fn one_basket(items: usize) -> String {
    (0..items).map(|item| format!("{item} ")).collect()
}

#[test]
fn output_file_equals_standard_output() {
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("out.txt");
    let expected = mine_text("a b\na b\n", ["--min-count", "2"]).text();
    for _ in 0..2 {
        let ran = mine_text("a b\na b\n", ["--min-count", "2", "--output", out.to_str().unwrap()]);
        assert_eq!((ran.text().as_str(), fs::read_to_string(&out).unwrap()), ("", expected.clone()));
    }
    assert_only(folder.path(), &["out.txt"]);
}

#[test]
fn failed_run_leaves_the_file_unchanged() {
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("out.txt");
    let arguments = ["--delimiter", ",", "--output", out.to_str().unwrap()];
    mine_text("a\n\"b", arguments).refused(1, &["line 2"]);
    assert_only(folder.path(), &[]);
    fs::write(&out, "before").unwrap();
    mine_text("a\n\"b", arguments).refused(1, &["line 2"]);
    assert_eq!(fs::read_to_string(&out).unwrap(), "before");
    assert_only(folder.path(), &["out.txt"]);
}

#[test]
#[cfg(unix)]
fn links_and_permissions_are_kept() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = TempDir::new().unwrap();
    let (place, link) = (folder.path().join("place.txt"), folder.path().join("link.txt"));
    fs::write(&place, "before").unwrap();
    fs::set_permissions(&place, fs::Permissions::from_mode(0o640)).unwrap();
    symlink("place.txt", &link).unwrap();
    mine_text("a\n", ["--output", link.to_str().unwrap()]).text();
    assert_eq!(fs::read_to_string(&place).unwrap(), "a (1)\n");
    assert_eq!(fs::metadata(&place).unwrap().permissions().mode() & 0o777, 0o640);
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());

    // A new file has the rights that any program's new file has here.
    let new = folder.path().join("new.txt");
    mine_text("a\n", ["--output", new.to_str().unwrap()]).text();
    fs::write(folder.path().join("other.txt"), "").unwrap();
    let mode = |name| fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
    assert_eq!(mode("new.txt"), mode("other.txt"));
}

#[test]
#[cfg(unix)]
fn devices_and_pipes_are_written_directly() {
    assert_eq!(mine_text("a\n", ["--output", "/dev/stdout"]).text(), "a (1)\n");
    assert_eq!(mine_text("a\n", ["--output", "/dev/null"]).text(), "");

    // Standard output that is a regular file is added to, not replaced.
    let folder = TempDir::new().unwrap();
    let log = folder.path().join("log.txt");
    fs::write(&log, "before\n").unwrap();
    let file = folder.path().join("baskets.dat");
    fs::write(&file, "a\n").unwrap();
    let opened = fs::OpenOptions::new().append(true).open(&log).unwrap();
    let output = command([file.to_str().unwrap(), "--output", "/dev/stdout"]).stdout(opened).output().unwrap();
    assert_eq!(Ran::of(output).status, Some(0));
    assert_eq!(fs::read_to_string(&log).unwrap(), "before\na (1)\n");

    let pipe = folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let child = command([file.to_str().unwrap(), "--output", pipe.to_str().unwrap()]).spawn().unwrap();
    assert_eq!(fs::read_to_string(&pipe).unwrap(), "a (1)\n");
    assert_eq!(Ran::of(child.wait_with_output().unwrap()).status, Some(0));
    assert_only(folder.path(), &["baskets.dat", "log.txt", "pipe"]);
}

/// Whatever standard output and standard error are, they are not opened anew: their place in a file is kept.
#[test]
#[cfg(target_os = "linux")]
fn standard_streams_by_name() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_string();
    let (file, log) = (path("baskets.dat"), path("log.txt"));
    fs::write(&file, "a\n").unwrap();
    for (number, names) in
        [("1", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"]), ("2", ["/dev/stderr", "/dev/fd/2", "/proc/self/fd/2"])]
    {
        let script =
            format!(r#"(echo before >&{number}; "$0" "$1" --output "$2"; echo after >&{number}) {number}> "$3""#);
        for name in names {
            let mut shell = Command::new("sh");
            let ran = shell.args(["-c", &script]).arg(command([""]).get_program()).args([&file, name, &log]).output();
            assert_eq!(Ran::of(ran.unwrap()).text(), "", "{name}");
            assert_eq!(fs::read_to_string(&log).unwrap(), "before\na (1)\nafter\n", "{name}");
        }
    }
    assert_only(folder.path(), &["baskets.dat", "log.txt"]);
}

/// As in `mine … | head -1`.
#[test]
fn closed_pipe_ends_the_run_quietly() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("baskets.dat");
    fs::write(&file, one_basket(16)).unwrap();
    for format in ["text", "csv", "jsonl"] {
        let arguments = [file.to_str().unwrap(), "--min-count", "1", "--output-format", format];
        let mut child = command(arguments).spawn().unwrap();
        let mut first = String::new();
        BufReader::with_capacity(64, child.stdout.take().unwrap()).read_line(&mut first).unwrap();
        assert!(first.len() > 3);
        let ran = Ran::of(child.wait_with_output().unwrap());
        assert_eq!((ran.status, ran.stderr.as_str()), (Some(0), ""), "{format}");
    }

    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let ran = Ran::of(command(["--help"]).stdout(writer).output().unwrap());
    assert_eq!((ran.status, ran.stderr.as_str()), (Some(0), ""));
}

#[cfg(unix)]
fn kill(signal: &str, child: &Child) {
    let kill = Command::new("kill").arg(signal).arg(child.id().to_string()).status().unwrap();
    assert!(kill.success());
}

/// Whether a signal is ignored here, and so by every program that is started here: as under `nohup`, or in the
/// background of some shells.
#[cfg(unix)]
fn is_ignored(number: u32) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).map(str::trim);
    mask.and_then(|mask| u64::from_str_radix(mask, 16).ok()).is_some_and(|mask| mask >> (number - 1) & 1 == 1)
}

/// Even where a program cannot tidy up.
#[test]
#[cfg(unix)]
fn killed_run_leaves_no_file() {
    use std::os::unix::process::ExitStatusExt;
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("out.txt");
    for (signal, number) in [("-INT", 2), ("-TERM", 15), ("-KILL", 9)] {
        if is_ignored(number as u32) {
            eprintln!("NOT CHECKED: {signal} is ignored here");
            continue;
        }
        let mut child = command(["-", "--output", out.to_str().unwrap()]).stdin(Stdio::piped()).spawn().unwrap();
        // More than a pipe holds, so that the program must have read some of it. It waits for the rest.
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(&b"a b\n".repeat(1 << 18)).unwrap();
        kill(signal, &child);
        let ended = child.wait_with_output().unwrap();
        drop(stdin);
        assert_eq!((ended.status.signal(), ended.stderr.as_slice()), (Some(number), &b""[..]));
        assert_only(folder.path(), &[]);
    }
}

/// A run that takes a while to write its output, and whether it was seen to do so.
#[cfg(unix)]
fn writing(mut command: Command, folder: &Path) -> (Child, bool) {
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(one_basket(18).as_bytes()).unwrap();
    loop {
        // The output is not there before the run, and the temporary file is not after it.
        let mut entries = fs::read_dir(folder).unwrap();
        if entries.any(|entry| entry.unwrap().file_name().to_string_lossy().ends_with(".tmp")) {
            return (child, true);
        }
        if child.try_wait().unwrap().is_some() {
            return (child, false);
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
#[cfg(unix)]
fn interrupted_run_leaves_no_file() {
    if [1, 2, 15].into_iter().any(is_ignored) {
        // Then none of them is handled.
        return eprintln!("NOT CHECKED: a signal that ends programs is ignored here");
    }
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("out.txt");
    for signal in ["-INT", "-TERM", "-HUP"] {
        // Where this test is held up, the run may be done before the signal comes.
        let interrupted = (0..50).any(|_| {
            let arguments = ["-", "--output", out.to_str().unwrap(), "--output-format", "jsonl"];
            let (child, seen) = writing(command(arguments), folder.path());
            if seen {
                kill(signal, &child);
            }
            let ran = Ran::of(child.wait_with_output().unwrap());
            assert_eq!(ran.stderr, "");
            if ran.status == Some(0) {
                assert_only(folder.path(), &["out.txt"]);
                fs::remove_file(&out).unwrap();
                return false;
            }
            assert_eq!(ran.status, Some(130));
            assert_only(folder.path(), &[]);
            true
        });
        assert!(interrupted, "{signal}");
    }
}

/// As under `nohup`.
#[test]
#[cfg(unix)]
fn ignored_signals_stay_ignored() {
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("out.txt");
    for signal in ["INT", "TERM", "HUP"] {
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("trap '' {signal}; exec \"$0\" - --output-format jsonl --output \"$1\"")]);
        shell.arg(command([""]).get_program()).arg(&out).stdout(Stdio::piped()).stderr(Stdio::piped());
        let (child, seen) = writing(shell, folder.path());
        if seen {
            kill(&format!("-{signal}"), &child);
        }
        assert_eq!(Ran::of(child.wait_with_output().unwrap()).text(), "", "{signal}");
        assert_only(folder.path(), &["out.txt"]);
        assert_eq!(fs::read_to_string(&out).unwrap().lines().count(), (1 << 18) - 1);
        fs::remove_file(&out).unwrap();
    }
}

#[test]
fn file_without_baskets_is_ok() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("empty.dat");
    for text in ["", "\n", " \r\n\n", "\u{feff}"] {
        fs::write(&file, text).unwrap();
        assert_eq!(mine([&file]).text(), "");
        let path = file.to_str().unwrap();
        assert_eq!(mine([path, "--rules"]).text(), "");
        assert_eq!(mine([path, "--count"]).text(), "0\n");
        assert_eq!(mine([path, "--output-format", "csv"]).text(), "items,count,support\n");
        let summary = mine([path, "--summary", "json"]).summary();
        assert_eq!((&summary["transactions"], &summary["min_count"]), (&0.into(), &1.into()));
    }
}
