//! Two small hashes of the Connect era: of e-mail addresses and of account reclamation links.

use md5::{Digest, Md5};

use crate::hex;

/// The hash of an e-mail address (connect.registerUsers): CRC-32 of the trimmed, lower-case address in decimal, `_`, its md5.
pub fn email(address: &str) -> String {
    let address = address.trim().to_lowercase();
    format!("{}_{}", crc32(address.as_bytes()), md5_hex(&[address.as_bytes()]))
}

/// The hash in an account reclamation link: md5 over the uid in decimal and the application's secret.
pub fn account_reclamation(uid: u64, secret: &[u8]) -> String {
    md5_hex(&[uid.to_string().as_bytes(), secret])
}

fn md5_hex(parts: &[&[u8]]) -> String {
    let mut md5 = Md5::new();
    for part in parts {
        md5.update(part);
    }
    let digits: [u8; 32] = hex::encode(&md5.finalize().into());
    digits.iter().map(|digit| char::from(*digit)).collect()
}

/// The CRC-32 of zlib and of PHP's `crc32`. Bit by bit: addresses are short and this is not worth a table.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 };
    !bytes.iter().fold(!0, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), step))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_trimmed_and_folded() {
        assert_eq!(email("mary@example.com"), "4228600737_c96da02bba97aedfd26136e980ae3761");
        assert_eq!(email("  Joe.User@Example.COM "), "3199670899_7ff6dd0725728d30f6e086d391c7b418");
    }

    #[test]
    fn reclamation_links() {
        let hash = account_reclamation(1_240_077, b"7d793037a0760186574b0282f2f435e7");
        assert_eq!(hash, "dd737ad0761d41ddfed2c84f599d3a2f");
    }
}
