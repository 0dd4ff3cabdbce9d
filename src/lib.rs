//! Why mail hangs: reads the SMTP protocol logs of Microsoft Exchange and names the cause of every failed session.
#![cfg_attr(test, allow(clippy::as_conversions))]

pub mod cert;
pub mod error;
pub mod failure;
pub mod ffi;
pub mod log;
pub mod object;
pub mod report;
pub mod scan;
pub mod session;
pub mod text;
pub mod timestamp;
pub mod wildcard;
