//! What reading a unit by itself gives to whoever merges.

use super::Item;
use crate::error::Error;
use crate::session::bearing::Signs;
use crate::timestamp::Timestamp;

/// What reading a unit gave.
#[derive(Default)]
pub struct Sifted {
    /// How many lines it has.
    pub rows: u32,
    /// How many of them were read at a glance.
    pub glanced: usize,
    /// Where its first line begins in the file, and where what was read of the last one ends.
    pub from: u64,
    pub to: u64,
    /// The lines that are left, in order.
    pub left: Vec<Left>,
    /// Their text.
    pub text: Vec<u8>,
    /// The sessions of some of them.
    pub halves: Vec<Half>,
    /// What was found, in order.
    pub found: Vec<Found>,
    /// How late it became behind the last of them.
    pub late: Option<Timestamp>,
    /// The sessions that were dealt with, as the table names them.
    pub keys: Vec<u64>,
    /// Bounds of what a table had held of the sessions dealt with, and may hold of the lines left.
    pub sessions: usize,
    pub weight: usize,
    /// Too much is left: it is of no use that the unit was read.
    pub given_up: bool,
    /// Why the unit could not be read to its end.
    pub error: Option<Error>,
}

/// A line that is left.
#[derive(Debug, Clone, Copy)]
pub struct Left {
    pub row: u32,
    /// How late it became since the one before, as far as lines tell that are not left.
    pub late: Option<Timestamp>,
    /// Where it ends in the text.
    pub end: usize,
    /// How many bytes it had in the file, without its line end.
    pub length: usize,
    pub terminated: bool,
    /// The half of a session that it is of; [`super::rows::NONE`] for most.
    pub half: u32,
}

/// A session that is as usual in everything, but begins or ends in another unit.
pub struct Half {
    pub key: u64,
    /// It begins in this unit and does not end there; else it is the other way round.
    pub begins: bool,
    /// What its lines show; of one that does not begin here, [`Signs::midway`].
    pub signs: Signs,
    /// Its endpoints where it is cut.
    pub endpoints: Vec<u8>,
}

/// An item, the row that ended its session, and how late it became before that.
pub struct Found {
    pub row: u32,
    pub late: Option<Timestamp>,
    pub item: Item,
}
