//! The numbers as a page of text.

use std::fmt::{self, Display, Formatter};

use super::description::{Description, LengthCount};
use super::layout::{bar, label, left, percent, right, round_percent, whole, width};
use crate::miner::Estimate;

/// Columns of the page.
const PAGE: usize = 98;

/// Columns of the longest bar of items and of lengths.
const BAR: usize = 36;

/// Columns of the longest bar of shares.
const SHARE_BAR: usize = 30;

/// Columns of a label beside a bar, and at most beside the pairs.
const LABEL: usize = 28;
const PAIR_LABEL: usize = 22;

/// Columns of a number of pairs.
const CELL: usize = 7;

/// Rows of lengths, without the one of longer baskets.
const LENGTH_ROWS: u64 = 16;

/// Pairs that are listed below the table of pairs.
const BEST_PAIRS: usize = 5;

/// A page for a terminal, at most 100 columns wide.
impl<T: Display> Display for Description<T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.totals(f)?;
        if self.summary.entries == 0 {
            return Ok(());
        }
        self.frequencies(f)?;
        self.shares(f)?;
        self.histogram(f)?;
        self.table_of_pairs(f)?;
        self.choice_of_thresholds(f)
    }
}

/// The heading of a part.
fn heading(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    writeln!(f, "\n{text} {}", "─".repeat(PAGE.saturating_sub(width(text) + 1)))
}

impl<T: Display> Description<T> {
    fn totals(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "Baskets {}", "─".repeat(PAGE - 8))?;
        let summary = &self.summary;
        let lengths = summary.lengths;
        let part = |of: u64, all: u64| percent(if all == 0 { 0.0 } else { of as f64 / all as f64 });
        let mean = format!("{:.1}", summary.mean_length);
        let rows = [
            [
                ("baskets", whole(summary.baskets), String::new()),
                ("items per basket", mean, format!("{} to {}, median {}", lengths.min, lengths.max, lengths.median)),
            ],
            [
                ("different", whole(self.distinct_baskets), part(self.distinct_baskets, summary.baskets)),
                ("density", percent(summary.density), "of the items, per basket".to_string()),
            ],
            [
                ("empty", whole(summary.empty_baskets), part(summary.empty_baskets, summary.baskets)),
                ("entries", whole(summary.entries), "items of all baskets".to_string()),
            ],
            [
                ("items", whole(summary.items), String::new()),
                ("duplicates", whole(summary.duplicates_skipped), "counted once per basket".to_string()),
            ],
        ];
        for [(name, number, note), (second, second_number, second_note)] in rows {
            let first = format!("  {}{}  {}", left(name, 10), right(&number, 13), left(&note, 9));
            let line = format!("{first}  {}{}  {second_note}", left(second, 17), right(&second_number, 13));
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }

    fn frequencies(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Some(most) = self.items.first().map(|item| item.count) else { return Ok(()) };
        heading(f, "Most frequent items")?;
        let labels: Vec<String> = self.items.iter().map(|item| label(&item.item, LABEL)).collect();
        let widest = labels.iter().map(|text| width(text)).max().unwrap_or_default();
        let digits = whole(most).len().max(7);
        let places = self.items.len().to_string().len().max(3);
        writeln!(f, "{}  {}  {}   support", " ".repeat(places + 1), left("", widest), right("baskets", digits))?;
        for ((place, item), text) in (1..).zip(&self.items).zip(labels) {
            writeln!(
                f,
                " {place:>places$}  {}  {}  {}  {}",
                left(&text, widest),
                right(&whole(item.count), digits),
                right(&percent(item.support), 8),
                bar(item.count as f64 / most as f64, BAR)
            )?;
        }
        let others = self.summary.items.saturating_sub(self.items.len() as u64);
        if others > 0 {
            writeln!(f, " {}  and {} more", " ".repeat(places), whole(others))?;
        }
        Ok(())
    }

    fn shares(&self, f: &mut Formatter<'_>) -> fmt::Result {
        heading(f, "How few items make most of the entries")?;
        for coverage in &self.coverage {
            let part = coverage.items as f64 / self.summary.items as f64;
            writeln!(
                f,
                "  {} of the entries are from {} {} {} of all  {}",
                right(&round_percent(coverage.share), 5),
                right(&whole(coverage.items), 9),
                if coverage.items == 1 { "item, " } else { "items," },
                right(&percent(part), 8),
                bar(part, SHARE_BAR)
            )?;
        }
        Ok(())
    }

    fn histogram(&self, f: &mut Formatter<'_>) -> fmt::Result {
        heading(f, "Items per basket")?;
        let rows = length_rows(&self.lengths, self.summary.baskets);
        let most = rows.iter().map(|&(_, baskets)| baskets).max().unwrap_or(1);
        let widest = rows.iter().map(|(lengths, _)| width(lengths)).max().unwrap_or_default().max(5);
        for (lengths, baskets) in rows {
            let line = format!(
                "  {}  {}  {}  {}",
                right(&lengths, widest),
                right(&whole(baskets), 11),
                right(&percent(baskets as f64 / self.summary.baskets as f64), 8),
                bar(baskets as f64 / most as f64, BAR)
            );
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }

    fn table_of_pairs(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let items = self.pairs.iter().map(|pair| pair.second + 1).max().unwrap_or_default();
        if items == 0 {
            return Ok(());
        }
        heading(f, "What comes together")?;
        writeln!(
            f,
            "  Right of the diagonal: baskets with both. Left of it: lift, how many times as often as by chance."
        )?;
        let labels: Vec<String> = self.items[..items].iter().map(|item| label(&item.item, PAIR_LABEL)).collect();
        let widest = labels.iter().map(|text| width(text)).max().unwrap_or_default();
        let numbers: String = (1..=items).map(|place| right(&place.to_string(), CELL)).collect();
        writeln!(f, "     {}{numbers}", left("", widest))?;
        for (row, text) in labels.iter().enumerate() {
            write!(f, " {:>2}  {}", row + 1, left(text, widest))?;
            for column in 0..items {
                let cell = match self.pair(row, column) {
                    None => "·".to_string(),
                    Some(pair) if row < column => short(pair.count),
                    Some(pair) => lift(pair.lift),
                };
                write!(f, "{}", right(&cell, CELL))?;
            }
            writeln!(f)?;
        }
        let mut best = self.pairs.clone();
        best.sort_by(|a, b| b.lift.total_cmp(&a.lift).then(b.count.cmp(&a.count)));
        best.retain(|pair| pair.lift > 1.0);
        if best.is_empty() {
            return Ok(());
        }
        writeln!(f, "  Of these, more often together than by chance:")?;
        for pair in best.iter().take(BEST_PAIRS) {
            let share = percent(pair.count as f64 / self.summary.baskets as f64);
            writeln!(
                f,
                "  {} times  {} + {}, in {} {} ({share})",
                right(&lift(pair.lift), CELL),
                label(&self.items[pair.first].item, PAIR_LABEL),
                label(&self.items[pair.second].item, PAIR_LABEL),
                whole(pair.count),
                if pair.count == 1 { "basket" } else { "baskets" }
            )?;
        }
        Ok(())
    }

    fn choice_of_thresholds(&self, f: &mut Formatter<'_>) -> fmt::Result {
        // Of the supports that nothing reaches one is enough.
        let reached = self.thresholds.iter().position(|effect| effect.items > 0).unwrap_or(self.thresholds.len());
        let shown = &self.thresholds[reached.saturating_sub(1)..];
        if shown.is_empty() {
            return Ok(());
        }
        heading(f, "What a minimum support would find")?;
        let columns = [9, 13, 11, 15, 18];
        let line = |cells: [&str; 5]| -> String {
            cells.iter().zip(columns).map(|(cell, columns)| right(cell, columns)).collect()
        };
        writeln!(f, "{}", line(["support", "min. baskets", "items", "pairs", "itemsets"]))?;
        for effect in shown {
            let cells = [
                round_percent(effect.support),
                whole(effect.min_count),
                whole(effect.items),
                whole(effect.pairs),
                itemsets(&effect.itemsets),
            ];
            writeln!(f, "{}", line(cells.each_ref().map(String::as_str)))?;
        }
        if shown.iter().any(|effect| !effect.itemsets.is_exact()) {
            writeln!(f, "  ≈ is an estimate")?;
        }
        Ok(())
    }
}

/// The lengths of baskets in at most [`LENGTH_ROWS`] ranges of equal width, and one of the longest baskets.
pub(crate) fn length_rows(lengths: &[LengthCount], baskets: u64) -> Vec<(String, u64)> {
    let (Some(first), Some(last)) = (lengths.first(), lengths.last()) else { return Vec::new() };
    // A few very long baskets shall not make all ranges wide.
    let mut seen = 0;
    let most = lengths.iter().find(|length| {
        seen += length.baskets;
        u128::from(seen) * 100 >= u128::from(baskets) * 98
    });
    let most = most.map_or(last.items, |length| length.items);
    let span = most - first.items + 1;
    let step = (0..).flat_map(|power| [1, 2, 5].map(|digit| digit * 10_u64.saturating_pow(power)));
    let step = step.take(60).find(|step| span.div_ceil(*step) <= LENGTH_ROWS).unwrap_or(u64::MAX);
    // Ranges of several lengths begin with a multiple of their width, and one more.
    let begin =
        if step == 1 { first.items } else { first.items.saturating_sub(1) / step * step + u64::from(first.items > 0) };
    let rows = (most - begin) / step + 1;
    let is_open = begin + rows * step <= last.items;
    let mut counts = vec![0; rows as usize + usize::from(is_open)];
    for length in lengths {
        let row = ((length.items - begin) / step).min(counts.len() as u64 - 1);
        counts[row as usize] += length.baskets;
    }
    let range = |row: u64| {
        let from = begin + row * step;
        match (row == rows, step) {
            (true, _) => format!("{from} and more"),
            (false, 1) => from.to_string(),
            (false, step) => format!("{from}–{}", from + step - 1),
        }
    };
    (0..).map(range).zip(counts).collect()
}

/// A count in at most 6 columns.
fn short(count: u64) -> String {
    match count {
        0..100_000 => whole(count),
        100_000..10_000_000 => format!("{}k", whole(count / 1000)),
        10_000_000..10_000_000_000 => format!("{}M", whole(count / 1_000_000)),
        _ => format!("{}G", whole(count / 1_000_000_000)),
    }
}

/// A lift in at most 6 columns.
fn lift(lift: f64) -> String {
    match lift {
        lift if lift < 100.0 => format!("{lift:.2}"),
        lift if lift < 10_000.0 => format!("{lift:.0}"),
        lift => format!("{lift:.0e}"),
    }
}

/// A number of itemsets: whole if it was counted, with three digits if it is an estimate or too long.
fn itemsets(itemsets: &Estimate) -> String {
    if let Some(exact) = itemsets.exact().filter(|&exact| exact < 1_000_000_000_000) {
        return whole(exact);
    }
    let number = itemsets.itemsets();
    let about = if itemsets.is_exact() { "" } else { "≈ " };
    if number < 1e9 {
        let unit = 10_f64.powf((number.log10().floor() - 2.0).max(0.0));
        return format!("{about}{}", whole(((number / unit).round() * unit).round() as u64));
    }
    let log10 = itemsets.log10();
    let (digits, exponent) = (10_f64.powf(log10 - log10.floor()), log10.floor());
    format!("{about}{digits:.1}e{exponent}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(lengths: &[(u64, u64)]) -> Vec<(String, u64)> {
        let lengths: Vec<_> = lengths.iter().map(|&(items, baskets)| LengthCount { items, baskets }).collect();
        length_rows(&lengths, lengths.iter().map(|length| length.baskets).sum())
    }

    #[test]
    fn lengths_are_ranges() {
        let row = |text: &str, baskets| (text.to_string(), baskets);
        assert_eq!(rows(&[]), []);
        assert_eq!(rows(&[(3, 7)]), [row("3", 7)]);
        assert_eq!(rows(&[(0, 1), (2, 3)]), [row("0", 1), row("1", 0), row("2", 3)]);
        assert_eq!(rows(&[(1, 990), (2, 9), (70, 1)]), [row("1", 990), row("2 and more", 10)]);
        let wide: Vec<(u64, u64)> = (1..=60).map(|items| (items, 1)).collect();
        let ranges = rows(&wide);
        assert_eq!((&ranges[0], ranges.len()), (&row("1–5", 5), 12));
        let huge = rows(&[(0, 1), (u64::from(u32::MAX), 1)]);
        assert_eq!(huge.iter().map(|row| row.1).sum::<u64>(), 2);
        assert!(huge.len() as u64 <= LENGTH_ROWS + 1);
    }

    #[test]
    fn cells_fit() {
        for count in [0, 99_999, 100_000, 9_999_999, 10_000_000, 9_999_999_999, u64::from(u32::MAX)] {
            assert!(short(count).len() < CELL, "{}", short(count));
        }
        for value in [0.0, 1.234, 99.994, 99.999, 9999.4, 123_456.0, 4e9] {
            assert!(lift(value).len() < CELL, "{}", lift(value));
        }
    }
}
