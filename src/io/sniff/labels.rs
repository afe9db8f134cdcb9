//! What labels show: missing values, white space, and labels that look alike.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::finding::{Difference, Finding};
use super::proposal::Proposal;
use crate::io::Trim;
use crate::io::options::{Options, is_without_width};

/// Words that stand for missing values in most files.
const NULL_WORDS: [&str; 15] =
    ["NA", "N/A", "n/a", "#N/A", "nan", "NaN", "NAN", "null", "NULL", "Null", "None", "none", "NONE", "-", "\\N"];

/// The most different labels that are looked at: more take too long.
const LABELS: usize = 3000;

/// A label, and where it occurs.
struct Seen<'t> {
    label: &'t str,
    line: u64,
    count: usize,
}

/// What the labels of items show; each is given with its line.
pub(super) fn labels<'t>(items: impl Iterator<Item = (u64, &'t str)>, proposal: &mut Proposal) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut seen: Vec<Seen<'_>> = Vec::new();
    for (line, label) in items {
        // Numbers show none of it, and there may be many.
        if seen.len() == LABELS || label.bytes().all(|byte| byte.is_ascii_digit()) {
            continue;
        }
        match places.entry(label) {
            Entry::Occupied(place) => seen[*place.get()].count += 1,
            Entry::Vacant(place) => {
                place.insert(seen.len());
                seen.push(Seen { label, line, count: 1 });
            }
        }
    }
    seen.retain(|&Seen { label, line, count }| {
        let is_null = NULL_WORDS.contains(&label);
        if is_null {
            findings.push(Finding::NullWord { word: label.to_string(), line, count });
            proposal.nulls.push(label.to_string());
        }
        !is_null
    });
    if proposal.trim != Trim::Unicode {
        let wide = Options { trim: Trim::Unicode, ..Options::default() };
        let narrow = Options { trim: proposal.trim, ..Options::default() };
        let is_padded = |seen: &&Seen<'_>| wide.trimmed(seen.label) != narrow.trimmed(seen.label);
        let mut padded = seen.iter().filter(is_padded);
        if let Some(first) = padded.next() {
            let labels = 1 + padded.count();
            findings.push(Finding::WhiteSpace { line: first.line, label: first.label.to_string(), labels });
            proposal.trim = Trim::Unicode;
        }
    }
    findings.extend(look_alikes(&seen, proposal));
    findings
}

/// Labels that differ in little.
fn look_alikes(seen: &[Seen<'_>], proposal: &mut Proposal) -> Vec<Finding> {
    let options = Options { trim: proposal.trim, ..Options::default() };
    // The first label of each form, by what is left if nothing of it counts that is not seen.
    let mut firsts: HashMap<String, Vec<String>> = HashMap::new();
    let mut found: Vec<([String; 2], Difference, usize)> = Vec::new();
    for Seen { label, .. } in seen {
        let label = options.trimmed(label);
        let label = if proposal.case_fold { label.to_lowercase() } else { label.to_string() };
        let same = firsts.entry(key(&label)).or_default();
        if label.is_empty() || same.contains(&label) {
            continue;
        }
        if let Some(first) = same.first() {
            let difference = difference(first, &label);
            match found.iter_mut().find(|(_, known, _)| *known == difference) {
                Some((.., more)) => *more += 1,
                None => found.push(([first.clone(), label.clone()], difference, 1)),
            }
        }
        same.push(label);
    }
    if found.iter().any(|&(_, difference, _)| difference == Difference::LetterCase) {
        proposal.case_fold = true;
    }
    let finding = |(labels, difference, more)| Finding::LookAlike { labels, difference, more };
    found.into_iter().map(finding).collect()
}

/// In what two labels differ.
fn difference(first: &str, second: &str) -> Difference {
    if spaced(first) == spaced(second) {
        Difference::WhiteSpace
    } else if first.to_lowercase() == second.to_lowercase() {
        Difference::LetterCase
    } else {
        Difference::UnicodeForm
    }
}

/// What labels that look alike have in common.
fn key(label: &str) -> String {
    let is_simple = label.is_ascii() && !label.contains("  ") && !label.contains(|char: char| char.is_ascii_control());
    if is_simple { label.to_ascii_lowercase() } else { plain(&spaced(label)).to_lowercase() }
}

/// A label with single spaces in place of white space, and without characters without width.
fn spaced(label: &str) -> String {
    let visible: String = label.chars().filter(|&char| !is_without_width(char)).collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A label with letters and marks apart, and wide forms as their usual ones.
fn plain(label: &str) -> String {
    if label.is_ascii() {
        return label.to_string();
    }
    let mut plain = String::with_capacity(label.len());
    for char in label.chars() {
        match char {
            // Wide forms are in the order of ASCII.
            '\u{ff01}'..='\u{ff5e}' => plain.extend(char::from_u32(u32::from(char) - 0xfee0)),
            _ => match apart(char) {
                Some((letter, mark)) => plain.extend([letter, mark]),
                None => plain.push(char),
            },
        }
    }
    plain
}

/// The letter and the mark of a character that is both.
fn apart(char: char) -> Option<(char, char)> {
    let letter = |letters: &str| {
        let mut letters = letters.chars();
        std::iter::from_fn(|| Some((letters.next()?, letters.next()?))).find(|&(marked, _)| marked == char)
    };
    MARKED.iter().find_map(|&(mark, letters)| letter(letters).map(|(_, letter)| (letter, mark)))
}

/// For each combining mark, letters with it, each followed by the letter without it: those of Latin scripts.
const MARKED: &[(char, &str)] = &[
    ('\u{300}', "ÀAÈEÌIÒOÙUàaèeìiòoùuẦÂầâẰĂằăỀÊềêỒÔồôỜƠờơỪƯừưỲYỳy"),
    ('\u{301}', "ÁAÉEÍIÓOÚUÝYáaéeíióoúuýyĆCćcĹLĺlŃNńnŔRŕrŚSśsŹZźzẤÂấâẮĂắăẾÊếêỐÔốôỚƠớơỨƯứư"),
    ('\u{302}', "ÂAÊEÎIÔOÛUâaêeîiôoûuĈCĉcĜGĝgĤHĥhĴJĵjŜSŝsŴWŵwŶYŷy"),
    ('\u{303}', "ÃAÑNÕOãañnõoĨIĩiŨUũuẪÂẫâẴĂẵăẼEẽeỄÊễêỖÔỗôỠƠỡơỮƯữưỸYỹy"),
    ('\u{308}', "ÄAËEÏIÖOÜUäaëeïiöoüuÿyŸY"),
    ('\u{30a}', "ÅAåaŮUůu"),
    ('\u{327}', "ÇCçcĢGģgĶKķkĻLļlŅNņnŖRŗrŞSşsŢTţt"),
    ('\u{304}', "ĀAāaĒEēeĪIīiŌOōoŪUūu"),
    ('\u{306}', "ĂAăaĔEĕeĞGğgĬIĭiŎOŏoŬUŭu"),
    ('\u{328}', "ĄAąaĘEęeĮIįiŲUųu"),
    ('\u{307}', "ĊCċcĖEėeĠGġgİIŻZżz"),
    ('\u{30c}', "ČCčcĎDďdĚEěeĽLľlŇNňnŘRřrŠSšsŤTťtŽZžz"),
    ('\u{30b}', "ŐOőoŰUűu"),
    ('\u{326}', "ȘSșsȚTțt"),
    ('\u{323}', "ẠAạaẸEẹeỊIịiỌOọoỢƠợơỤUụuỰƯựưỴYỵy"),
    ('\u{309}', "ẢAảaẨÂẩâẲĂẳăẺEẻeỂÊểêỈIỉiỎOỏoỔÔổôỞƠởơỦUủuỬƯửưỶYỷy"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_that_look_alike_are_plain_alike() {
        for (first, second, what) in [
            ("Beer", "beer", Difference::LetterCase),
            ("CAFÉ", "café", Difference::LetterCase),
            ("whole milk", "whole\u{a0}milk", Difference::WhiteSpace),
            ("whole milk", "whole  milk", Difference::WhiteSpace),
            ("milk", "mi\u{200b}lk", Difference::WhiteSpace),
            ("café", "cafe\u{301}", Difference::UnicodeForm),
            ("Müsli", "mu\u{308}sli", Difference::UnicodeForm),
            ("ＡＢＣ１", "ABC1", Difference::UnicodeForm),
        ] {
            assert_eq!(key(first), key(second), "{first} {second}");
            assert_eq!(difference(first, second), what, "{first} {second}");
        }
        assert_ne!(plain("café"), plain("cafe"));
    }
}
