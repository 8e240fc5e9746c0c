//! How often something may be tried: counters in the store, so that every process and every function counts together.

use crate::error::Result;
use crate::graph::Graph;
use crate::kinds;
use reconnect_store::{Batch, CounterKind, Found, Id, Key, Outcome};
use sha2::{Digest, Sha256};
use std::net::IpAddr;

/// Failed logins of one account within [`WINDOW_SECS`].
pub const FAILED_LOGINS_PER_ACCOUNT: i64 = 10;
/// Failed logins from one network address within [`WINDOW_SECS`].
pub const FAILED_LOGINS_PER_ADDRESS: i64 = 50;
/// Tries at short codes of one application within [`WINDOW_SECS`].
pub const CODE_TRIES_PER_APPLICATION: i64 = 20;
/// The window in which tries are counted, in seconds.
pub const WINDOW_SECS: i64 = 900;

/// One thing that is counted.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    owner: Id,
    kind: &'static CounterKind,
    sub: u64,
    most: i64,
}

impl Limit {
    /// Failed logins of an account. `email` need not exist: what does not exist is counted alike, so that nobody learns of it.
    pub fn account(email: &str) -> Limit {
        Limit::new(kinds::ROOT, kinds::FAILED_LOGINS, &[b"account", email.as_bytes()], FAILED_LOGINS_PER_ACCOUNT)
    }

    /// Failed logins from an address; of IPv6 the /64 counts.
    pub fn address(address: IpAddr) -> Limit {
        let octets = match address.to_canonical() {
            IpAddr::V4(v4) => v4.octets().to_vec(),
            IpAddr::V6(v6) => v6.octets()[..8].to_vec(),
        };
        Limit::new(kinds::ROOT, kinds::FAILED_LOGINS, &[b"address", &octets], FAILED_LOGINS_PER_ADDRESS)
    }

    /// Tries at the short codes of an application.
    pub fn codes(app: Id) -> Limit {
        Limit::new(app, kinds::CODE_TRIES, &[], CODE_TRIES_PER_APPLICATION)
    }

    fn new(owner: Id, kind: &'static CounterKind, parts: &[&[u8]], most: i64) -> Limit {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        let full: [u8; 32] = hash.finalize().into();
        // 24 bits are left for the window, so that one counter is one number.
        let sub = u64::from(u32::from_be_bytes([full[0], full[1], full[2], full[3]])) << 24;
        Limit { owner, kind, sub, most }
    }

    fn sub(&self, now: i64) -> u64 {
        self.sub | (now.div_euclid(WINDOW_SECS) as u64 & 0xff_ffff)
    }
}

impl Graph {
    /// Whether all of these still allow a try.
    pub async fn may_try(&self, limits: &[Limit]) -> Result<bool> {
        let now = self.now().secs();
        let keys: Vec<Key> =
            limits.iter().map(|l| Key::Counter { owner: l.owner, kind: l.kind, sub: l.sub(now) }).collect();
        let found = self.get(&keys).await?;
        Ok(found.iter().zip(limits).all(|(found, limit)| !matches!(found, Found::Counter(Some(n)) if *n >= limit.most)))
    }

    /// Counts a try against one limit. False when it was used up.
    pub async fn count_try(&self, limit: Limit) -> Result<bool> {
        let now = self.now();
        let mut batch = Batch::new();
        batch.add(limit.owner, limit.kind, limit.sub(now.secs()), 1);
        batch.ceiling(limit.most).expiring(now.plus_secs(2 * WINDOW_SECS));
        let committed = self.commit(batch).await?;
        Ok(matches!(committed.outcomes.first(), Some(Outcome::Counter { changed: true, .. })))
    }

    /// Takes a counted try back, because it was no failure after all. Counting before trying and taking back on success is what
    /// holds a limit against tries made at the same time.
    pub async fn forgive_try(&self, limit: Limit) -> Result<()> {
        let now = self.now();
        let mut batch = Batch::new();
        batch.add(limit.owner, limit.kind, limit.sub(now.secs()), -1);
        batch.floor(0).expiring(now.plus_secs(2 * WINDOW_SECS));
        self.commit(batch).await?;
        Ok(())
    }
}
