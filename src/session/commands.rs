//! SMTP commands (RFC 5321 4.1, RFC 3207, RFC 3030, RFC 4954) and Exchange's own.

/// A command, as far as following a session needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// EHLO or HELO.
    Hello,
    /// STARTTLS or X-ANONYMOUSTLS.
    StartTls,
    /// AUTH or X-EXPS.
    Auth,
    /// MAIL FROM.
    Mail,
    /// RCPT TO.
    Rcpt,
    /// DATA.
    Data,
    /// The message after 354.
    Body,
    /// BDAT with more to come.
    Chunk,
    /// BDAT ... LAST.
    LastChunk,
    /// RSET.
    Reset,
    /// QUIT.
    Quit,
    /// NOOP, VRFY, XPROXY and the like.
    Other,
}

impl Command {
    /// Tells from the line a client sent.
    pub fn parse(line: &[u8]) -> Command {
        let end = line.iter().position(|byte| matches!(byte, b' ' | b':')).unwrap_or(line.len());
        let is = |name: &[u8]| line[..end].eq_ignore_ascii_case(name);
        // Ordered by how often they occur.
        if is(b"RCPT") {
            Command::Rcpt
        } else if is(b"MAIL") {
            Command::Mail
        } else if is(b"EHLO") || is(b"HELO") {
            Command::Hello
        } else if is(b"BDAT") {
            let last = line.rsplit(|byte| *byte == b' ').next().unwrap_or_default();
            if last.eq_ignore_ascii_case(b"LAST") {
                Command::LastChunk
            } else {
                Command::Chunk
            }
        } else if is(b"DATA") {
            Command::Data
        } else if is(b"QUIT") {
            Command::Quit
        } else if is(b"RSET") {
            Command::Reset
        } else if is(b"STARTTLS") || is(b"X-ANONYMOUSTLS") {
            Command::StartTls
        } else if is(b"AUTH") || is(b"X-EXPS") {
            Command::Auth
        } else {
            Command::Other
        }
    }

    /// Part of a mail transaction: its refusal is one of a message or recipient.
    pub fn is_mail(self) -> bool {
        matches!(
            self,
            Command::Mail
                | Command::Rcpt
                | Command::Data
                | Command::Body
                | Command::Chunk
                | Command::LastChunk
        )
    }
}

/// The word after a command: the name in EHLO, the mechanism in AUTH.
pub fn argument(line: &[u8]) -> Option<&[u8]> {
    line.split(|byte| *byte == b' ').skip(1).find(|word| !word.is_empty())
}

/// The address in `MAIL FROM:<a@b> SIZE=1` and `RCPT TO:<c@d>`, without the brackets.
pub fn path(line: &[u8]) -> Option<&[u8]> {
    let rest = &line[memchr::memchr(b':', line)? + 1..];
    let rest = rest.trim_ascii_start();
    match rest.strip_prefix(b"<") {
        Some(inner) => Some(&inner[..memchr::memchr(b'>', inner).unwrap_or(inner.len())]),
        None => Some(rest.split(|byte| *byte == b' ').next().unwrap_or(rest)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_commands_and_their_arguments() {
        assert_eq!(Command::parse(b"ehlo EX1"), Command::Hello);
        assert_eq!(Command::parse(b"BDAT 2048 LAST"), Command::LastChunk);
        assert_eq!(Command::parse(b"BDAT 2048"), Command::Chunk);
        assert_eq!(Command::parse(b"MAIL FROM:<a@b>"), Command::Mail);
        assert_eq!(Command::parse(b"XPROXYFROM SID=1"), Command::Other);
        assert_eq!(argument(b"AUTH  NTLM x"), Some(&b"NTLM"[..]));
        assert_eq!(
            path(b"MAIL FROM:<a@b.example> SIZE=1 BODY=8BITMIME"),
            Some(&b"a@b.example"[..])
        );
        assert_eq!(path(b"RCPT TO: c@d.example NOTIFY=NEVER"), Some(&b"c@d.example"[..]));
        assert_eq!(path(b"MAIL FROM:<>"), Some(&b""[..]));
    }
}
