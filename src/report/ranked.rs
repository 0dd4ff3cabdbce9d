//! The worst of many, in bounded memory.

/// Most bytes of the texts of all items together. One is usually 3 KB, so this
/// is enough for all that are kept, but made of the longest texts one would be
/// three quarters of a megabyte.
const MAX_BYTES: usize = 4 << 20;

/// What is kept of an object.
pub trait Item {
    /// How many bytes its details are.
    fn size(&self) -> usize;

    /// Gives its details up; what it is called and how bad it is stays.
    fn strip(&mut self);
}

struct Row<K, T> {
    rank: K,
    item: T,
    /// Bytes of its details; 0 once they are given up.
    bytes: usize,
    is_whole: bool,
}

/// Keeps the first `limit` by rank, those first in rank whole, and counts the
/// rest. Equal ranks keep the order in which they came.
pub struct Ranked<K, T> {
    rows: Vec<Row<K, T>>,
    limit: usize,
    left_out: u64,
    bytes: usize,
}

impl<K: Ord, T: Item> Ranked<K, T> {
    /// Holds at most `limit` items.
    pub fn new(limit: usize) -> Self {
        Ranked { rows: Vec::new(), limit, left_out: 0, bytes: 0 }
    }

    /// Adds what `make` gives, unless it would be left out anyway.
    pub fn add(&mut self, rank: K, make: impl FnOnce() -> T) {
        let place = self.rows.partition_point(|known| known.rank <= rank);
        if self.rows.len() == self.limit {
            self.left_out += 1;
            if place == self.limit {
                return;
            }
            self.bytes -= self.rows.pop().map_or(0, |last| last.bytes);
        }
        let item = make();
        let bytes = item.size();
        self.bytes += bytes;
        self.rows.insert(place, Row { rank, item, bytes, is_whole: true });
        let mut last = self.rows.len();
        while self.bytes > MAX_BYTES && last > 1 {
            last -= 1;
            let row = &mut self.rows[last];
            if row.is_whole {
                row.item.strip();
                row.is_whole = false;
                self.bytes -= std::mem::take(&mut row.bytes);
            }
        }
    }

    /// What was kept, first rank first.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.rows.iter().map(|row| &row.item)
    }

    /// The first.
    pub fn first(&self) -> Option<&T> {
        self.iter().next()
    }

    /// How many were not kept.
    pub fn left_out(&self) -> u64 {
        self.left_out
    }

    /// How many are kept without their details.
    pub fn stripped(&self) -> u64 {
        u64::try_from(self.rows.iter().filter(|row| !row.is_whole).count()).unwrap_or(u64::MAX)
    }
}

/// How many bytes texts are.
pub fn bytes_of<'a>(texts: impl IntoIterator<Item = &'a String>) -> usize {
    texts.into_iter().map(String::len).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rank, place, bytes.
    type Thing = (i32, usize, usize);

    impl Item for Thing {
        fn size(&self) -> usize {
            self.2
        }

        fn strip(&mut self) {
            self.2 = 0;
        }
    }

    #[test]
    fn keeps_the_worst_and_counts_the_rest() {
        let mut ranked = Ranked::new(3);
        for (at, rank) in [5, 1, 4, 1, 9, 0].into_iter().enumerate() {
            ranked.add(rank, || (rank, at, 0));
        }
        assert_eq!(ranked.iter().copied().collect::<Vec<_>>(), [(0, 5, 0), (1, 1, 0), (1, 3, 0)]);
        assert_eq!((ranked.left_out(), ranked.stripped()), (3, 0));
    }

    fn left(ranked: &Ranked<i32, Thing>) -> usize {
        usize::try_from(ranked.stripped()).unwrap()
    }

    #[test]
    fn keeps_the_worst_whole() {
        const HALF: usize = MAX_BYTES / 2;
        type Case = (&'static [(i32, usize)], &'static [bool]);
        // Ranks and sizes as they come; who of them is whole at the end, by rank.
        let cases: &[Case] = &[
            (&[(1, HALF), (2, HALF), (3, 1)], &[true, true, false]),
            (&[(3, HALF), (2, HALF), (1, HALF)], &[true, true, false]),
            (&[(3, 1), (2, HALF), (1, HALF), (0, 1)], &[true, true, false, false]),
            // One alone is kept whole, whatever its size.
            (&[(1, 3 * HALF)], &[true]),
            (&[(2, 1), (1, 3 * HALF)], &[true, false]),
            // The one that falls out at the end takes its bytes along.
            (&[(9, HALF), (8, HALF), (1, 1), (2, 1), (3, 1)], &[true, true, true, true]),
        ];
        for (given, wanted) in cases {
            let mut ranked = Ranked::new(4);
            for (at, (rank, bytes)) in given.iter().enumerate() {
                ranked.add(*rank, || (*rank, at, *bytes));
            }
            let whole: Vec<bool> = ranked.rows.iter().map(|row| row.is_whole).collect();
            assert_eq!(&whole, wanted, "{given:?}");
            let bytes: usize = ranked.iter().map(|item| item.2).sum();
            assert_eq!(ranked.bytes, bytes, "{given:?}");
            assert!(bytes <= MAX_BYTES || ranked.rows.len() - 1 == left(&ranked), "{given:?}");
        }
    }
}
