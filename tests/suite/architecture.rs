//! The order of the source: what a file may import, how long it may be, and that a folder says what it is for.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The rooms of the crate from the bottom to the top. A file imports from its own room and from those above it in this
/// list, never from those below.
const ROOMS: &[&str] = &[
    // What everything stands on.
    "limit",
    "error",
    "nearest",
    "stored_format",
    "text_enum",
    "pattern",
    "mix",
    "machine",
    "draws",
    // What controls a call, and its threads.
    "call",
    "threads",
    "run_options",
    "spill",
    // Baskets.
    "bitset",
    "dictionary",
    "transactions",
    // The search.
    "mine::query",
    "mine::report",
    "mine::output",
    "mine::parallel",
    "mine::database",
    "mine::columns",
    "mine::engines",
    "mine::targets",
    "mine::constrained",
    "mine::estimate",
    "mine::run",
    // Results, and what makes them.
    "constraints",
    "itemsets",
    "rules",
    "miner",
    "describe",
    "recommend",
    "window",
    "distributed",
    "owners",
    // The edges.
    "snapshot",
    "shape",
    "io",
    "report",
    "synth",
    // Declares and re-exports.
    "lib",
];

/// Imports that go the other way: `(room, imported room)`. This list may only become shorter.
const EXCEPTIONS: &[(&str, &str)] = &[];

/// The longest file, in lines without its `#[cfg(test)]` modules.
const MAX_LINES: usize = 500;

/// Longer files. Tables of data may stay; the others may only become shorter.
const LONG_FILES: &[(&str, usize)] = &[("rules/measures/table.rs", 710)];

/// The widest line, in characters.
const MAX_COLUMNS: usize = 120;

/// Whether comments, texts and unit tests keep to `MAX_COLUMNS` too; other code always does.
const EVERY_LINE: bool = false;

/// Files with wider lines: tables of data.
const WIDE_FILES: &[&str] = &["rules/measures/corners.rs"];

struct Source {
    /// From `src/`, with slashes.
    path: String,
    text: String,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root.clone()];
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let names: PathBuf = path.strip_prefix(&root).unwrap().into();
                let names: Vec<_> = names.iter().map(|name| name.to_str().unwrap()).collect();
                sources.push(Source { path: names.join("/"), text: fs::read_to_string(&path).unwrap() });
            }
        }
    }
    assert!(sources.len() > 50);
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    sources
}

/// Source in the form of rustfmt without the items that `#[cfg(test)]` marks.
fn without_tests(text: &str) -> String {
    let mut kept = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let code = line.trim_start();
        if code != "#[cfg(test)]" && !code.starts_with("#[cfg(all(test,") {
            kept.push_str(line);
            kept.push('\n');
            continue;
        }
        // The item ends on the line of its semicolon, or on its closing brace, which is indented like the attribute.
        let closing = format!("{}}}", &line[..line.len() - code.len()]);
        let item =
            lines.by_ref().find(|line| !line.trim_start().starts_with("#[")).expect("an item after #[cfg(test)]");
        if !item.ends_with(';') && !item.ends_with('}') {
            lines.by_ref().find(|&line| line == closing).expect("the end of an item");
        }
    }
    kept
}

fn without_comments(text: &str) -> String {
    let code = |line: &str| line.find("//").map_or(line.len(), |start| start);
    text.lines().flat_map(|line| [&line[..code(line)], "\n"]).collect()
}

/// The path of the module that a file defines.
fn module_of(path: &str) -> Vec<&str> {
    let mut names: Vec<&str> = path.strip_suffix(".rs").unwrap().split('/').collect();
    names.pop_if(|name| ["mod", "lib"].contains(name));
    names
}

/// Each path of a tree like `crate::a::{b, c::{d, e}}`.
fn flatten(tree: &str) -> Vec<String> {
    let Some(open) = tree.find('{') else { return vec![tree.trim().to_string()] };
    let (prefix, inside) = (&tree[..open], &tree[open + 1..tree.rfind('}').unwrap()]);
    let (mut depth, mut start, mut parts) = (0, 0, Vec::new());
    for (place, char) in inside.char_indices() {
        match char {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&inside[start..place]);
                start = place + 1;
            }
            _ => {}
        }
    }
    parts.push(&inside[start..]);
    let parts = parts.into_iter().map(str::trim).filter(|part| !part.is_empty());
    parts.flat_map(flatten).map(|path| format!("{}{path}", prefix.trim())).collect()
}

/// A path in the crate, from its root. Nothing for one of another crate, or of something in scope.
fn resolve(module: &[&str], path: &str) -> Option<Vec<String>> {
    let names: Vec<&str> = path.split("::").map(str::trim).collect();
    let up = names.iter().take_while(|&&name| name == "super").count();
    let (base, rest) = match names[0] {
        "crate" => (&module[..0], &names[1..]),
        "self" => (module, &names[1..]),
        "super" => (&module[..module.len() - up], &names[up..]),
        _ => return None,
    };
    Some(base.iter().chain(rest).map(|name| name.to_string()).collect())
}

/// The paths in the crate that a file takes names from: those of its `use` lines, and those written out in its code.
fn imports(source: &Source) -> BTreeSet<Vec<String>> {
    let code = without_comments(&without_tests(&source.text));
    let module = module_of(&source.path);
    let mut found = BTreeSet::new();
    let mut outside = String::new();
    let mut lines = code.lines();
    // A module that is written in the file ends on the next brace in the first column.
    while let Some(line) = lines.next() {
        match line.trim_start_matches("pub ").strip_prefix("mod ").and_then(|rest| rest.strip_suffix(" {")) {
            Some(name) => {
                let inside: Vec<&str> = lines.by_ref().take_while(|&line| line != "}").collect();
                found.extend(imports_of(&inside.join("\n"), &[&module[..], &[name]].concat()));
            }
            None => outside.extend([line, "\n"]),
        }
    }
    found.extend(imports_of(&outside, &module));
    found
}

fn imports_of(code: &str, module: &[&str]) -> Vec<Vec<String>> {
    let mut paths = Vec::new();
    for (place, _) in code.match_indices("use ") {
        let before = code[..place].trim_end_matches(' ');
        if before.is_empty() || before.ends_with(['\n', ')']) || before.ends_with("pub") {
            let tree = code[place + 4..].split_once(';').unwrap().0;
            paths.extend(flatten(&tree.split_whitespace().collect::<Vec<_>>().join(" ")));
        }
    }
    for start in ["crate::", "super::"] {
        for (place, _) in code.match_indices(start) {
            let before = &code[..place];
            let inside = before.ends_with(|char: char| char == ':' || char == '_' || char.is_alphanumeric());
            if !inside && !before.ends_with("in ") {
                let end = |char: char| char != ':' && char != '_' && !char.is_alphanumeric();
                let path = code[place..].split(end).next().unwrap();
                // Before the braces of a tree it ends with the colons.
                paths.extend((!path.ends_with("::")).then(|| path.to_string()));
            }
        }
    }
    paths.iter().filter_map(|path| resolve(module, path)).collect()
}

/// The room of a path: its first name, and below `mine` its second.
fn room_of<S: AsRef<str>>(path: &[S]) -> String {
    match path.iter().map(AsRef::as_ref).collect::<Vec<_>>()[..] {
        [] => "lib".to_string(),
        ["mine", room, ..] => format!("mine::{room}"),
        [room, ..] => room.to_string(),
    }
}

/// `mine/mod.rs` declares the rooms below it, and nothing else.
fn is_declaration(path: &str) -> bool {
    path == "mine/mod.rs"
}

#[test]
fn imports_never_run_upwards() {
    let height: BTreeMap<&str, usize> = ROOMS.iter().zip(0..).map(|(&room, height)| (room, height)).collect();
    assert_eq!(height.len(), ROOMS.len(), "a room is named twice");
    // What `lib.rs` re-exports has no room: it is named by the file that defines it.
    let height_of = |room: &str| height.get(room).copied().unwrap_or(usize::MAX);
    let (mut upwards, mut exceptions) = (Vec::new(), BTreeSet::new());
    let mut seen = 0;
    for source in sources() {
        let imports = imports(&source);
        if source.path.ends_with("tests.rs") {
            continue;
        }
        if is_declaration(&source.path) {
            assert!(imports.is_empty(), "{} should only declare its rooms", source.path);
            continue;
        }
        let room = room_of(&module_of(&source.path));
        let own = height_of(&room);
        assert!(own < usize::MAX, "{} is in the room `{room}`, which has no place in ROOMS", source.path);
        for import in imports {
            let imported = room_of(&import);
            seen += 1;
            if height_of(&imported) <= own {
                continue;
            }
            match EXCEPTIONS.iter().find(|&&(from, to)| (from, to) == (&room[..], &imported[..])) {
                Some(exception) => drop(exceptions.insert(exception)),
                None => upwards.push(format!("src/{} imports {}", source.path, import.join("::"))),
            }
        }
    }
    assert!(seen > 500, "only {seen} imports were found");
    assert!(
        upwards.is_empty(),
        "imports run upwards, or do not name the file that defines a thing; move what both need below both:\n{}",
        upwards.join("\n")
    );
    let unused: Vec<_> = EXCEPTIONS.iter().filter(|&exception| !exceptions.contains(exception)).collect();
    assert!(unused.is_empty(), "no longer needed in EXCEPTIONS: {unused:?}");
}

#[test]
fn reader_of_imports_finds_them_all() {
    let text = "use crate::{a::B, c::{self, D as E}};\nuse super::f::G;\npub(crate) use self::h;\nuse std::fmt;\n\
                // use crate::comment;\npub(in crate::mine) fn f() { crate::i::j(); super::super::k() }\n\
                mod inner {\n    use super::outer;\n}\n#[cfg(test)]\nmod tests {\n    use crate::in_tests;\n}\n#[cfg(test)]\nuse crate::for_tests;\n";
    let source = Source { path: "mine/run.rs".to_string(), text: text.to_string() };
    let found: Vec<String> = imports(&source).iter().map(|path| path.join("::")).collect();
    assert_eq!(found, ["a::B", "c::D as E", "c::self", "i::j", "k", "mine::f::G", "mine::run::h", "mine::run::outer"]);
}

#[test]
fn files_are_short() {
    let lines = |source: &Source| without_tests(&source.text).lines().count();
    let long: Vec<(String, usize)> = sources()
        .iter()
        .filter(|source| !source.path.ends_with("tests.rs") && lines(source) > MAX_LINES)
        .map(|source| (source.path.clone(), lines(source)))
        .collect();
    let allowed: BTreeMap<&str, usize> = LONG_FILES.iter().copied().collect();
    for (path, lines) in &long {
        let limit = allowed.get(&path[..]).copied().unwrap_or(MAX_LINES);
        assert!(*lines <= limit, "src/{path} has {lines} lines, more than {limit}: split it by what its parts are for");
    }
    for path in allowed.keys() {
        assert!(long.iter().any(|(long, _)| long == path), "{path} is short: take it off LONG_FILES");
    }
}

#[test]
fn lines_are_narrow() {
    let mut wide = Vec::new();
    for source in sources() {
        let is_wide = |line: &&str| line.chars().count() > MAX_COLUMNS;
        let code = without_tests(&source.text);
        let code = code.lines().filter(|line| !line.trim_start().starts_with("//") && !line.contains('"'));
        let found: Vec<&str> = match EVERY_LINE {
            true => source.text.lines().filter(is_wide).collect(),
            false if source.path.ends_with("tests.rs") => Vec::new(),
            false => code.filter(is_wide).collect(),
        };
        if WIDE_FILES.contains(&&source.path[..]) {
            assert!(!found.is_empty(), "{} is narrow: take it off WIDE_FILES", source.path);
            continue;
        }
        wide.extend(found.into_iter().map(|line| format!("src/{}: {}", source.path, line.trim())));
    }
    assert!(wide.is_empty(), "wider than {MAX_COLUMNS} columns:\n{}", wide.join("\n"));
}

#[test]
fn folders_open_with_a_paragraph() {
    for source in sources().iter().filter(|source| source.path.ends_with("mod.rs") || source.path == "lib.rs") {
        assert!(source.text.starts_with("//! "), "src/{} should open with what its folder is for", source.path);
    }
}
