//! Why mail hangs: reads the SMTP protocol logs of Microsoft Exchange and names the cause of every failed session.
