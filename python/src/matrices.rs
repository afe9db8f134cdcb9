//! Baskets from matrices of zeros and ones: a row is a basket, a column an item.

use pyo3::buffer::PyBuffer;
use pyo3::prelude::*;

use crate::baskets::{Baskets, Codes, dictionary, from_codes};
use crate::capsules::{Cells, Words, cells};
use crate::errors::invalid;
use crate::labels::Kind;
use crate::run::on_threads;

/// Words of eight cells that are worth a thread of their own.
const PER_THREAD: usize = 1 << 18;

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
    let (offsets, codes) = match cells(&matrix, py) {
        _ if rows == 0 || columns == 0 => (vec![0; rows + 1], Vec::new()),
        Some(Cells::ByRow(cells)) => lists(cells, columns, rows),
        Some(Cells::ByColumn(cells)) => {
            let (ends, places) = lists(cells, rows, columns);
            turned(&ends, &places, rows)
        }
        None => return Err(invalid("data", "a matrix with gaps between its rows and columns", "one in one piece")),
    };
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
    check_weights(weights.as_deref(), offsets.0.len().saturating_sub(1))?;
    // What is no place is beyond all of them, and refused as such. One type of numbers is compiled for all inputs.
    let offsets: Vec<usize> = offsets.0.into_iter().map(|offset| offset.try_into().unwrap_or(usize::MAX)).collect();
    let codes: Vec<u32> = columns.0.into_iter().map(|column| column.try_into().unwrap_or(u32::MAX)).collect();
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

fn check_weights(weights: Option<&[i64]>, rows: usize) -> PyResult<()> {
    match weights {
        Some(weights) if weights.len() != rows => {
            Err(invalid("weights", format_args!("{} for {rows} rows", weights.len()), "one for each row"))
        }
        _ => Ok(()),
    }
}

/// The cells that are not 0, as places in lists of `len` cells, and where each of the `count` lists begins and ends.
fn lists(cells: Words<'_>, len: usize, count: usize) -> (Vec<usize>, Vec<u32>) {
    let parts = cells.len().div_ceil(PER_THREAD);
    let parts = (0..parts).map(|part| part * PER_THREAD..((part + 1) * PER_THREAD).min(cells.len()));
    // For each part its first list with a place, where that list and the later ones end in it, and the places.
    let found = on_threads(parts.collect(), |part| {
        let (mut ends, mut places) = (Vec::new(), Vec::new());
        // The end of a list, in cells.
        let (mut first, mut end) = (None, 0);
        cells.each(part, |at, mut word| {
            while word != 0 {
                let byte = word.trailing_zeros() as usize / 8;
                word &= !(0xff << (8 * byte));
                let cell = at + byte;
                if cell >= end {
                    let list = cell / len;
                    let before = *first.get_or_insert(list);
                    ends.resize(list - before, places.len());
                    end = (list + 1) * len;
                }
                places.push((cell + len - end) as u32);
            }
        });
        (first, ends, places)
    });
    let (mut offsets, mut all) = (vec![0], Vec::with_capacity(found.iter().map(|(_, _, places)| places.len()).sum()));
    for (first, ends, places) in found {
        if let Some(first) = first {
            offsets.resize(first + 1, all.len());
            offsets.extend(ends.into_iter().map(|end| all.len() + end));
        }
        all.extend(places);
    }
    offsets.resize(count + 1, all.len());
    (offsets, all)
}

/// Lists of columns from lists of rows, and the reverse: of each of `count` places the lists that have it.
fn turned(offsets: &[usize], places: &[u32], count: usize) -> (Vec<usize>, Vec<u32>) {
    let mut turned = vec![0usize; count + 1];
    places.iter().for_each(|&place| turned[place as usize + 1] += 1);
    (1..=count).for_each(|place| turned[place] += turned[place - 1]);
    let mut next = turned.clone();
    let mut lists = vec![0; places.len()];
    for (list, ends) in offsets.windows(2).enumerate() {
        for &place in &places[ends[0]..ends[1]] {
            let at = &mut next[place as usize];
            lists[*at] = list as u32;
            *at += 1;
        }
    }
    (turned, lists)
}
