//! Rows to baskets.

use hashbrown::HashMap;

use crate::error::Error;
use crate::shape::Table;

/// The basket of each row, numbered by first appearance.
pub(super) struct Groups {
    /// By row, or [`Groups::NONE`].
    pub(super) of_row: Vec<u32>,
    pub(super) len: usize,
}

impl Groups {
    /// The row is in no basket.
    pub(super) const NONE: u32 = u32::MAX;

    /// Rows that agree in all columns are one; each row is one if there are no columns.
    pub(super) fn by(table: &Table, columns: &[String]) -> Result<Groups, Error> {
        let Some((first, others)) = columns.split_first() else {
            // Rows are numbered by a u32.
            return Ok(Groups { of_row: (0..table.len() as u32).collect(), len: table.len() });
        };
        // Texts are numbered, so no look-up is needed for one column.
        let mut groups = Groups::renumbered(table.column(first)?.to_vec(), table.texts());
        for column in others {
            let mut numbers: HashMap<(u32, u32), u32> = HashMap::new();
            for (group, &code) in groups.of_row.iter_mut().zip(table.column(column)?) {
                if *group == Groups::NONE || code == Table::MISSING {
                    *group = Groups::NONE;
                } else {
                    let next = numbers.len() as u32;
                    *group = *numbers.entry((*group, code)).or_insert(next);
                }
            }
            groups.len = numbers.len();
        }
        Ok(groups)
    }

    /// Gives groups new numbers below their number, by first appearance. Their numbers are below `most`.
    pub(super) fn renumbered(mut of_row: Vec<u32>, most: usize) -> Groups {
        let mut numbers = vec![Groups::NONE; most];
        let mut len = 0;
        for group in &mut of_row {
            if *group != Groups::NONE {
                let number = &mut numbers[*group as usize];
                if *number == Groups::NONE {
                    *number = len;
                    len += 1;
                }
                *group = *number;
            }
        }
        Groups { of_row, len: len as usize }
    }

    /// The rows, those of one basket after each other, in their order; and where those of each basket end.
    pub(super) fn rows(&self) -> (Vec<u32>, Vec<usize>) {
        let mut ends = vec![0usize; self.len + 1];
        for &group in self.of_row.iter().filter(|&&group| group != Groups::NONE) {
            ends[group as usize + 1] += 1;
        }
        for group in 0..self.len {
            ends[group + 1] += ends[group];
        }
        // Each place is where the next row of a basket goes; at the end, where they end.
        let mut rows = vec![0; ends[self.len]];
        for (row, &group) in (0..).zip(&self.of_row) {
            if group != Groups::NONE {
                rows[ends[group as usize]] = row;
                ends[group as usize] += 1;
            }
        }
        ends.truncate(self.len);
        (rows, ends)
    }
}
