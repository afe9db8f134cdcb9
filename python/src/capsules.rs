//! Memory of others, without copies: Arrow data in and out by capsules (the Arrow PyCapsule interface), and buffers.
//!
//! The only file with `unsafe`: what a capsule holds is known by its name alone.
#![allow(unsafe_code, reason = "a capsule holds a pointer, of which only its name says to what")]

use std::ffi::CStr;
use std::ops::Range;
use std::ptr::NonNull;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicU8, AtomicU64};

use arrow_array::ffi::{FFI_ArrowArray, FFI_ArrowSchema, from_ffi};
use arrow_array::ffi_stream::{ArrayStreamReader, FFI_ArrowArrayStream};
use arrow_array::{ArrayReader, ArrayRef, RecordBatch, RecordBatchIterator, make_array};
use arrow_schema::{ArrowError, Field, FieldRef, SchemaRef};
use pyo3::buffer::PyBuffer;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyTuple};

const STREAM: &CStr = c"arrow_array_stream";
const ARRAY: &CStr = c"arrow_array";
const SCHEMA: &CStr = c"arrow_schema";

/// Arrays of one type: a column, or a table as structs.
pub(crate) struct Arrays {
    pub(crate) field: FieldRef,
    pub(crate) arrays: Box<dyn Iterator<Item = Result<ArrayRef, ArrowError>> + Send>,
}

/// The error of Arrow data that cannot be taken.
pub(crate) fn refused(error: ArrowError) -> PyErr {
    PyValueError::new_err(format!("the Arrow data cannot be read: {error}"))
}

/// The arrays of what has `__arrow_c_stream__` or `__arrow_c_array__`; `None` of anything else.
pub(crate) fn take(data: &Bound<'_, PyAny>) -> PyResult<Option<Arrays>> {
    if data.hasattr("__arrow_c_stream__")? {
        let stream = data.call_method0("__arrow_c_stream__")?;
        return take_stream(stream.cast()?).map(Some);
    }
    if data.hasattr("__arrow_c_array__")? {
        let both = data.call_method0("__arrow_c_array__")?;
        let both = both.cast::<PyTuple>()?;
        return take_array(both.get_item(0)?.cast()?, both.get_item(1)?.cast()?).map(Some);
    }
    Ok(None)
}

fn take_stream(capsule: &Bound<'_, PyCapsule>) -> PyResult<Arrays> {
    let pointer = capsule.pointer_checked(Some(STREAM))?.cast::<FFI_ArrowArrayStream>();
    // SAFETY: The capsule has the name of a stream, so the interface says that it holds an initialised and aligned
    // `ArrowArrayStream`, which is kept alive by the capsule and, as this thread holds the lock, used by nobody else.
    let stream = unsafe { FFI_ArrowArrayStream::from_raw(pointer.as_ptr()) };
    let arrays = ArrayStreamReader::try_new(stream).map_err(refused)?;
    Ok(Arrays { field: Arc::clone(arrays.field()), arrays: Box::new(arrays) })
}

fn take_array(schema: &Bound<'_, PyCapsule>, array: &Bound<'_, PyCapsule>) -> PyResult<Arrays> {
    let schema = schema.pointer_checked(Some(SCHEMA))?.cast::<FFI_ArrowSchema>();
    let array = array.pointer_checked(Some(ARRAY))?.cast::<FFI_ArrowArray>();
    // SAFETY: As in `take_stream`: the names say what the capsules hold, and both live as long as this call. The schema
    // is only read. The array is moved out, after which the capsule frees nothing.
    let (schema, array) = unsafe { (schema.as_ref(), FFI_ArrowArray::from_raw(array.as_ptr())) };
    if array.is_released() {
        return Err(PyValueError::new_err("the Arrow data cannot be read: the array was taken before"));
    }
    let field = Field::try_from(schema).map_err(refused)?;
    // SAFETY: The interface says that an array is valid for the schema that comes with it.
    let data = unsafe { from_ffi(array, schema) }.map_err(refused)?;
    Ok(Arrays { field: Arc::new(field), arrays: Box::new(std::iter::once(Ok(make_array(data)))) })
}

/// A capsule with the stream of some batches, which owns them.
pub(crate) fn give<'py>(
    py: Python<'py>,
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
) -> PyResult<Bound<'py, PyCapsule>> {
    let batches = RecordBatchIterator::new(batches.into_iter().map(Ok), schema);
    PyCapsule::new_with_value(py, FFI_ArrowArrayStream::new(Box::new(batches)), STREAM)
}

/// The bytes of a matrix, in which order they are.
pub(crate) enum Cells<'b> {
    ByRow(Words<'b>),
    ByColumn(Words<'b>),
}

/// Bytes, which may change between two reads, as words of eight.
#[derive(Clone, Copy)]
pub(crate) struct Words<'b> {
    first: &'b [AtomicU8],
    words: &'b [AtomicU64],
    last: &'b [AtomicU8],
}

/// Cells of a block, a bit for each.
const BLOCK: usize = 64;

impl Words<'_> {
    /// Calls a function for blocks of up to 64 of some cells, with the place of the first and, as bits, which of them
    /// are not 0. Blocks in which all are 0 are left out.
    #[inline(always)]
    pub(crate) fn each(&self, cells: Range<usize>, mut call: impl FnMut(usize, u64)) {
        let mut some = |start: usize, bits: u64| {
            if bits != 0 {
                call(start, bits);
            }
        };
        // Of words at the edges, some bytes are none of the cells.
        let within = |start: usize, bits: u64| {
            let before = cells.start.saturating_sub(start) as u32;
            let after = (start + BLOCK).saturating_sub(cells.end) as u32;
            bits & u64::MAX.checked_shl(before).unwrap_or(0) & u64::MAX.checked_shr(after).unwrap_or(0)
        };
        let bytes = |bytes: &[AtomicU8]| {
            (0..).zip(bytes).fold(0, |bits, (place, byte)| bits | u64::from(byte.load(Relaxed) != 0) << place)
        };
        let few = |words: &[AtomicU64]| {
            let block = [const { AtomicU64::new(0) }; 8];
            block.iter().zip(words).for_each(|(word, cells)| word.store(cells.load(Relaxed), Relaxed));
            bits_of(&block)
        };
        let (start, end) = (self.first.len(), self.first.len() + self.words.len() * 8);
        if cells.start < start {
            some(0, within(0, bytes(self.first)));
        }
        // Where words begin, the first of which may not.
        let from = cells.start.clamp(start, end);
        let to = cells.end.clamp(start, end).max(from);
        let words = &self.words[(from - start) / 8..(to - start).div_ceil(8)];
        let mut at = from - (from - start) % 8;
        let edge = words.len().min(usize::from(at < from));
        if edge > 0 {
            some(at, within(at, few(&words[..edge])));
            at += 8;
        }
        let (blocks, rest) = words[edge..].as_chunks::<8>();
        let (blocks, last) = blocks.split_at(blocks.len().saturating_sub(1));
        for block in blocks {
            some(at, bits_of(block));
            at += BLOCK;
        }
        for words in [last.as_flattened(), rest] {
            some(at, within(at, few(words)));
            at += words.len() * 8;
        }
        if cells.end > end {
            some(end, within(end, bytes(self.last)));
        }
    }
}

/// Which bytes of a block are not 0.
///
/// Written out, since loops over arrays are calls in a program that is compiled to be small.
#[inline(always)]
fn bits_of([a, b, c, d, e, f, g, h]: &[AtomicU64; 8]) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let word = |word: &AtomicU64| u64::from_le(word.load(Relaxed));
    let [mut a, mut b, mut c, mut d] = [word(a), word(b), word(c), word(d)];
    let [mut e, mut f, mut g, mut h] = [word(e), word(f), word(g), word(h)];
    if (a | b | c | d | e | f | g | h) & !ONES != 0 {
        // Any bit of a byte becomes its lowest one.
        let lowest = |word: u64| (((word & (0x7f * ONES)) + 0x7f * ONES) | word) >> 7 & ONES;
        [a, b, c, d] = [lowest(a), lowest(b), lowest(c), lowest(d)];
        [e, f, g, h] = [lowest(e), lowest(f), lowest(g), lowest(h)];
    }
    // The product has the lowest bits of the bytes, side by side, in its highest byte.
    let bits = |word: u64| word.wrapping_mul(0x0102_0408_1020_4080) >> 56;
    let low = bits(a) | bits(b) << 8 | bits(c) << 16 | bits(d) << 24;
    low | bits(e) << 32 | bits(f) << 40 | bits(g) << 48 | bits(h) << 56
}

/// The floats of a buffer to be written to, as their bits, if it has no gaps.
pub(crate) fn bits_of_floats<'b>(buffer: &'b PyBuffer<f64>, _locked: Python<'b>) -> Option<&'b [AtomicU64]> {
    let pointer = buffer.as_slice_ptr().filter(|_| !buffer.readonly())?;
    // SAFETY: The buffer is without gaps, since it gave this pointer, stays where it is until it is released, and may
    // be written to. It is aligned for floats, as was checked when it was taken. All access is by operations that
    // allow memory to change, and any bits are a float.
    Some(unsafe { &*(pointer.as_ptr() as *const [AtomicU64]) })
}

/// The bytes of a buffer, if it has no gaps.
pub(crate) fn cells<'b>(buffer: &'b PyBuffer<u8>, _locked: Python<'b>) -> Option<Cells<'b>> {
    let words = |pointer: NonNull<[u8]>| -> Words<'b> {
        // SAFETY: The buffer is without gaps, since it gave this pointer, and stays where it is until it is released.
        // They are only read, each once, by operations that allow memory to be read-only and to change. Whoever writes
        // into an array that another thread reads at the same time is in a race, as with numpy, which gives up the
        // interpreter's lock as well: a cell is what it was before or after.
        let bytes = unsafe { &*(pointer.as_ptr() as *const [AtomicU8]) };
        // SAFETY: Every eight bytes are a word.
        let (first, words, last) = unsafe { bytes.align_to() };
        Words { first, words, last }
    };
    match buffer.as_slice_ptr() {
        Some(pointer) => Some(Cells::ByRow(words(pointer))),
        None => buffer.as_fortran_slice_ptr().map(|pointer| Cells::ByColumn(words(pointer))),
    }
}
