//! The signature of a call: md5 over the arguments sorted by name and the secret.
//!
//! The same sum serves canvas arguments ([`crate::fb_sig`]), Connect cookies and session objects ([`crate::cookies`]).

use std::cmp::Ordering;

use md5::{Digest, Md5};
use smallvec::SmallVec;

use crate::{Args, constant_time_eq, hex};

/// The argument that holds the signature and takes no part in it.
const SIG: &[u8] = b"sig";

/// A name and its value, as bytes.
type Pair<'a> = (&'a [u8], &'a [u8]);

/// Signs: 32 lower-case hex digits of md5 over `name=value` of every pair in ascending byte order of the names, and the secret.
///
/// Nothing separates the pairs and nothing is escaped; values are as decoded, empty ones included. A pair named `sig` is left out.
pub fn signature<'a>(pairs: impl Iterator<Item = Pair<'a>>, secret: &[u8]) -> [u8; 32] {
    let mut pairs = without_sig(pairs);
    pairs.sort_unstable_by_key(|(name, _)| *name);
    sum(&pairs, secret)
}

/// Whether the argument `sig` is the signature of all the others.
///
/// The Ruby client sorts the joined `name=value` texts, which differs where one name is another one plus a character below `=`
/// (`a1=2` before `a=1`); so there is a second try in that order. Upper-case digits never match.
pub fn verify(args: &Args, secret: &[u8]) -> bool {
    args.get("sig").is_some_and(|sig| verify_pairs(args.iter(), sig, secret))
}

/// Whether `sig` is the signature of the pairs, in either order.
pub(crate) fn verify_pairs<'a>(pairs: impl Iterator<Item = Pair<'a>>, sig: &[u8], secret: &[u8]) -> bool {
    let mut pairs = without_sig(pairs);
    pairs.sort_unstable_by_key(|(name, _)| *name);
    if constant_time_eq(&sum(&pairs, secret), sig) {
        return true;
    }
    if pairs.is_sorted_by(|one, other| joined_order(one, other).is_le()) {
        return false;
    }
    pairs.sort_unstable_by(joined_order);
    constant_time_eq(&sum(&pairs, secret), sig)
}

fn without_sig<'a>(pairs: impl Iterator<Item = Pair<'a>>) -> SmallVec<[Pair<'a>; 16]> {
    pairs.filter(|(name, _)| *name != SIG).collect()
}

/// The order of the texts `name=value`.
fn joined_order(one: &Pair<'_>, other: &Pair<'_>) -> Ordering {
    fn joined<'a>(pair: &Pair<'a>) -> impl Iterator<Item = &'a u8> + use<'a> {
        pair.0.iter().chain(b"=").chain(pair.1)
    }
    joined(one).cmp(joined(other))
}

fn sum(pairs: &[Pair<'_>], secret: &[u8]) -> [u8; 32] {
    let mut md5 = Md5::new();
    for (name, value) in pairs {
        md5.update(name);
        md5.update(b"=");
        md5.update(value);
    }
    md5.update(secret);
    hex::encode(&md5.finalize().into())
}

#[cfg(test)]
#[path = "sign_tests.rs"]
mod tests;
