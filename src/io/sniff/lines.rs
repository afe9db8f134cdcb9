//! What whole lines show: comments, quotes, JSON, and the delimiter.

use super::finding::Finding;
use super::proposal::{InputFormat, Proposal};
use super::sample::Line;
use crate::io::Delimiter;

/// What comments begin with in most languages.
const COMMENTS: [&str; 3] = ["#", "%", "//"];

/// Characters that separate fields in most files.
const DELIMITERS: [char; 4] = [',', ';', '\t', '|'];

/// Whether the lines look like JSON. If each is a value, it goes to the proposal.
pub(super) fn json(lines: &[Line<'_>], proposal: &mut Proposal) -> Option<Finding> {
    let begins = lines.first().map(|line| (line.text.trim(), line.number));
    if let Some((text, line)) = begins
        && lines.len() > 1
        && (matches!(text, "[" | "{") || text.starts_with("[{\""))
    {
        return Some(Finding::JsonLines { line });
    }
    let is_json = |line: &&Line<'_>| {
        let text = line.text.trim();
        let is_object = text.starts_with("{\"") && text.ends_with('}') && text.contains(':');
        is_object || (text.starts_with("[\"") && text.ends_with(']'))
    };
    let found = lines.iter().filter(is_json).count();
    let first = lines.iter().find(is_json)?;
    if found * 10 < lines.len() * 9 {
        return None;
    }
    proposal.format = InputFormat::JsonLines;
    Some(Finding::JsonLines { line: first.number })
}

/// The delimiter that the first line names, as `sep=;` does.
pub(super) fn delimiter_line(line: &Line<'_>) -> Option<Delimiter> {
    let text = line.text.trim_matches(['\u{feff}', '"', ' ']);
    let name = text.get(..4).filter(|name| name.eq_ignore_ascii_case("sep=")).map(|_| &text[4..])?;
    let delimiter = Delimiter::Char(name.parse().ok()?);
    delimiter.byte().ok().map(|_| delimiter)
}

/// Lines that look like comments.
pub(super) fn comments(lines: &[Line<'_>], proposal: &mut Proposal) -> Vec<Finding> {
    let mut found: Vec<(&str, u64, usize)> = Vec::new();
    for beginning in COMMENTS {
        if proposal.comment.is_some_and(|char| beginning.starts_with(char)) {
            continue;
        }
        let own: Vec<_> = lines.iter().filter(|line| line.text.trim_start().starts_with(beginning)).collect();
        // Items can begin so too, but then also others than the first ones.
        let is_inside = |line: &Line<'_>| {
            let text = line.text.trim_start();
            let is_remark = text.strip_prefix(beginning).is_some_and(|rest| rest.starts_with([' ', '\t']));
            let separators = [' ', ',', ';', '\t', '|', '"'];
            !is_remark && text.match_indices(beginning).any(|(at, _)| text[..at].ends_with(separators))
        };
        if let Some(first) = own.first()
            && own.len() * 2 <= lines.len()
            && !lines.iter().any(is_inside)
        {
            found.push((beginning, first.number, own.len()));
        }
    }
    found.sort_by_key(|&(_, _, lines)| std::cmp::Reverse(lines));
    for &(beginning, ..) in &found {
        let char = beginning.chars().next().filter(|&char| proposal.delimiter != Delimiter::Char(char));
        match proposal.comment {
            None if char.is_some() => proposal.comment = char,
            _ => proposal.other_comments.push(beginning.to_string()),
        }
    }
    let finding =
        |(beginning, line, lines): (&str, _, _)| Finding::Comments { beginning: beginning.into(), line, lines };
    found.into_iter().map(finding).collect()
}

/// Whether a line is a comment.
pub(super) fn is_comment(line: &Line<'_>, proposal: &Proposal) -> bool {
    let text = line.text.trim_start();
    proposal.comment.is_some_and(|char| text.starts_with(char))
        || proposal.other_comments.iter().any(|beginning| text.starts_with(beginning))
}

/// Lines that are in quotes as a whole, with a delimiter inside.
pub(super) fn quoted_lines(lines: &[Line<'_>]) -> Option<Finding> {
    let is_quoted = |line: &&Line<'_>| inside_quotes(line.text).is_some_and(|text| text.contains(DELIMITERS));
    let first = lines.iter().find(is_quoted)?;
    // A label may hold a delimiter, but not those of all lines.
    let is_whole = lines.iter().all(|line| is_quoted(&line) || !line.text.contains(DELIMITERS));
    let quoted = lines.iter().filter(is_quoted).count();
    (is_whole && lines.len() > 1 && quoted * 2 > lines.len())
        .then_some(Finding::QuotedLines { line: first.number, lines: quoted })
}

/// What is between the quotes around a line, if there are no others.
fn inside_quotes(line: &str) -> Option<&str> {
    let text = line.trim().strip_prefix('"')?.strip_suffix('"')?;
    (!text.replace("\"\"", "").contains('"')).then_some(text)
}

/// The lines without the quotes around them.
pub(super) fn unquoted(text: &str) -> String {
    let lines =
        text.split('\n').map(|line| inside_quotes(line).map_or(line.to_string(), |text| text.replace("\"\"", "\"")));
    lines.collect::<Vec<_>>().join("\n")
}

/// A delimiter that fits better than the one that was expected.
pub(super) fn delimiter(lines: &[Line<'_>], proposal: &mut Proposal) -> Option<Finding> {
    let expected = proposal.delimiter;
    let (found, having) = better_delimiter(lines, expected, proposal.format)?;
    proposal.delimiter = found;
    Some(Finding::Delimiter { found, lines: having, of: lines.len(), expected })
}

/// The delimiter, and how many lines have it.
fn better_delimiter(lines: &[Line<'_>], expected: Delimiter, format: InputFormat) -> Option<(Delimiter, usize)> {
    let counted = |char: char| -> Counted { Counted::of(lines, char) };
    let best = DELIMITERS
        .into_iter()
        .filter(|&char| expected != Delimiter::Char(char))
        .map(|char| (counted(char), char))
        .max_by_key(|(counted, _)| (counted.lines, counted.all))
        .filter(|(counted, _)| counted.lines > 0 && counted.lines * 2 >= lines.len());
    match expected {
        Delimiter::Char(own) => {
            let own = counted(own);
            if let Some((best, char)) = best {
                let is_better = own.lines * 10 <= best.lines || (best.is_same && !own.is_same && lines.len() > 1);
                return is_better.then_some((Delimiter::Char(char), best.lines));
            }
            // Labels may have spaces; whole numbers have none.
            let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
            let several = lines.iter().filter(|line| line.text.split_whitespace().nth(1).is_some()).count();
            let are_numbers = lines.iter().all(|line| line.text.split_whitespace().all(is_number));
            let fits = own.all == 0 && several > 1 && several * 2 >= lines.len() && are_numbers;
            let delimiter = if format == InputFormat::Basket { Delimiter::Whitespace } else { Delimiter::Char(' ') };
            (fits && expected != delimiter).then_some((delimiter, several))
        }
        Delimiter::Whitespace => {
            let (best, char) = best?;
            // Tabs are white space; they matter where fields have spaces that are no delimiters.
            let has_space =
                |field: &str| field.trim().contains(' ') && field.contains(|char: char| char.is_alphabetic());
            let splits = |line: &Line<'_>| line.text.trim().split(char).any(has_space);
            (char != '\t' || lines.iter().any(splits)).then_some((Delimiter::Char(char), best.lines))
        }
    }
}

/// How often a character occurs outside of quotes.
#[derive(Clone, Copy, Debug)]
struct Counted {
    /// The lines that have it.
    lines: usize,
    all: usize,
    /// Whether all lines have the same number of them, and that is not 0.
    is_same: bool,
}

impl Counted {
    fn of(lines: &[Line<'_>], char: char) -> Self {
        let counts = lines.iter().map(|line| {
            // At the ends of lines, tabs are white space.
            let text = if char == '\t' { line.text.trim() } else { line.text };
            let byte = u8::try_from(char).unwrap_or_default();
            let count = |text: &str| text.bytes().filter(|&next| next == byte).count();
            // What is between quotes is every other part.
            if text.contains('"') { text.split('"').step_by(2).map(count).sum() } else { count(text) }
        });
        let counts: Vec<usize> = counts.collect();
        let first = counts.first().copied().unwrap_or_default();
        Counted {
            lines: counts.iter().filter(|&&count| count > 0).count(),
            all: counts.iter().sum(),
            is_same: first > 0 && counts.iter().all(|&count| count == first),
        }
    }
}
