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

/// Bytes as words of eight, the first of them at the lowest bits; they may change between two reads.
#[derive(Clone, Copy)]
pub(crate) struct Words<'b> {
    first: &'b [AtomicU8],
    words: &'b [AtomicU64],
    last: &'b [AtomicU8],
}

impl Words<'_> {
    /// Words, those of the bytes before and after the aligned ones included.
    pub(crate) fn len(&self) -> usize {
        self.words.len() + 2
    }

    /// Calls a function with those of some words that are not 0, and with the place of their first byte.
    #[inline(always)]
    pub(crate) fn each(&self, part: Range<usize>, mut call: impl FnMut(usize, u64)) {
        const BLOCK: usize = 8;
        let few = |bytes: &[AtomicU8]| {
            (0..).zip(bytes).fold(0, |word, (place, byte)| word | u64::from(byte.load(Relaxed)) << (8 * place))
        };
        if part.start == 0 {
            call(0, few(self.first));
        }
        let to = (part.end.max(1) - 1).min(self.words.len());
        let from = (part.start.max(1) - 1).min(to);
        for (block, words) in self.words[from..to].chunks(BLOCK).enumerate() {
            // Most are 0.
            if words.iter().fold(0, |any, word| any | word.load(Relaxed)) == 0 {
                continue;
            }
            for (place, word) in words.iter().enumerate() {
                let word = u64::from_le(word.load(Relaxed));
                if word != 0 {
                    call(self.first.len() + (from + block * BLOCK + place) * 8, word);
                }
            }
        }
        if part.end == self.len() {
            call(self.first.len() + self.words.len() * 8, few(self.last));
        }
    }
}

/// The bytes of a buffer, if it has no gaps.
pub(crate) fn cells<'b>(buffer: &'b PyBuffer<u8>, _locked: Python<'b>) -> Option<Cells<'b>> {
    let words = |pointer: NonNull<[u8]>| -> Words<'b> {
        // SAFETY: The buffer is without gaps, since it gave this pointer, and stays where it is until it is released.
        // They are only read, by operations that allow memory to be read-only and to change. While this thread has the
        // interpreter's lock no other one of Python writes; code that writes without the lock, into an array that it
        // gives away at the same time, is in a race with every reader of it, as it is in numpy.
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
