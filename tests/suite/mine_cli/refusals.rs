//! Invalid options and unusable files: one clear line of error, the right status, and no file left behind.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::program::{Ran, command, mine, mine_text};

/// A folder with a small file of baskets in it, and its path.
fn baskets() -> (TempDir, String) {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("baskets.dat");
    fs::write(&file, "beer diapers\nbeer diapers chips\nwipes\n").unwrap();
    (folder, file.to_str().unwrap().to_string())
}

#[test]
fn invalid_thresholds_are_refused() {
    let (_folder, file) = baskets();
    for value in ["0", "-1", "1.5", "NaN", "-0.0", "inf", "-inf", "", "x", "0.1 ", "1e-400", "20%", "--x"] {
        mine([&file, "--min-support", value])
            .refused(2, &["--min-support", value, "above 0 and up to 1", "--min-count"]);
        mine([&file, &format!("--min-support={value}")]).refused(2, &["--min-support"]);
    }
    for value in ["0", "-1", "1.5", "NaN", "", "x", "99999999999999999999"] {
        mine([&file, "--min-count", value]).refused(2, &["--min-count", value, "at least 1", "--min-support"]);
    }
    for value in ["-1", "-0.1", "1.5", "NaN", "x"] {
        mine([&file, "--rules", "--min-confidence", value]).refused(2, &["--min-confidence", value, "from 0 to 1"]);
    }
    for (option, value) in [("--min-len", "2"), ("--target", "closed"), ("--top-k", "3"), ("--exclude", "a")] {
        mine([&file, "--estimate", option, value]).refused(2, &["--estimate", option]);
    }
    for option in ["--max-itemsets", "--max-memory", "--suggest"] {
        for value in ["-1", "1.5", "x"] {
            mine([&file, option, value]).refused(2, &[option, value, "at least 0"]);
        }
    }
    for value in ["-1", "NaN", "inf", "x", "1e40"] {
        mine([&file, "--time-limit", value]).refused(2, &["--time-limit", value, "at least 0"]);
    }
    mine([&file, "--time-limit", "0"]).refused(1, &["--time-limit 0 was reached while "]);
    for option in ["--threads", "--min-len", "--max-len"] {
        for value in ["0", "-1", "1.5", "x"] {
            mine([&file, option, value]).refused(2, &[option, value, "at least 1"]);
        }
    }
    for (option, next) in [("--min-support", "--rules"), ("--min-len", "--max-len"), ("--delimiter", "--help")] {
        mine([&file, option, next, "2"]).refused(2, &[&format!("{option} needs a value"), next]);
        mine([&file, option, &format!("{next}=2")]).refused(2, &[&format!("{option} needs a value"), next]);
    }
    mine([&file, "--min-support", "0.1", "--min-count", "2"]).refused(2, &["--min-support", "--min-count"]);
}

#[test]
#[cfg(unix)]
fn values_that_are_not_utf8_are_refused() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let (_folder, file) = baskets();
    let file = OsStr::new(&file);
    for (option, words) in [
        ("--format", "basket"),
        ("--format", "one-hot"),
        ("--encoding", "latin-1"),
        ("--delimiter", "whitespace"),
        ("--min-support", "above 0 and up to 1"),
        ("--min-count", "at least 1"),
        ("--algorithm", "fp-growth"),
        ("--target", "all"),
        ("--min-len", "at least 1"),
        ("--max-len", "at least 1"),
        ("--min-confidence", "from 0 to 1"),
        ("--consequents", "any"),
        ("--threads", "at least 1"),
        ("--output-format", "jsonl"),
        ("--summary", "json"),
    ] {
        mine([file, OsStr::new(option), OsStr::from_bytes(b"1\xff")]).refused(2, &[option, "1\u{fffd}", words]);
        let joined = [option.as_bytes(), b"=\xff"].concat();
        mine([OsStr::from_bytes(b"\xfe"), OsStr::from_bytes(&joined)]).refused(2, &[option, "\u{fffd}", words]);
    }
}

#[test]
fn invalid_options_are_refused() {
    let (folder, file) = baskets();
    let missing: [&str; 0] = [];
    mine(missing).refused(2, &["FILE"]);
    mine([&file, &file]).refused(2, &[&file]);
    mine([&file, "--bogus"]).refused(2, &["--bogus"]);
    mine([&file, "-x"]).refused(2, &["-x"]);
    for option in ["--limit", "--maximum"] {
        mine([&file, option, "3"]).refused(2, &[option]);
    }
    mine([&file, "--min-support"]).refused(2, &["--min-support"]);
    mine([&file, "--algorithm", "magic"]).refused(2, &["--algorithm", "magic", "fp-growth", "eclat"]);
    mine([&file, "--format", "xml"]).refused(2, &["--format", "xml", "basket"]);
    if !cfg!(feature = "parquet") {
        for (option, format) in [("--format", "parquet"), ("--output-format", "parquet")] {
            mine([&file, option, format]).refused(2, &["build mine with --features parquet"]);
        }
        mine(["sales.parquet"]).refused(2, &["build mine with --features parquet"]);
    }
    mine([&file, "--target", "open"]).refused(2, &["--target", "open", "closed", "generators"]);
    mine([&file, "--target", "closed", "--rules"]).refused(2, &["--target", "--rules"]);
    mine([&file, "--consequents", "two", "--rules"]).refused(2, &["--consequents", "two", "any"]);
    mine([&file, "--output-format", "xml"]).refused(2, &["--output-format", "xml", "jsonl"]);
    for option in [&["--rules"][..], &["--count"], &["--min-count", "2"], &["--target", "closed"], &["--stream"]] {
        mine([&[&file, "--describe"], option].concat()).refused(2, &["--describe", option[0]]);
    }
    mine([&file, "--describe", "--output-format", "csv"]).refused(2, &["--describe", "text or jsonl"]);
    mine([&file, "--output-format", "pmml", "--stream"]).refused(2, &["PMML", "--stream", "csv"]);
    mine([&file, "--output-format", "pmml", "--rules", "--measures", "lift"])
        .refused(2, &["--measures", "csv", "jsonl"]);
    mine([&file, "--summary", "text"]).refused(2, &["--summary", "json"]);
    mine([&file, "--min-confidence", "0.5"]).refused(2, &["--min-confidence", "--rules"]);
    mine([&file, "--consequents", "any"]).refused(2, &["--consequents", "--rules"]);
    mine([&file, "--measures", "lift"]).refused(2, &["--measures", "--rules"]);
    mine([&file, "--rules", "--measures", "lift"]).refused(2, &["--measures", "csv", "jsonl"]);
    for (list, what) in [("lift,magic", "magic"), ("", "a list of: support"), ("lift,lift", "twice"), ("-1", "-1")] {
        mine([&file, "--rules", "--output-format", "csv", "--measures", list]).refused(2, &["--measures", what]);
    }
    for (option, value) in [
        ("--where", "lift>=1"),
        ("--non-redundant", "0.1"),
        ("--significant", "0.05"),
        ("--holdout", "0.5"),
        ("--seed", "2"),
        ("--antecedent", "beer"),
        ("--consequent", "beer"),
        ("--max-antecedent-len", "2"),
        ("--max-consequent-len", "2"),
    ] {
        mine([&file, option, value]).refused(2, &[option, "--rules"]);
    }
    for condition in ["lift", "lift>1", "magic>=1", "lift>=x", "lift<=NaN", ">=1", "", "-1"] {
        mine([&file, "--rules", "--where", condition]).refused(2, &["--where", condition]);
    }
    for (option, values) in [
        ("--significant", ["0", "1", "-0.1"]),
        ("--holdout", ["0", "1", "x"]),
        ("--seed", ["-1", "0.5", "x"]),
        ("--non-redundant", ["-0.1", "2", "x"]),
        ("--top-k", ["0", "-1", "x"]),
        ("--correction", ["fdr", "", "Holm"]),
    ] {
        for value in values {
            mine([&file, "--rules", option, value]).refused(2, &[option, value]);
        }
    }
    mine([&file, "--rules", "--correction", "holm"]).refused(2, &["--correction", "--significant", "--holdout"]);
    mine([&file, "--productive"]).refused(2, &["--productive", "--rules"]);
    mine([&file, "--empty-antecedent"]).refused(2, &["--empty-antecedent", "--rules"]);
    mine([&file, "--rules", "--productive", "--holdout", "0.5"]).refused(2, &["--productive", "--holdout"]);
    mine([&file, "--rules", "--max-consequent-len", "2", "--consequents", "any"])
        .refused(2, &["--max-consequent-len", "--consequents"]);
    mine([&file, "--rules", "--seed", "2"]).refused(2, &["--seed", "--holdout"]);
    mine([&file, "--rules", "--by", "lift"]).refused(2, &["--top-k"]);
    mine([&file, "--rules", "--top-k", "3", "--by", "magic"]).refused(2, &["--by", "magic", "lift", "improvement"]);
    mine([&file, "--top-k", "3", "--by", "lift"]).refused(2, &["--by", "--rules"]);
    mine([&file, "--top-k", "3", "--min-count", "2"]).refused(2, &["--top-k", "instead of a threshold", "--min-count"]);
    mine([&file, "--top-k", "3", "--algorithm", "apriori"]).refused(2, &["algorithm", "eclat"]);
    for (option, value) in [("--exclude", "beer"), ("--must-contain", "beer"), ("--top-k", "3")] {
        mine([&file, option, value, "--allow-partial"]).refused(2, &[option, "--allow-partial"]);
        mine([&file, option, value, "--stream"]).refused(2, &[option, "--stream"]);
        mine([&file, option, value, "--suggest", "3"]).refused(2, &[option, "--suggest"]);
    }
    for (option, value) in [("--target", "closed"), ("--min-len", "2"), ("--max-itemsets", "2"), ("--max-memory", "2")]
    {
        mine([&file, "--suggest", "3", option, value]).refused(2, &["--suggest", option]);
    }
    mine([&file, "--suggest", "3", "--allow-partial"]).refused(2, &["--suggest", "--allow-partial"]);
    for option in ["--exclude", "--must-contain"] {
        mine([&file, option]).refused(2, &[option]);
    }
    mine([&file, "--rules", "--where", "--quiet"]).refused(2, &["--where needs a value", "--quiet"]);
    mine([&file, "--count", "--output", "x"]).refused(2, &["--count", "--output"]);
    for delimiter in ["", "ab", "\"", "x", "7", "\n", "\u{a7}"] {
        mine([&file, "--delimiter", delimiter]).refused(2, &["--delimiter", "whitespace", "tab"]);
    }
    for char in ["", "##", "\"", " ", "\t", "\n", "\u{a7}"] {
        mine([&file, "--comment", char]).refused(2, &["--comment", "one ASCII character"]);
    }
    mine([&file, "--comment", "--quiet"]).refused(2, &["--comment needs a value", "--quiet"]);
    mine([&file, "--comment", ";", "--delimiter", ";"]).refused(2, &["--comment", "delimiter", ";"]);
    mine(["missing.csv", "--comment", ","]).refused(2, &["--comment", "delimiter", ","]);
    mine([&file, "--trim", "all"]).refused(2, &["--trim", "all", "ascii, unicode or none"]);
    assert_only(folder.path(), &["baskets.dat"]);
}

#[test]
fn wrong_weights_are_named() {
    let (_folder, file) = baskets();
    mine([&file, "--weight-last"]).refused(1, &["baskets.dat: line 1", "\"diapers\"", "whole number"]);
    mine_text("a 1\n# x\nb -1\n", ["--weight-last", "--comment", "#"]).refused(1, &["line 3", "\"-1\""]);
    mine_text("a,1\nb,\n", ["--weight-last", "--delimiter", ","]).refused(1, &["line 2", "missing"]);
    mine_text("a 4294967296\n", ["--weight-last"]).refused(1, &["line 1", "0 to 4294967295"]);
    // Together they may be more.
    let text = mine_text("a 4294967295\na 1\n", ["--weight-last"]).text();
    assert_eq!(text, "a (4294967296)\n");
}

#[test]
#[cfg(not(feature = "rayon"))]
fn threads_need_the_rayon_feature() {
    let (_folder, file) = baskets();
    mine([&file, "--threads", "2"]).refused(2, &["threads", "`rayon`"]);
}

#[test]
fn help_names_only_what_is_built() {
    let help = mine(["--help"]).text();
    for option in [
        "--format",
        "--delimiter",
        "--min-support",
        "--min-count",
        "--algorithm",
        "--target",
        "generators",
        "--min-len",
    ] {
        assert!(help.contains(option), "{option}");
    }
    for option in ["--max-len", "--rules", "--min-confidence", "--consequents", "--threads", "--count", "--output"] {
        assert!(help.contains(option), "{option}");
    }
    for option in ["--measures", "--where", "--top-k", "--by", "--non-redundant", "--significant", "--correction"] {
        assert!(help.contains(option), "{option}");
    }
    for option in ["--trim", "--case-fold", "--comment", "--weight-last"] {
        assert!(help.contains(option), "{option}");
    }
    for option in ["--holdout", "--seed", "--antecedent", "--consequent ", "--exclude", "--must-contain"] {
        assert!(help.contains(option), "{option}");
    }
    for option in ["--max-itemsets", "--max-memory", "--allow-partial", "--time-limit", "--suggest"] {
        assert!(help.contains(option), "{option}");
    }
    for option in ["--basket-columns", "--item-column", "--quantity-column", "--keep-returns", "--exclude-basket"] {
        assert!(help.contains(option), "{option}");
    }
    for option in ["--header", "--no-header", "--id-column", "--weight-column", "--sparse", "--true-word"] {
        assert!(help.contains(option), "{option}");
    }
    for option in ["--not-items", "--null", "--encoding", "--lenient", "one-hot", "attributes"] {
        assert!(help.contains(option), "{option}");
    }
    assert!(help.contains("parquet"));
}

#[test]
fn unusable_inputs_are_refused() {
    let (folder, _) = baskets();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_string();
    mine([path("missing.dat")]).refused(1, &["missing.dat", "No such file"]);
    mine([folder.path()]).refused(1, &[folder.path().to_str().unwrap(), "directory"]);
    mine([path("two\nlines.dat")]).refused(1, &["two\\nlines.dat"]);

    fs::write(path("bad.dat"), b"beer\r\n\r\nbeer \xff\n").unwrap();
    mine([path("bad.dat")]).refused(1, &["bad.dat", "line 3", "0xff", "UTF-8"]);
    fs::write(path("quote.csv"), "beer\n\"wine\nchips\n").unwrap();
    mine([path("quote.csv")]).refused(1, &["quote.csv", "line 2", "quote"]);
    mine_text("beer\n\"wine\"x\n", ["--delimiter", ","]).refused(1, &["standard input", "line 2", "quote"]);
}

#[test]
fn inputs_that_are_no_text_are_named() {
    let (folder, _) = baskets();
    let utf_16: String = "beer,wine\nbeer,wine\n".chars().flat_map(|char| [char, '\0']).collect();
    for (name, bytes, words) in [
        ("utf16.csv", utf_16.as_bytes(), ["UTF-16", "save it as UTF-8"]),
        ("mark.dat", b"\xff\xfe1\0\n\0", ["UTF-16", "save it as UTF-8"]),
        (
            "baskets.dat.gz",
            b"\x1f\x8b\x08\0\0\0\0\0\0\x03",
            ["gzip", if cfg!(feature = "gzip") { "too early" } else { "gzip -dc" }],
        ),
        ("sales.xlsx", b"PK\x03\x04\x14\0\x06\0", [".xlsx", "CSV"]),
        ("sales.dat", b"PAR1\x15\x04\x15", ["Parquet", "--format parquet"]),
    ] {
        let file = folder.path().join(name);
        fs::write(&file, bytes).unwrap();
        mine([&file]).refused(1, &[name, "line 1", words[0], words[1]]);
    }
    mine_text(&utf_16, ["--delimiter", ","]).refused(1, &["standard input", "line 1", "UTF-16"]);
    let far = "1 2\n".repeat(500) + "1 \0\n";
    mine_text(&far, []).refused(1, &["standard input", "line 501", "NUL"]);
}

#[test]
fn random_bytes_never_panic() {
    let (folder, _) = baskets();
    let file = folder.path().join("random.dat");
    let mut state = 1u64;
    let bytes: Vec<u8> = std::iter::repeat_with(|| {
        // Numerical Recipes' generator; the upper bits are random enough.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    })
    .take(1 << 20)
    .collect();
    fs::write(&file, bytes).unwrap();
    for delimiter in ["whitespace", "tab", ",", ";"] {
        let ran = mine([
            file.to_str().unwrap(),
            "--delimiter",
            delimiter,
            "--output",
            folder.path().join("out").to_str().unwrap(),
        ]);
        ran.refused(1, &["random.dat", "line "]);
    }
    assert_only(folder.path(), &["baskets.dat", "random.dat"]);
}

#[test]
fn unusable_outputs_are_refused() {
    let (folder, file) = baskets();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_string();
    mine([&file, "--output", &path("missing/out")]).refused(1, &["missing/out", "No such file"]);
    mine([&file, "--output", &path("baskets.dat/out")]).refused(1, &["baskets.dat/out", "ot a directory"]);
    mine([&file, "--output", folder.path().to_str().unwrap()]).refused(1, &["directory"]);
    mine([&file, "--output", ""]).refused(2, &["--output"]);
    // A folder that is none yet.
    mine([&file, "--output", &path("new/")]).refused(1, &["new/", "directory"]);
    mine([&file, "--output", &path("new/.")]).refused(1, &["new/.", "directory"]);
    // The output is checked first, so that nobody waits for a result that cannot be written.
    mine([&path("missing.dat"), "--output", &path("missing/out")]).refused(1, &["missing/out", "No such file"]);
    assert_only(folder.path(), &["baskets.dat"]);
}

#[test]
#[cfg(target_os = "linux")]
fn closed_standard_output_is_an_error() {
    let (_folder, file) = baskets();
    for name in ["/dev/fd/987", "/proc/self/fd/987"] {
        mine([&file, "--output", name]).refused(1, &[name, "No such file"]);
    }
}

#[test]
#[cfg(target_os = "linux")]
fn full_device_is_an_error() {
    let (_folder, file) = baskets();
    mine([&file, "--output", "/dev/full"]).refused(1, &["/dev/full", "No space left"]);
    for arguments in [&[file.as_str()][..], &[&file, "--output", "/dev/stdout"], &["--help"]] {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = command(arguments).stdout(full).output().unwrap();
        Ran::of(output).refused(1, &["No space left"]);
    }
}

/// That a folder holds these files and no others.
#[track_caller]
pub(crate) fn assert_only(folder: &Path, expected: &[&str]) {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names, expected);
}
