//! The peer refuses the certificate: by its own faults, or by its chain.

use super::super::answer::Words;
use super::case::Case;

impl Case<'_> {
    /// The peer refuses it: by its own faults, or by the chain that is sent with it.
    pub(super) fn rejected(&self) -> Words {
        let Some(held) = self.held else {
            return match &self.thumbprint {
                Some(_) if !self.nothing_known() => self.stranger(self.commands()),
                _ => self.by_log_alone(""),
            };
        };
        let knows_issuers = self.view.evidence.inventory.knows_issuers();
        let faults = held.faults(knows_issuers);
        let word = self.problem.group.and_then(|group| group.first.error.as_deref());
        let word = word
            .or_else(|| self.problem.queues.iter().find_map(|one| one.failure.error.as_deref()));
        let refused = format!(
            "{}, and the other side does not accept it{}.",
            self.certificate(),
            word.map(|word| format!(" ({word})")).unwrap_or_default()
        );
        let mut commands = self.commands();
        let summary = if faults.is_empty() {
            let unknown = if knows_issuers {
                ""
            } else {
                " The issuers in the stores of the server were not gathered, so that it is not known what it sends along."
            };
            if let Some(group) = self.problem.group {
                commands.extend(&group.first.remedy);
            }
            format!("{refused} Nothing was found wrong with it here.{unknown}")
        } else {
            commands.on_the_spot();
            commands.extend(&held.test.remedy);
            format!("{refused} {}", faults.join(" "))
        };
        self.retry(&mut commands);
        self.words(summary, commands)
    }
}
