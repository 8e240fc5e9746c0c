//! The signature where sums of others do not reach; those are in `tests/vectors.rs`.

use super::*;

#[test]
fn names_are_sorted_by_bytes_and_sig_takes_no_part() {
    let pairs: [Pair<'_>; 4] = [(b"b", b"2"), (b"sig", b"x"), (b"a", b"\xff"), (b"B", b"")];
    // md5 of `B=` `a=` FF `b=2` and the secret.
    let mut md5 = Md5::new();
    md5.update(b"B=a=\xffb=2secret");
    let expected: [u8; 32] = hex::encode(&md5.finalize().into());
    assert_eq!(signature(pairs.into_iter(), b"secret"), expected);
}

#[test]
fn no_signature_is_no_right_one() {
    assert!(!verify(&Args::from([("method", "x")]), b"secret"));
    assert!(!verify(&Args::from([("method", "x"), ("sig", "")]), b"secret"));
    assert!(!verify(&Args::new(), b""));
}

#[test]
fn an_empty_value_is_signed_as_name_and_equals_sign() {
    let pairs: [Pair<'_>; 1] = [(b"session_key", b"")];
    let none: [Pair<'_>; 0] = [];
    assert_ne!(signature(pairs.into_iter(), b"s"), signature(none.into_iter(), b"s"));
}
