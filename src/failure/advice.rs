//! TODO
use crate::session::{Mark, Session};
/// advice
pub struct Advice {
    /// d
    pub diagnosis: String,
    /// r
    pub remedy: Vec<String>,
    /// f
    pub reference: Vec<String>,
}
/// advise
pub fn advise(_s: &Session, _m: &Mark) -> Advice {
    Advice { diagnosis: String::new(), remedy: vec![], reference: vec![] }
}
