//! What was made of values that many sessions have in common, found by their addresses:
//! to look at a list of EHLO keywords takes longer than all else of most sessions.

use crate::session::shared::Shared;

/// How many are known: the threads that read have hardly more at a time.
const PLACES: usize = 64;

/// What memory is given out in: addresses of values that are alive differ in more than this.
const STEP: usize = 32;

/// Values, and what was made of them. A value in here stays alive, so no other has its address.
pub struct Met<T, V>(Vec<Option<(Shared<T>, V)>>);

impl<T, V> Default for Met<T, V> {
    fn default() -> Self {
        Met(Vec::new())
    }
}

impl<T, V: Copy> Met<T, V> {
    /// What was made of a value.
    pub fn get(&self, value: &Shared<T>) -> Option<V> {
        let (met, made) = self.0.get(place(value))?.as_ref()?;
        met.is_same(value).then_some(*made)
    }

    /// Remembers it.
    pub fn put(&mut self, value: &Shared<T>, made: V) {
        self.0.resize_with(PLACES, || None);
        self.0[place(value)] = Some((value.clone(), made));
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.0.clear();
    }
}

fn place<T>(value: &Shared<T>) -> usize {
    value.address() / STEP % PLACES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_each_value_by_itself() {
        let mut met = Met::default();
        let values: Vec<_> = (0..1000).map(|_| Shared::new("same")).collect();
        for (number, value) in values.iter().enumerate() {
            assert_eq!(met.get(value), None);
            met.put(value, number);
            assert_eq!((met.get(value), met.get(&value.clone())), (Some(number), Some(number)));
        }
        let known = values.iter().enumerate().filter(|(number, value)| {
            assert!(met.get(value).is_none_or(|found| found == *number));
            met.get(value).is_some()
        });
        assert!((1..=PLACES).contains(&known.count()));
        met.clear();
        assert!(values.iter().all(|value| met.get(value).is_none()));
    }
}
