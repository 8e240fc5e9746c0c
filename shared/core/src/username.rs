//! Usernames: the names of people and pages in addresses, which share one space.

/// How long one may be.
pub const MAX: usize = 50;

/// Whether a text can be a username, in words for whoever wrote it. One letter at least, so that it is never taken for an id.
pub fn check(name: &str) -> Result<(), String> {
    let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.');
    if plain && name.len() <= MAX && name.bytes().any(|byte| byte.is_ascii_alphabetic()) {
        return Ok(());
    }
    Err(format!("'{name}' is no username: at most {MAX} letters, digits and dots, one of them a letter"))
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn a_username_is_a_name_and_never_an_id() {
        for name in ["ann", "Pond.Quartet", "4you", &"x".repeat(50)] {
            check(name).unwrap();
        }
        for name in ["", "1234", ".", "a b", "a/b", "a_b", "Ünï", &"x".repeat(51)] {
            assert!(check(name).is_err(), "{name}");
        }
    }
}
