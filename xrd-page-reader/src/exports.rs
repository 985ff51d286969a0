//! Functions that the script of the page calls.
//!
//! The script writes the arguments to the memory at [`reader_input`] and reads the answer from the
//! memory at [`reader_output`]. An answer is JSON: `{"Ok": …}` or `{"Err": "one line"}`. The functions
//! that answer return the length of the answer in bytes.
//!
//! The module has one thread, so that its state is in a thread-local value.
#![allow(
    unsafe_code,
    reason = "a name without mangling can collide with another one; these names occur once"
)]

use std::cell::RefCell;

use serde::{Deserialize, Serialize};

use crate::reader::Reader;

#[derive(Default)]
struct State {
    input: Vec<u8>,
    output: Vec<u8>,
    reader: Option<Reader>,
}

thread_local! {
    static STATE: RefCell<State> = RefCell::default();
}

/// Query for [`Reader::estimate`].
#[derive(Deserialize)]
struct Query {
    row: usize,
    point: Vec<f64>,
    residual: f64,
}

fn with<T>(run: impl FnOnce(&mut State) -> T) -> T {
    STATE.with_borrow_mut(run)
}

/// Stores the answer and returns its length.
fn answer<T: Serialize>(state: &mut State, found: &Result<T, String>) -> usize {
    state.output = serde_json::to_vec(found).unwrap_or_default();
    state.output.len()
}

/// Makes room for the arguments of the next call, and returns its address.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn reader_input(length: usize) -> *mut u8 {
    with(|state| {
        state.input = vec![0; length];
        state.input.as_mut_ptr()
    })
}

/// Returns the address of the last answer.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn reader_output() -> *const u8 {
    with(|state| state.output.as_ptr())
}

/// Takes the description of the study ([`Reader::new`]).
#[unsafe(no_mangle)]
pub(crate) extern "C" fn reader_study() -> usize {
    with(|state| {
        let found = Reader::new(&state.input).map(|reader| state.reader = Some(reader));
        answer(state, &found)
    })
}

/// Reads a file ([`Reader::read`]). The input is its name, of `name` bytes, and its bytes.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn reader_read(name: usize) -> usize {
    with(|state| {
        let input = std::mem::take(&mut state.input);
        let (name, bytes) = input.split_at(name.min(input.len()));
        let name = String::from_utf8_lossy(name);
        let found = reader(state).and_then(|reader| reader.read(&name, bytes));
        answer(state, &found)
    })
}

/// Returns the address of the intensities of a pattern ([`Reader::intensities`]). 0 if there is none.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn reader_intensities(row: usize) -> *const f32 {
    with(|state| {
        let found = state.reader.as_ref().and_then(|r| r.intensities(row));
        found.map_or(std::ptr::null(), <[f32]>::as_ptr)
    })
}

/// Estimates labels ([`Reader::estimate`]). The input is a [`Query`] as JSON.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn reader_estimate() -> usize {
    with(|state| {
        let query = serde_json::from_slice(&state.input).map_err(|e| e.to_string());
        let found = query.and_then(
            |Query {
                 row,
                 point,
                 residual,
             }| { reader(state)?.estimate(row, &point, residual) },
        );
        answer(state, &found)
    })
}

fn reader(state: &mut State) -> Result<&mut Reader, String> {
    state.reader.as_mut().ok_or_else(|| "no study".to_owned())
}
