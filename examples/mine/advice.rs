//! Whether the file looks like what the options say, and what to type if it does not.

use std::env;
use std::path::Path;

use clap::CommandFactory;
use itemset::io::{Column, InputFormat, Proposal, Sniffed, Sniffer, Trim};

use crate::arguments::{Arguments, Format, Reading, default_delimiter};
use crate::json_paths;

/// What the file looks like, if that is not what the options say. Nothing of what cannot be read twice.
pub(crate) fn advice(reading: &Reading) -> Option<String> {
    differences(reading).map(|sniffed| text(reading, &sniffed))
}

/// The same if the file looks like JSON lines, and is not read as such.
pub(crate) fn advice_on_json(reading: &Reading) -> Option<String> {
    let sniffed = differences(reading).filter(|_| reading.format() != Format::Jsonl)?;
    let is_json = sniffed.proposal().is_some_and(|proposal| proposal.format() == InputFormat::JsonLines);
    is_json.then(|| text(reading, &sniffed))
}

/// What was found, if anything was.
fn differences(reading: &Reading) -> Option<Sniffed> {
    if reading.reads_standard_input()
        || reading.is_parquet()
        || !reading.file.metadata().is_ok_and(|metadata| metadata.is_file())
    {
        return None;
    }
    // What cannot be read, the reader tells.
    let sniffed = sniffer(reading).sniff(reading.file.as_path()).ok()?;
    (!sniffed.findings().is_empty()).then_some(sniffed)
}

fn sniffer(reading: &Reading) -> Sniffer {
    let format = match reading.format() {
        // Of Parquet there is no advice.
        Format::Basket | Format::Parquet => InputFormat::Basket,
        Format::Long => InputFormat::Long,
        Format::OneHot if reading.sparse => InputFormat::Sparse,
        Format::OneHot => InputFormat::OneHot,
        Format::Attributes => InputFormat::Attributes,
        Format::Jsonl => InputFormat::JsonLines,
    };
    let not_items = reading.not_items.iter().chain(&reading.id_column).chain(&reading.weight_column);
    let sniffer = Sniffer::new(format).options(reading.options()).not_items(not_items.cloned());
    match &reading.item_column {
        Some(column) => sniffer.item_column(column.clone()),
        None => sniffer,
    }
}

fn text(reading: &Reading, sniffed: &Sniffed) -> String {
    // A name may hold anything.
    let escaped = |char: char| if char.is_control() { char.escape_default().to_string() } else { char.to_string() };
    let name: String = reading.input_name().chars().map(escaped).collect();
    let mut text = format!("{name} does not look like what the options say:");
    for finding in sniffed.findings() {
        text += &format!("\n  {finding}");
    }
    match sniffed.proposal().map(|proposal| command(reading, proposal)) {
        Some(Some(command)) => {
            text += &format!("\nTo read it as it looks (--quiet if it is right as it is):\n  {command}")
        }
        Some(None) => text += "\nRead it with --format jsonl and the paths of its items (--quiet hides this)",
        None => text += "\nNo option changes that (--quiet hides this)",
    }
    text
}

/// Options that a proposal replaces.
const REPLACED: [&str; 15] = [
    "format",
    "delimiter",
    "header",
    "no-header",
    "basket-columns",
    "item-column",
    "quantity-column",
    "exclude-basket",
    "id-column",
    "sparse",
    "not-items",
    "null",
    "comment",
    "trim",
    "case-fold",
];

/// Options of some formats alone, which are kept if the format is.
const OF_FORMATS: [&str; 4] = ["keep-returns", "weight-column", "weight-last", "true-word"];

/// The command that reads the file as it was proposed, with all other options as they are. None for JSON in which the
/// items were not found.
fn command(reading: &Reading, proposal: &Proposal) -> Option<String> {
    let format = match proposal.format() {
        InputFormat::Basket => Format::Basket,
        InputFormat::Long => Format::Long,
        InputFormat::OneHot | InputFormat::Sparse => Format::OneHot,
        InputFormat::Attributes => Format::Attributes,
        InputFormat::JsonLines => return json_command(reading),
        _ => return None,
    };
    let filter = filter(&reading.file, proposal);
    let extension = if filter.is_none() { reading.extension() } else { None };
    let file = file_word(&reading.file);
    let mut words = vec!["mine".to_string(), if filter.is_none() { file } else { "-".to_string() }];
    let mut option = |name: &str, value: &str| words.extend([name.to_string(), value.to_string()]);
    if format != Format::Basket {
        option("--format", format.name());
    }
    if proposal.delimiter() != default_delimiter(extension, format) {
        option("--delimiter", &proposal.delimiter().to_string());
    }
    if format == Format::Long {
        // Those that were chosen, if no others were found.
        let keys = Some(proposal.basket_columns()).filter(|keys| !keys.is_empty()).unwrap_or(&reading.basket_columns);
        option("--basket-columns", &list(keys));
    }
    let is_long = reading.format() == Format::Long;
    let quantity = proposal.quantity_column().or(reading.quantity_column.as_ref().filter(|_| is_long));
    let pattern = proposal.exclude_baskets().or(reading.exclude_basket.as_ref().filter(|_| is_long));
    let id = proposal.id_column().or(reading.id_column.as_ref().filter(|_| format == Format::Basket));
    for (name, column) in [
        ("--item-column", proposal.item_column().map(Column::to_string)),
        ("--quantity-column", quantity.map(Column::to_string)),
        ("--exclude-basket", pattern.map(ToString::to_string)),
        ("--id-column", id.map(Column::to_string)),
    ] {
        if let Some(column) = column {
            option(name, &column);
        }
    }
    let not_items = match reading.format() == format {
        true if !reading.not_items.is_empty() => &reading.not_items,
        _ => proposal.not_items(),
    };
    if matches!(format, Format::OneHot | Format::Attributes) && !not_items.is_empty() {
        option("--not-items", &list(not_items));
    }
    proposal.nulls().iter().for_each(|word| option("--null", word));
    if let Some(char) = proposal.comment() {
        option("--comment", &char.to_string());
    }
    if proposal.trim() != Trim::Ascii {
        option("--trim", &proposal.trim().to_string());
    }
    let has_header = matches!(format, Format::Long | Format::Attributes)
        || (format == Format::OneHot && proposal.format() != InputFormat::Sparse);
    for (flag, is_given) in [
        ("--sparse", proposal.format() == InputFormat::Sparse),
        ("--header", proposal.header() && !has_header),
        ("--no-header", !proposal.header() && has_header),
        ("--case-fold", proposal.case_fold()),
    ] {
        if is_given {
            words.push(flag.to_string());
        }
    }
    words.extend(other_options(&reading.file, reading.format() == format));
    let command: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    Some(filter.unwrap_or_default() + &command.join(" "))
}

/// The command that reads JSON lines, if it can be seen where the items are.
fn json_command(reading: &Reading) -> Option<String> {
    let mut words = ["mine", &file_word(&reading.file), "--format", Format::Jsonl.name()].map(str::to_string).to_vec();
    words.extend(json_paths::options(&reading.file)?);
    words.extend(other_options(&reading.file, reading.format() == Format::Jsonl));
    Some(words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" "))
}

/// The file's name where it cannot be taken for an option.
fn file_word(file: &Path) -> String {
    let name = file.to_string_lossy();
    if name.starts_with('-') { format!("./{name}") } else { name.into_owned() }
}

fn list(columns: &[Column]) -> String {
    columns.iter().map(Column::to_string).collect::<Vec<_>>().join(",")
}

/// The commands that prepare a file as no option does, if there is something to prepare.
fn filter(file: &Path, proposal: &Proposal) -> Option<String> {
    let file = quoted(&file_word(file));
    let mut steps = Vec::new();
    if proposal.lines_to_skip() > 0 {
        steps.push(format!("tail -n +{}", proposal.lines_to_skip() + 1));
    }
    if !proposal.other_comments().is_empty() {
        let pattern = format!("^[[:space:]]*({})", proposal.other_comments().join("|"));
        steps.push(format!("grep -vE {}", quoted(&pattern)));
    }
    if proposal.unquote_lines() {
        steps.push("sed 's/^\"//; s/\"\\r*$//; s/\"\"/\"/g'".to_string());
    }
    let (first, more) = steps.split_first()?;
    let more: String = more.iter().map(|step| format!("{step} | ")).collect();
    Some(format!("{first} {file} | {more}"))
}

/// The options of this run that no proposal replaces.
fn other_options(file: &Path, is_same_format: bool) -> Vec<String> {
    let mut command = Arguments::command();
    // Adds `--help`.
    command.build();
    let takes_value = |name: &str| {
        let known = command.get_arguments().find(|known| known.get_long() == Some(name));
        known.is_some_and(|known| known.get_num_args().is_some_and(|values| values.min_values() > 0))
    };
    let mut kept = Vec::new();
    let mut is_file_passed = false;
    let mut words = env::args_os().skip(1);
    while let Some(word) = words.next() {
        let text = word.to_string_lossy().into_owned();
        let Some(option) = text.strip_prefix("--").filter(|option| !option.is_empty()) else {
            // A value of an option that may have none can look like the file.
            if !is_file_passed && file.as_os_str() == word {
                is_file_passed = true;
            } else if text != "--" {
                kept.push(text);
            }
            continue;
        };
        let (name, has_value) = option.split_once('=').map_or((option, false), |(name, _)| (name, true));
        let value = if !has_value && takes_value(name) { words.next() } else { None };
        if !REPLACED.contains(&name) && (is_same_format || !OF_FORMATS.contains(&name)) {
            kept.extend(
                [Some(text.clone()), value.map(|value| value.to_string_lossy().into_owned())].into_iter().flatten(),
            );
        }
    }
    kept
}

/// A word as shells read it.
fn quoted(word: &str) -> String {
    let is_plain = |char: char| char.is_alphanumeric() || "-_./,=:+@%".contains(char);
    match !word.is_empty() && word.chars().all(is_plain) {
        true => word.to_string(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_for_shells() {
        for (word, expected) in
            [("a.csv", "a.csv"), ("", "''"), ("C*", "'C*'"), ("a b", "'a b'"), ("it's", "'it'\\''s'"), (";", "';'")]
        {
            assert_eq!(quoted(word), expected);
        }
    }
}
