//! Mail transactions: one message with its recipients, accepted.

use super::script::{Direction, Script};
use super::world;

/// A message on its way.
pub struct Message {
    sender: String,
    recipients: Vec<String>,
    size: u64,
    id: String,
}

impl Message {
    /// How many recipients it has.
    pub fn count(&self) -> usize {
        self.recipients.len()
    }

    /// One recipient more.
    pub fn copy_to(&mut self, recipient: &str) {
        self.recipients.push(recipient.to_owned());
    }
}

impl Script<'_> {
    /// A message of somebody to one recipient or several.
    pub fn message(&mut self) -> Message {
        let sent = self.direction == Direction::Send;
        let (from, to) = if sent {
            ("contoso.com", self.route.domain)
        } else {
            (self.route.domain, "contoso.com")
        };
        let sender = self.address(from);
        // Most messages have one recipient, few have many.
        let extra = if self.random.once_in(3) { self.random.between(1, 6) } else { 0 };
        let recipients = (0..=extra).map(|_| self.address(to)).collect();
        let size = 900 + (1 << self.random.between(8, 21)) + self.random.below(5000);
        let id = format!("<{:016x}.{:08x}@{from}>", self.random.number(), self.number);
        Message { sender, recipients, size, id }
    }

    fn address(&mut self, domain: &str) -> String {
        if self.random.once_in(6) {
            return format!("{}@{domain}", self.random.pick(world::SERVICES));
        }
        let (first, last) =
            (self.random.pick(world::FIRST_NAMES), self.random.pick(world::LAST_NAMES));
        format!("{first}.{last}@{domain}")
    }

    /// A message that is taken.
    pub fn deliver(&mut self) {
        let message = self.message();
        self.envelope(&message);
        self.body(&message);
    }

    /// MAIL and RCPT, accepted.
    pub fn envelope(&mut self, message: &Message) {
        self.envelope_answered(message, &[]);
    }

    /// MAIL and RCPT; the last recipients are refused with these replies.
    pub fn envelope_answered(&mut self, message: &Message, refusals: &[&str]) {
        self.mail(message);
        let taken = message.recipients.len().saturating_sub(refusals.len());
        let answers = message.recipients[..taken].iter().map(|_| "250 2.1.5 Recipient OK");
        let answers: Vec<&str> = answers.chain(refusals.iter().copied()).collect();
        if self.direction == Direction::Send {
            // A sending Exchange pipelines.
            for recipient in &message.recipients {
                self.client(&["RCPT TO:<", recipient, ">"]);
            }
            self.wait(25);
            self.server(&["250 2.1.0 Sender OK"]);
            for answer in answers {
                self.server(&[answer]);
            }
        } else {
            let (id, time) = (self.id.clone(), self.stamp());
            self.told_of(&[&id, ";", &time, ";1"], "receiving message");
            self.server(&["250 2.1.0 Sender OK"]);
            for (recipient, answer) in message.recipients.iter().zip(answers) {
                self.wait(10);
                self.client(&["RCPT TO:<", recipient, ">"]);
                self.wait(1);
                self.server(&[answer]);
            }
        }
    }

    /// MAIL, not yet answered.
    pub fn mail(&mut self, message: &Message) {
        self.wait(2);
        if self.direction == Direction::Send {
            let record = 51_539_607_552 + self.number;
            self.told(&format!(
                "sending message with RecordId {record} and InternetMessageId {}",
                message.id
            ));
        }
        self.client(&["MAIL FROM:<", &message.sender, "> SIZE=", &message.size.to_string()]);
    }

    /// BDAT or DATA, unanswered: the message is on its way.
    pub fn start_body(&mut self, message: &Message) {
        self.wait(1);
        if self.route.chunking {
            self.client(&["BDAT ", &message.size.to_string(), " LAST"]);
        } else {
            self.client(&["DATA"]);
            self.wait(10);
            self.server(&["354 Start mail input; end with <CRLF>.<CRLF>"]);
        }
        self.wait(200 + message.size / 2000);
    }

    /// The message itself, accepted.
    pub fn body(&mut self, message: &Message) {
        self.start_body(message);
        let from_exchange = self.direction == Direction::Receive || self.route.chunking;
        if self.direction == Direction::Receive {
            self.told("Proxy destination(s) obtained from OnProxyInboundMessage event");
        }
        if from_exchange {
            let internal = format!("{}", 4_398_046_511_104 + self.random.below(1 << 40));
            let host = self.server_name().to_uppercase();
            let (millis, rate) = (self.random.below(1000), self.random.between(2000, 900_000));
            let pace =
                format!(" bytes in 0.{millis:03}, {}.{:03} KB/sec", rate / 1000, rate % 1000);
            self.server(&[
                "250 2.6.0 ",
                &message.id,
                " [InternalId=",
                &internal,
                ", Hostname=",
                &host,
                "] ",
                &message.size.to_string(),
                &pace,
                " Queued mail for delivery",
            ]);
        } else {
            let queue = format!("{:010X}", self.random.below(1 << 40));
            self.server(&["250 2.0.0 Ok: queued as ", &queue]);
        }
    }
}
