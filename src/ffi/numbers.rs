//! Finds the number of a value by its hash; values are numbered as they are added.

/// The values themselves lie elsewhere.
#[derive(Default)]
pub struct Numbers {
    /// A power of two, at most half of them in use; 0 is none, others are numbers and one.
    slots: Vec<u32>,
    hashes: Vec<u64>,
}

impl Numbers {
    /// Forgets all.
    pub fn clear(&mut self) {
        self.hashes.clear();
        self.slots.fill(0);
    }

    /// The number of the value with this hash that `is_it`.
    pub fn find(&self, hash: u64, is_it: impl Fn(usize) -> bool) -> Option<usize> {
        let mut slot = self.slot(hash);
        loop {
            let number = index(*self.slots.get(slot)?).checked_sub(1)?;
            if self.hashes[number] == hash && is_it(number) {
                return Some(number);
            }
            slot = (slot + 1) & (self.slots.len() - 1);
        }
    }

    /// Numbers a value that has none.
    pub fn add(&mut self, hash: u64) {
        self.hashes.push(hash);
        if self.hashes.len() * 2 > self.slots.len() {
            let slots = (self.slots.len() * 2).max(1024);
            self.slots.clear();
            self.slots.resize(slots, 0);
            (0..self.hashes.len()).for_each(|number| self.put(number));
        } else {
            self.put(self.hashes.len() - 1);
        }
    }

    fn put(&mut self, number: usize) {
        let mut slot = self.slot(self.hashes[number]);
        while self.slots[slot] != 0 {
            slot = (slot + 1) & (self.slots.len() - 1);
        }
        self.slots[slot] = u32::try_from(number + 1).unwrap_or(u32::MAX);
    }

    fn slot(&self, hash: u64) -> usize {
        let mask = self.slots.len().wrapping_sub(1);
        usize::try_from(hash & u64::try_from(mask).unwrap_or(u64::MAX)).unwrap_or(0)
    }
}

fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_with_one_hash_have_numbers_of_their_own() {
        let mut numbers = Numbers::default();
        assert_eq!(numbers.find(0, |_| true), None);
        // Those in between meet the same places.
        let hashes: Vec<u64> = (0..5000).map(|value| value / 3 * 1024).collect();
        for hash in &hashes {
            numbers.add(*hash);
        }
        for (number, hash) in hashes.iter().enumerate() {
            assert_eq!(numbers.find(*hash, |other| other == number), Some(number));
            assert_eq!(numbers.find(*hash, |_| false), None);
        }
        assert_eq!(numbers.find(1, |_| true), None);
        numbers.clear();
        assert_eq!(numbers.find(0, |_| true), None);
    }
}
