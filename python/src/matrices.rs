//! Baskets from matrices of zeros and ones: a row is a basket, a column an item.

use std::cell::Cell;

use itemset::Transactions;
use pyo3::buffer::PyBuffer;
use pyo3::prelude::*;

use crate::baskets::{Baskets, Codes, dictionary, from_codes};
use crate::capsules::{Cells, cells};
use crate::errors::{invalid, raised};
use crate::labels::Kind;

/// Cells that are looked at together: most are zero.
const BLOCK: usize = 64;

/// From a dense matrix of bytes. Every value other than 0 is an item.
#[pyfunction]
#[pyo3(signature = (matrix, labels, weights=None))]
pub(crate) fn from_dense(
    matrix: PyBuffer<u8>,
    labels: &Bound<'_, PyAny>,
    weights: Option<Vec<i64>>,
) -> PyResult<Baskets> {
    let py = labels.py();
    let &[rows, columns] = matrix.shape() else {
        let dimensions = format_args!("an array of {} dimensions", matrix.dimensions());
        return Err(invalid("data", dimensions, "a matrix: rows are baskets, columns are items"));
    };
    let (labels, kind) = labels_of_columns(labels, columns)?;
    check_weights(weights.as_deref(), rows)?;
    let mut entries = Entries::default();
    match cells(&matrix, py) {
        _ if rows == 0 || columns == 0 => entries.offsets = vec![0; rows + 1],
        Some(Cells::ByRow(cells)) => {
            entries.offsets.push(0);
            for row in cells.chunks_exact(columns) {
                ones(row, |column| entries.codes.push(column as u32));
                entries.offsets.push(entries.codes.len());
            }
        }
        Some(Cells::ByColumn(cells)) => {
            let mut ends = Vec::with_capacity(columns);
            let mut places = Vec::new();
            for column in cells.chunks_exact(rows) {
                ones(column, |row| places.push(row as u32));
                ends.push(places.len());
            }
            entries = Entries::of_columns(&places, &ends, rows);
        }
        None => return Err(invalid("data", "a matrix with gaps between its rows and columns", "one in one piece")),
    }
    from_codes(py, &entries.offsets, &entries.codes, weights.as_deref(), labels, kind)
}

/// From the two arrays of indices of a sparse matrix by rows.
#[pyfunction]
#[pyo3(signature = (offsets, columns, width, labels, weights=None))]
pub(crate) fn from_sparse(
    offsets: Codes,
    columns: Codes,
    width: usize,
    labels: &Bound<'_, PyAny>,
    weights: Option<Vec<i64>>,
) -> PyResult<Baskets> {
    let (labels, kind) = labels_of_columns(labels, width)?;
    check_weights(weights.as_deref(), offsets.0.len().saturating_sub(1))?;
    let baskets = of_lists(&offsets.0, &columns.0, weights.as_deref(), labels)?;
    Baskets::new(baskets, kind)
}
fn of_lists(
    offsets: &[i64],
    columns: &[i64],
    weights: Option<&[i64]>,
    labels: Vec<String>,
) -> PyResult<Transactions<String>> {
    let baskets = match weights {
        None => Transactions::from_codes(offsets, columns, labels),
        Some(weights) => Transactions::from_weighted_codes(offsets, columns, weights, labels),
    };
    baskets.map_err(raised)
}

fn labels_of_columns(labels: &Bound<'_, PyAny>, columns: usize) -> PyResult<(Vec<String>, Kind)> {
    let (labels, kind) = dictionary(labels)?;
    if labels.len() != columns {
        let given = format_args!("{} for {columns} columns", labels.len());
        return Err(invalid("labels", given, "one for each column"));
    }
    Ok((labels, kind))
}

fn check_weights(weights: Option<&[i64]>, rows: usize) -> PyResult<()> {
    match weights {
        Some(weights) if weights.len() != rows => {
            Err(invalid("weights", format_args!("{} for {rows} rows", weights.len()), "one for each row"))
        }
        _ => Ok(()),
    }
}

/// Calls a function with the place of each cell that is not 0.
#[inline(always)]
fn ones(cells: &[Cell<u8>], mut is_one: impl FnMut(usize)) {
    for (block, cells) in cells.chunks(BLOCK).enumerate() {
        // A loop without branches, so that the compiler makes it one of vectors.
        if cells.iter().fold(0, |any, cell| any | cell.get()) == 0 {
            continue;
        }
        for (word, cells) in cells.chunks(8).enumerate() {
            let mut bytes = [0; 8];
            bytes.iter_mut().zip(cells).for_each(|(byte, cell)| *byte = cell.get());
            let mut rest = u64::from_le_bytes(bytes);
            while rest != 0 {
                let place = rest.trailing_zeros() / 8;
                rest &= !(0xff << (8 * place));
                is_one(block * BLOCK + word * 8 + place as usize);
            }
        }
    }
}

/// The items of each row.
#[derive(Default)]
struct Entries {
    offsets: Vec<usize>,
    codes: Vec<u32>,
}

impl Entries {
    /// From the rows of each column, and where they end.
    fn of_columns(places: &[u32], ends: &[usize], rows: usize) -> Self {
        let mut offsets = vec![0usize; rows + 1];
        places.iter().for_each(|&row| offsets[row as usize + 1] += 1);
        (1..=rows).for_each(|row| offsets[row] += offsets[row - 1]);
        let mut next = offsets.clone();
        let mut codes = vec![0; places.len()];
        let mut start = 0;
        for (column, &end) in ends.iter().enumerate() {
            for &row in &places[start..end] {
                let place = &mut next[row as usize];
                codes[*place] = column as u32;
                *place += 1;
            }
            start = end;
        }
        Entries { offsets, codes }
    }
}
