//! The program `exchange-tls`.
fn main() {}
