//! Why mail hangs: reads the SMTP protocol logs of Microsoft Exchange and names the cause of every failed session.
#![cfg_attr(test, allow(clippy::as_conversions))]

pub mod cert;
pub mod cert_files;
pub mod connector;
pub mod diagnosis;
pub mod errand;
pub mod error;
pub mod failure;
pub mod ffi;
pub mod file;
pub mod log;
pub mod object;
pub mod queue;
pub mod report;
pub mod scan;
pub mod session;
pub mod text;
pub mod timestamp;
pub mod wildcard;
