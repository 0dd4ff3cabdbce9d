//! The worst of many, in bounded memory.

/// Keeps the first `limit` by rank, and counts the rest. Equal ranks keep the
/// order in which they came.
pub struct Ranked<K, T> {
    rows: Vec<(K, T)>,
    limit: usize,
    left_out: u64,
}

impl<K: Ord, T> Ranked<K, T> {
    /// Holds at most `limit` items.
    pub fn new(limit: usize) -> Self {
        Ranked { rows: Vec::new(), limit, left_out: 0 }
    }

    /// Adds what `make` gives, unless it would be left out anyway.
    pub fn add(&mut self, rank: K, make: impl FnOnce() -> T) {
        let place = self.rows.partition_point(|(known, _)| *known <= rank);
        if self.rows.len() == self.limit {
            self.left_out += 1;
            if place == self.limit {
                return;
            }
            self.rows.pop();
        }
        self.rows.insert(place, (rank, make()));
    }

    /// What was kept, first rank first.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.rows.iter().map(|(_, item)| item)
    }

    /// The first.
    pub fn first(&self) -> Option<&T> {
        self.iter().next()
    }

    /// How many were not kept.
    pub fn left_out(&self) -> u64 {
        self.left_out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_worst_and_counts_the_rest() {
        let mut ranked = Ranked::new(3);
        for (at, rank) in [5, 1, 4, 1, 9, 0].into_iter().enumerate() {
            ranked.add(rank, || (rank, at));
        }
        assert_eq!(ranked.iter().copied().collect::<Vec<_>>(), [(0, 5), (1, 1), (1, 3)]);
        assert_eq!(ranked.left_out(), 3);
    }
}
