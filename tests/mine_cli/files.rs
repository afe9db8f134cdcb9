//! Where patterns go: files that appear whole or not at all, devices, pipes.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;

use tempfile::TempDir;

use crate::program::{Ran, command, mine, mine_text};
use crate::refusals::assert_only;

/// One basket of `items` items: at count 1 it has 2^items - 1 frequent itemsets.
fn one_basket(items: usize) -> String {
    (0..items).map(|item| format!("{item} ")).collect()
}

#[test]
fn an_output_file_holds_what_standard_output_would() {
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
fn a_failed_run_leaves_the_file_as_it_was() {
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
fn links_and_rights_are_kept() {
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
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let child = command([file.to_str().unwrap(), "--output", pipe.to_str().unwrap()]).spawn().unwrap();
    assert_eq!(fs::read_to_string(&pipe).unwrap(), "a (1)\n");
    assert_eq!(Ran::of(child.wait_with_output().unwrap()).status, Some(0));
    assert_only(folder.path(), &["baskets.dat", "log.txt", "pipe"]);
}

/// As in `mine … | head -1`.
#[test]
fn a_closed_pipe_ends_the_run_quietly() {
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
}

#[test]
#[cfg(unix)]
fn an_interrupted_run_leaves_nothing_behind() {
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("out.txt");
    for signal in ["-INT", "-TERM"] {
        let mut child = command(["-", "--output", out.to_str().unwrap()]).stdin(Stdio::piped()).spawn().unwrap();
        // It waits for its input, which stays open, with the temporary file open.
        let stdin = child.stdin.take();
        let started = std::time::Instant::now();
        while fs::read_dir(folder.path()).unwrap().next().is_none() {
            assert!(started.elapsed().as_secs() < 60, "no temporary file");
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        let kill = std::process::Command::new("kill").arg(signal).arg(child.id().to_string()).status().unwrap();
        assert!(kill.success());
        assert_eq!(child.wait().unwrap().code(), Some(130));
        drop(stdin);
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert_eq!(said, "");
        assert_only(folder.path(), &[]);
    }
}

#[test]
fn a_file_without_baskets_is_an_answer() {
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
