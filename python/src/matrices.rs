//! Baskets from matrices of zeros and ones: a row is a basket, a column an item.

use std::ops::Range;

use pyo3::buffer::PyBuffer;
use pyo3::prelude::*;

use crate::baskets::{Baskets, Codes, check_weights, dictionary, from_codes};
use crate::capsules::{Cells, Words, cells};
use crate::errors::invalid;
use crate::labels::Kind;
use crate::run::on_threads;

/// Cells that are read together: worth a thread of their own, and few enough for what is in them to stay in the cache.
const PER_PART: usize = 1 << 23;

/// The least rows that are read together: those of a column are side by side in memory.
const ROWS_PER_PART: usize = 64;

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
    check_weights(weights.as_ref().map(Vec::len), rows)?;
    let cells = cells(&matrix, py)
        .ok_or_else(|| invalid("data", "a matrix with gaps between its rows and columns", "one in one piece"))?;
    let (offsets, codes) = py.detach(|| lists(&cells, rows, columns));
    from_codes(py, &offsets, &codes, weights.as_deref(), labels, kind)
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
    let py = labels.py();
    let (labels, kind) = labels_of_columns(labels, width)?;
    check_weights(weights.as_ref().map(Vec::len), offsets.0.len().saturating_sub(1))?;
    // What is no place is beyond all of them, and refused as such. One type of numbers is compiled for all inputs.
    let (offsets, codes): (Vec<usize>, Vec<u32>) = py.detach(|| {
        let offsets = offsets.0.into_iter().map(|offset| offset.try_into().unwrap_or(usize::MAX));
        let codes = columns.0.into_iter().map(|column| column.try_into().unwrap_or(u32::MAX));
        (offsets.collect(), codes.collect())
    });
    from_codes(py, &offsets, &codes, weights.as_deref(), labels, kind)
}

fn labels_of_columns(labels: &Bound<'_, PyAny>, columns: usize) -> PyResult<(Vec<String>, Kind)> {
    let (labels, kind) = dictionary(labels)?;
    if labels.len() != columns {
        let given = format_args!("{} for {columns} columns", labels.len());
        return Err(invalid("labels", given, "one for each column"));
    }
    Ok((labels, kind))
}

/// The columns of each row that are not 0, and where each row begins and ends among them.
fn lists(cells: &Cells<'_>, rows: usize, columns: usize) -> (Vec<usize>, Vec<u32>) {
    let per_part = (PER_PART / columns.max(1)).max(ROWS_PER_PART);
    let parts = (0..rows).step_by(per_part).map(|start| start..(start + per_part).min(rows));
    let found = on_threads(parts.collect(), |part| match cells {
        Cells::ByRow(cells) => lists_by_row(*cells, columns, part),
        Cells::ByColumn(cells) => lists_by_column(*cells, rows, columns, part),
    });
    let mut offsets = Vec::with_capacity(rows + 1);
    offsets.push(0);
    let mut all = Vec::with_capacity(found.iter().map(|(_, places)| places.len()).sum());
    for (ends, places) in found {
        offsets.extend(ends.into_iter().map(|end| all.len() + end as usize));
        all.extend(places);
    }
    (offsets, all)
}

/// Where some rows end among the columns that are not 0 of them, and these.
fn lists_by_row(cells: Words<'_>, columns: usize, rows: Range<usize>) -> (Vec<u32>, Vec<u32>) {
    let (mut ends, mut places) = (Vec::with_capacity(rows.len()), Vec::new());
    // The end of the row, in cells.
    let mut end = (rows.start + 1) * columns;
    cells.each(rows.start * columns..rows.end * columns, |start, bits| {
        for cell in cells_of(start, bits) {
            while cell >= end {
                ends.push(places.len() as u32);
                end += columns;
            }
            places.push((cell + columns - end) as u32);
        }
    });
    ends.resize(rows.len(), places.len() as u32);
    (ends, places)
}

/// The same of a matrix whose columns are of so many rows each, one after the other.
fn lists_by_column(cells: Words<'_>, len: usize, columns: usize, rows: Range<usize>) -> (Vec<u32>, Vec<u32>) {
    let (mut places, mut ends_of_columns) = (Vec::new(), Vec::with_capacity(columns));
    // How many each row has, and then where the next one of it goes.
    let mut ends = vec![0u32; rows.len()];
    for column in 0..columns {
        let first = column * len + rows.start;
        cells.each(first..first + rows.len(), |start, bits| {
            for cell in cells_of(start, bits) {
                ends[cell - first] += 1;
                places.push((cell - first) as u32);
            }
        });
        ends_of_columns.push(places.len());
    }
    let mut start = 0;
    for end in &mut ends {
        (*end, start) = (start, start + *end);
    }
    let (mut lists, mut start) = (vec![0; places.len()], 0);
    for (column, end) in (0..).zip(ends_of_columns) {
        for &row in &places[start..end] {
            let end = &mut ends[row as usize];
            lists[*end as usize] = column;
            *end += 1;
        }
        start = end;
    }
    (ends, lists)
}

/// The places of bits, from a start on.
#[inline(always)]
fn cells_of(start: usize, mut bits: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let place = (bits != 0).then(|| start + bits.trailing_zeros() as usize);
        bits &= bits.wrapping_sub(1);
        place
    })
}
