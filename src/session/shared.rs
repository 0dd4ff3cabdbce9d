//! A value that many sessions have in common, kept once for all of them.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use once_cell::sync::OnceCell;
use serde::ser::Error;
use serde::{Serialize, Serializer};
use serde_json::value::{to_raw_value, RawValue};

/// A value and its JSON, which is made when it is first asked for. Half of the
/// JSON of a usual session describes two certificates, and the same ones for
/// thousands of sessions.
pub struct Shared<T>(Arc<(T, OnceCell<Box<RawValue>>)>);

impl<T> Shared<T> {
    /// Of a value.
    pub fn new(value: T) -> Self {
        Shared(Arc::new((value, OnceCell::new())))
    }

    /// Where it is kept.
    pub(crate) fn address(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }

    /// Whether this is the same value, and not only an equal one.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0 .0
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Shared(Arc::clone(&self.0))
    }
}

impl<T: fmt::Debug> fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: PartialEq> PartialEq for Shared<T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

/// As the value itself; to JSON only, as all that is serialized here.
impl<T: Serialize> Serialize for Shared<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (value, json) = &*self.0;
        json.get_or_try_init(|| to_raw_value(value)).map_err(Error::custom)?.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_written_as_the_value_itself() {
        let value = vec!["AUTH \"NTLM\"".to_owned(), "Z\u{fc}rich".to_owned()];
        let shared = Shared::new(value.clone());
        for _ in 0..2 {
            assert_eq!(
                serde_json::to_string(&shared).unwrap(),
                serde_json::to_string(&value).unwrap()
            );
        }
        assert_eq!(shared, shared.clone());
        assert_eq!(format!("{shared:?}"), format!("{value:?}"));
    }
}
