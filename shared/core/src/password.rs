//! Passwords: argon2id, off the async threads, few at a time.

use crate::error::{Error, Result};
use crate::ids;
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// 19 MiB, 2 passes, 1 lane: what OWASP recommends for argon2id.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
/// How many hashes run at once: each takes [`MEMORY_KIB`] and a core.
const AT_ONCE: usize = 2;
/// Longer passwords are refused before they are hashed.
pub const MAX_BYTES: usize = 1024;

/// Hashes and checks passwords.
#[derive(Clone, Debug)]
pub struct Passwords {
    turns: Arc<Semaphore>,
}

impl Default for Passwords {
    fn default() -> Passwords {
        Passwords { turns: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

impl Passwords {
    /// The PHC string of a password.
    pub async fn hash(&self, password: &str) -> Result<String> {
        if password.is_empty() || password.len() > MAX_BYTES {
            return Err(crate::error::invalid(format!("a password has 1 to {MAX_BYTES} bytes")));
        }
        let password = password.to_owned();
        self.run(move || {
            let salt: [u8; 16] = ids::random_bytes();
            let hash = hasher()?.hash_password_with_salt(password.as_bytes(), &salt);
            hash.map(|h| h.to_string()).map_err(|e| Error::Internal(format!("hashing a password: {e}")))
        })
        .await
    }

    /// Whether a password is the one behind a PHC string. `None` (nobody of that name, or nobody who may log in with a password)
    /// takes as long as a wrong password, so that an answer's time tells nothing.
    pub async fn check(&self, password: &str, stored: Option<&str>) -> Result<bool> {
        if password.len() > MAX_BYTES {
            return Ok(false);
        }
        let (password, stored) = (password.to_owned(), stored.map(str::to_owned));
        self.run(move || {
            let hasher = hasher()?;
            let Some(stored) = stored else {
                let _ = hasher.hash_password_with_salt(password.as_bytes(), &[0; 16]);
                return Ok(false);
            };
            let parsed = PasswordHash::new(&stored).map_err(|e| Error::Internal(format!("a stored password: {e}")))?;
            Ok(hasher.verify_password(password.as_bytes(), &parsed).is_ok())
        })
        .await
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
        let _turn = self.turns.acquire().await.map_err(|e| Error::Internal(format!("passwords: {e}")))?;
        tokio::task::spawn_blocking(work).await.map_err(|e| Error::Internal(format!("passwords: {e}")))?
    }
}

fn hasher() -> Result<Argon2<'static>> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).map_err(|e| Error::Internal(format!("argon2: {e}")))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_is_known_again_and_another_is_not() {
        let passwords = Passwords::default();
        let stored = passwords.hash("correct horse").await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert!(passwords.check("correct horse", Some(&stored)).await.unwrap());
        assert!(!passwords.check("battery staple", Some(&stored)).await.unwrap());
        assert!(!passwords.check("correct horse", None).await.unwrap());
        assert!(!passwords.check(&"x".repeat(MAX_BYTES + 1), Some(&stored)).await.unwrap());
    }

    #[tokio::test]
    async fn hashing_leaves_the_async_threads_alone() {
        let passwords = Passwords::default();
        let hashing = tokio::spawn(async move { passwords.hash("correct horse").await });
        // This runtime has one thread: were it hashing, nothing else would happen until it is done.
        let mut turns = 0;
        while !hashing.is_finished() {
            tokio::task::yield_now().await;
            turns += 1;
        }
        assert!(turns > 10, "{turns}");
    }

    #[tokio::test]
    async fn only_a_few_passwords_are_hashed_at_once() {
        let passwords = Passwords::default();
        let crowd: Vec<_> = (0..AT_ONCE + 3)
            .map(|_| {
                let passwords = passwords.clone();
                tokio::spawn(async move { passwords.check("x", None).await })
            })
            .collect();
        tokio::task::yield_now().await;
        assert_eq!(passwords.turns.available_permits(), 0, "all turns are taken, and the rest wait");
        for one in crowd {
            one.await.unwrap().unwrap();
        }
        assert_eq!(passwords.turns.available_permits(), AT_ONCE);
    }
}
