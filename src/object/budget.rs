//! What a file of objects may cost in memory and work, whatever its objects say
//! of each other.

use std::cell::Cell;

use super::Object;

/// Most properties of an object: those of the shell have at most some three
/// hundred, and to add one looks through those that are there.
pub const MAX_PROPERTIES: usize = 1_000;

/// The sentence about an object that has more of them.
pub fn too_many_properties(count: usize) -> String {
    format!("an object has {count} properties or more; expected at most {MAX_PROPERTIES}")
}

/// In CLIXML a reference of twenty bytes stands for all that it refers to, and
/// that for more. Without references no file comes to this.
const BUDGET: usize = 64 << 20;
/// The same for each byte of a file: of what is one value, the shortest has four.
const BUDGET_PER_BYTE: usize = VALUE / 4;
/// A value without its text.
pub const VALUE: usize = 64;

/// What is left of what a file may cost; with nothing left it is refused.
pub struct Budget {
    left: Cell<usize>,
    /// How many properties an object has that has too many.
    crowded: Cell<Option<usize>>,
}

impl Budget {
    /// For a file of this text.
    pub fn of(text: &str) -> Self {
        let more = text.len().saturating_mul(BUDGET_PER_BYTE);
        Budget { left: Cell::new(BUDGET.saturating_add(more)), crowded: Cell::new(None) }
    }

    /// Takes from it, about as many as there are bytes copied; false where nothing is left.
    pub fn spend(&self, cost: usize) -> bool {
        let left = self.left.get().saturating_sub(cost);
        self.left.set(left);
        left > 0
    }

    /// The same for a property that is to be added: those that are there are looked
    /// through for its name, some four while a byte is copied.
    pub fn spend_on_property(&self, object: &Object, name: &str) -> bool {
        let count = object.properties().len();
        if count >= MAX_PROPERTIES {
            self.crowded.set(Some(count + 1));
            return false;
        }
        self.spend(count / 4 + name.len())
    }

    /// The sentence that refuses the file, where it costs too much.
    pub fn check(&self) -> Result<(), String> {
        match (self.crowded.get(), self.left.get()) {
            (Some(count), _) => Err(too_many_properties(count)),
            (None, 0) => Err("its objects refer to each other so often that they stand for far more than the file holds; \
                export them again, with Export-Clixml and no -Depth"
                .to_owned()),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::clixml::read;
    use super::*;

    #[test]
    fn references_stand_for_no_more_than_is_bearable() {
        let refs = |to: &str, count: usize| format!("<Ref RefId=\"{to}\"/>").repeat(count);
        let list = |number: &str, items: &str| {
            format!("<Obj N=\"L{number}\" RefId=\"{number}\"><LST>{items}</LST></Obj>")
        };
        let file = |first: &str, rest: &str| {
            format!("<Objs><Obj RefId=\"0\"><Props>{first}</Props></Obj>{rest}</Objs>")
        };
        // Lists of lists, and a wide object, again and again; long texts stand in fuzz/findings.
        let wide: String = (0..900).map(|at| format!("<S N=\"{at}\"/>")).collect();
        for text in [
            file(&(list("1", &refs("2", 900)) + &list("2", &refs("2", 900))), &refs("0", 900)),
            file(&wide, &refs("0", 2_400)),
        ] {
            assert!(text.len() <= 64 << 10, "{}", text.len());
            let (text, _) = read(&text).unwrap_err();
            assert!(text.contains("refer to each other"), "{text}");
        }
        // Without references everything is read, however dense.
        let dense = "<S/>".repeat(50_000);
        let objects = read(&file(&list("1", &dense), "")).unwrap();
        assert_eq!(objects[0].properties().next().unwrap().0, "L1");
        let many = "<Obj/>".repeat(50_000);
        assert_eq!(read(&format!("<Objs>{many}</Objs>")).unwrap().len(), 50_000);
        let crowd: String = (0..=MAX_PROPERTIES).map(|at| format!("<S N=\"{at}\"/>")).collect();
        assert!(read(&file(&crowd, "")).unwrap_err().0.contains("1001 properties"));
    }
}
