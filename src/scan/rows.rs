//! The lines of a unit, and pieces of them.

/// No row, no slot.
pub const NONE: u32 = u32::MAX;

/// A line of a unit.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// Where it begins in the buffer.
    pub start: u32,
    /// The row before it of the same session.
    pub before: u32,
    /// Where its event stands, counted from its beginning, where it was read at a
    /// glance: then its endpoints are those of the row before, and its data and
    /// context are plain or in quotes with none inside. Otherwise 0.
    pub event: u8,
}

/// A row that is left, and the half of a session that it is of ([`NONE`] for most). As
/// one number, which is quickly put in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LeftRow(u64);

impl LeftRow {
    pub fn new(row: u32, half: u32) -> Self {
        LeftRow(u64::from(row) << 32 | u64::from(half))
    }

    /// The row and the half.
    pub fn parts(self) -> (u32, u32) {
        let part = |bits: u64| u32::try_from(bits & 0xFFFF_FFFF).unwrap_or(NONE);
        (part(self.0 >> 32), part(self.0))
    }
}

/// A piece of the buffer.
#[derive(Debug, Clone, Copy, Default)]
pub struct Span {
    pub start: usize,
    pub end: usize,
}

impl Span {
    pub fn of<'a>(&self, buffer: &'a [u8]) -> &'a [u8] {
        &buffer[self.start..self.end]
    }
}

/// A number of rows or bytes of a unit, which is far smaller than `u32` counts.
#[inline(always)]
pub fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// The other way round. A unit is smaller than [`MAX_UNIT`], so nothing is cut off.
#[inline(always)]
pub fn number(index: usize) -> u32 {
    // Said in a way that costs no comparison.
    u32::try_from(index & 0xFFFF_FFFF).unwrap_or(NONE)
}

/// Largest unit that can be asked for; a line may make it a megabyte longer.
pub const MAX_UNIT: u64 = 1 << 30;
