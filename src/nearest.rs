//! The known word that was probably meant.

/// The word that takes the fewest changes, if they are no more than a third of the letters of the longer word: letters
/// more, less, changed, or swapped with the next one. Of several, the first. Capital letters are letters as any, and `-`
/// is not `_`.
///
/// Takes the product of both lengths for each word.
///
/// # Source
///
/// The optimal string alignment distance; F. J. Damerau: A technique for computer detection and correction of spelling
/// errors, CACM 7, 1964.
pub(crate) fn nearest<'w>(word: &str, known: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    let word: Vec<char> = word.chars().take(MOST_CHARS).collect();
    let near = known.into_iter().filter_map(|known| {
        let chars: Vec<char> = known.chars().collect();
        let changes = distance(&word, &chars);
        (3 * changes <= word.len().max(chars.len())).then_some((changes, known))
    });
    near.min_by_key(|&(changes, _)| changes).map(|(_, known)| known)
}

/// No known word is as long, so what is longer is near none.
const MOST_CHARS: usize = 100;

/// The fewest changes that make one word the other.
fn distance(one: &[char], other: &[char]) -> usize {
    // The distances of the beginnings of `one` so far from all of `other`.
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=other.len()).collect();
    for (place, &char) in one.iter().enumerate() {
        let mut row = vec![place + 1];
        for (across, &other_char) in other.iter().enumerate() {
            let changed = last[across] + usize::from(char != other_char);
            let mut least = changed.min(last[across + 1] + 1).min(row[across] + 1);
            let is_swapped = place > 0 && across > 0 && char == other[across - 1] && one[place - 1] == other_char;
            if is_swapped {
                least = least.min(before[across - 1] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[other.len()]
}

/// `, did you mean ...?`, or nothing if no known word is near.
pub(crate) fn did_you_mean<'w>(word: &str, known: impl IntoIterator<Item = &'w str>) -> String {
    nearest(word, known).map_or(String::new(), |known| format!(", did you mean `{known}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// By the definition, from the ends.
    fn plainly(one: &[char], other: &[char]) -> usize {
        match (one, other) {
            ([], rest) | (rest, []) => rest.len(),
            ([ones @ .., a], [others @ .., b]) => {
                let mut least = (plainly(ones, others) + usize::from(a != b))
                    .min(plainly(ones, other) + 1)
                    .min(plainly(one, others) + 1);
                if let ([ones @ .., c], [others @ .., d]) = (ones, others)
                    && a == d
                    && b == c
                {
                    least = least.min(plainly(ones, others) + 1);
                }
                least
            }
        }
    }

    proptest! {
        #[test]
        fn distances_are_those_of_the_definition(one in "[abé]{0,6}", other in "[abé]{0,6}") {
            let chars = |text: &str| text.chars().collect::<Vec<_>>();
            let (one, other) = (chars(&one), chars(&other));
            prop_assert_eq!(distance(&one, &other), plainly(&one, &other));
        }
    }

    #[test]
    fn near_words() {
        let known = ["context", "basket", "session_gap", "format"];
        for (word, expected) in [
            ("sesion_gap", Some("session_gap")),
            ("bascet", Some("basket")),
            ("formta", Some("format")),
            ("contexts", Some("context")),
            ("price", None),
            ("", None),
        ] {
            assert_eq!(nearest(word, known), expected, "{word}");
        }
        assert_eq!(nearest(&"x".repeat(1 << 20), known), None);
        assert_eq!(did_you_mean("bascet", known), ", did you mean `basket`?");
    }
}
