//! What extls_scan_page writes.

use libc::size_t;

use super::types::*;

/// No item.
pub(super) const NO_ITEM: extls_item =
    extls_item { failure: std::ptr::null(), session: std::ptr::null(), problem: std::ptr::null() };

/// What a scan found: sessions, as many as are there, or one other thing in
/// `item`. It says where everything lies that the sessions point to, so that it
/// can be copied in few pieces.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct extls_page {
    /// The first session; the others lie behind it. NULL where there is none.
    pub sessions: *const extls_session,
    /// How many.
    pub session_count: size_t,
    /// Texts that belong to one session.
    pub text: *const u8,
    /// How many bytes.
    pub text_len: size_t,
    /// Lists of such texts.
    pub listed: *const extls_str,
    /// How many texts are in them.
    pub listed_count: size_t,
    /// Texts that sessions share; equal ones have the same address. Each begins
    /// at a multiple of 8 bytes from here.
    pub known_text: *const u8,
    /// How many bytes.
    pub known_text_len: size_t,
    /// Lists of such texts; equal lists have the same address.
    pub known_listed: *const extls_str,
    /// How many texts are in them.
    pub known_listed_count: size_t,
    /// Certificates; equal ones have the same address.
    pub known_certificates: *const extls_certificate,
    /// How many.
    pub known_certificate_count: size_t,
    /// As long as this is the same from page to page, what is known stays where
    /// it is, and more is added at its end.
    pub known_generation: u64,
    /// A failure or a problem, and no sessions; else all of it is NULL.
    pub item: extls_item,
}
