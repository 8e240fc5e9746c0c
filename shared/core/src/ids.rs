//! Drawing ids and secrets. Randomness is the system's; no switch fixes it.

use reconnect_store::{Id, Time};

/// 2025-01-01T00:00:00Z, where the time part of an id begins.
const EPOCH_SECS: i64 = 1_735_689_600;
const RANDOM_BITS: u32 = 18;
const TIME_BITS: u32 = Id::BITS - RANDOM_BITS;

/// An id for a new object: seconds since 2025 (30 bits), then 18 random bits.
///
/// Ids grow with time, so that SQLite appends. Two draws of one second may collide (about once in a thousand writes at 500
/// creations a second): objects are created under the condition that the id is absent, and a caller draws again.
/// Clocks set before mid 2025 would draw ids below [`Id::FIRST_DRAWN`], which belong to people who choose ids: there the
/// time part wraps to the end of the range, which a test clock may do and a real one never does.
pub fn draw(now: Time) -> Id {
    let since = (now.secs() - EPOCH_SECS).rem_euclid(1 << TIME_BITS) as u64;
    let random = u64::from(u32::from_le_bytes(random_bytes())) & ((1 << RANDOM_BITS) - 1);
    let id = since << RANDOM_BITS | random;
    if id < Id::FIRST_DRAWN { Id(id | 1 << (Id::BITS - 1)) } else { Id(id) }
}

/// Bytes from the system's source.
///
/// A system without a source of randomness cannot run this program: there is nothing to go on with.
#[allow(clippy::panic)] // see above; never reached on a system that booted
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if let Err(error) = getrandom::fill(&mut bytes) {
        panic!("the system's source of randomness failed: {error}");
    }
    bytes
}

/// A secret, or a key that nobody chose: 32 hex digits.
pub fn draw_secret() -> String {
    hex(&random_bytes::<16>())
}

/// Lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|b| [DIGITS[usize::from(b >> 4)] as char, DIGITS[usize::from(b & 15)] as char]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_fit_grow_and_leave_the_low_range_alone() {
        let now = Time::from_secs(1_800_000_000);
        let (a, b) = (draw(now), draw(now.plus_secs(1)));
        assert!(a < b && b <= Id::MAX && a.0 >= Id::FIRST_DRAWN);
        // A clock of 2009, as `--clock` may set it.
        let old = draw(Time::from_secs(1_240_000_000));
        assert!(old.0 >= Id::FIRST_DRAWN && old <= Id::MAX);
    }

    #[test]
    fn hex_is_lower_case() {
        assert_eq!(hex(&[0x0f, 0xa0]), "0fa0");
    }
}
