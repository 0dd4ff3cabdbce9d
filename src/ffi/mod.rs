//! The C ABI: the only unsafe code of the crate.
//!
//! A handful of functions over a few handles, described for their callers in
//! `include/exchange_tls.h`, which cbindgen writes from this module. What
//! stands at the head of that header holds here: every function is guarded
//! against panics (`guard.rs`), answers NULL instead of reading it, writes its
//! outputs only on success, and copies what it is given.
#![allow(unsafe_code)]
#![allow(non_camel_case_types)] // these are the names C callers see

mod arguments;
pub mod certs;
pub mod certs_paths;
pub mod certs_types;
mod certs_views;
pub mod evidence;
pub mod evidence_paths;
pub mod evidence_types;
mod evidence_views;
mod guard;
mod known;
pub mod library;
mod memory;
mod met;
mod numbers;
mod objects;
mod options;
mod pages;
pub mod pages_types;
#[cfg(test)]
mod panics;
mod reading;
pub mod report;
mod room;
pub mod scan;
pub mod types;
mod views;

#[cfg(panic = "abort")]
compile_error!(
    "the guard of the C ABI needs panics that unwind: do not build with panic = \"abort\""
);
