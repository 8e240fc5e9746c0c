//! Where a password comes from: the flag, standard input, or a question at the terminal. It is never printed and never logged.

use crate::fail::{Outcome, failed, usage};
use std::io::{BufRead, IsTerminal};

/// The password that a flag says; `-` is standard input, and without the flag a terminal is asked.
pub(super) fn read(flag: Option<String>) -> Outcome<String> {
    let password = match flag {
        Some(text) if text != "-" => text,
        Some(_) => from_input()?,
        None if std::io::stdin().is_terminal() => rpassword::prompt_password("Password: ")
            .map_err(|error| failed(format!("the password cannot be read from the terminal: {error}")))?,
        None => from_input()?,
    };
    if password.is_empty() {
        return Err(usage("the password is empty: give one with --password, or on standard input"));
    }
    Ok(password)
}

/// The first line, without its end.
fn from_input() -> Outcome<String> {
    let mut line = String::new();
    let read = std::io::stdin().lock().read_line(&mut line);
    read.map_err(|error| failed(format!("the password cannot be read from standard input: {error}")))?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
