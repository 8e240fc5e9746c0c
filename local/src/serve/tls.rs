//! Certificates: one's own files, or a small certificate authority of this machine, kept beside the database.
//!
//! The authority can vouch for the historic names and for names of this machine, and for nothing else: whoever steals its key cannot
//! use it against the rest of the web. What it vouches for is made anew at each start and never written to a disk.

use crate::cli::Tls;
use crate::fail::{Failure, Outcome, failed};
use crate::files::{beside, private};
use crate::verbs::HISTORIC_NAMES;
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DnType, ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, NameConstraints, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio_rustls::TlsAcceptor;

/// Names under which everything may be vouched for.
const OWN_NAMES: [&str; 5] = ["localhost", "test", "facebook.com", "connect.facebook.net", "fbcdn.net"];
/// How long the authority lasts, in years.
const CA_YEARS: i16 = 10;

/// What https needs.
pub(super) struct Prepared {
    /// Shakes hands.
    pub(super) acceptor: TlsAcceptor,
    /// The authority to trust, if it is one of our own.
    pub(super) authority: Option<PathBuf>,
}

/// Reads or makes the certificates.
pub(super) fn prepare(tls: &Tls, db: &Path, public_url: Option<&str>) -> Outcome<Prepared> {
    match tls {
        Tls::Files { certificate, key } => {
            let chain = CertificateDer::pem_file_iter(certificate).and_then(Iterator::collect).map_err(|error| {
                failed(format!("the certificate {} cannot be read: {error}", certificate.display()))
            })?;
            let key = PrivateKeyDer::from_pem_file(key)
                .map_err(|error| failed(format!("the key {} cannot be read: {error}", key.display())))?;
            Ok(Prepared { acceptor: acceptor(chain, key)?, authority: None })
        }
        Tls::Local => {
            let authority = Authority::beside(db)?;
            let (chain, key) = authority.vouch(public_url)?;
            Ok(Prepared { acceptor: acceptor(chain, key)?, authority: Some(authority.path) })
        }
    }
}

fn acceptor(chain: Vec<CertificateDer<'static>>, key: PrivateKeyDer<'static>) -> Outcome<TlsAcceptor> {
    let wrong = |error: rustls::Error| failed(format!("the certificate and its key cannot be used: {error}"));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(wrong)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(wrong)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// The certificate authority of this machine.
struct Authority {
    path: PathBuf,
    params: CertificateParams,
    key: KeyPair,
    certificate: CertificateDer<'static>,
}

impl Authority {
    /// The one beside the database; made when it is not there. An ephemeral server has one, too: it has to be somewhere to be
    /// trusted.
    fn beside(db: &Path) -> Outcome<Authority> {
        let (path, key_path) = paths(db);
        let params = ca_params()?;
        if path.exists() && key_path.exists() {
            let unreadable = |error: &dyn std::fmt::Display| {
                failed(format!(
                    "{} or its key cannot be read: {error}. Remove both to have new ones made",
                    path.display()
                ))
            };
            let text = std::fs::read_to_string(&key_path).map_err(|error| unreadable(&error))?;
            let key = KeyPair::from_pem(&text).map_err(|error| unreadable(&error))?;
            let certificate = CertificateDer::from_pem_file(&path).map_err(|error| unreadable(&error))?;
            return Ok(Authority { path, params, key, certificate });
        }
        let key = KeyPair::generate().map_err(made)?;
        let certificate = params.self_signed(&key).map_err(made)?;
        write_secret(&key_path, &key.serialize_pem())?;
        std::fs::write(&path, certificate.pem()).map_err(|error| unwritable(&path, &error))?;
        let certificate = certificate.der().clone();
        Ok(Authority { path, params, key, certificate })
    }

    /// A fresh certificate for all names of this machine, with its key.
    fn vouch(&self, public_url: Option<&str>) -> Outcome<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)> {
        let mut params = CertificateParams::new(names(public_url)).map_err(made)?;
        let (year, month, day) = today();
        // Apple's systems take no more than 825 days.
        params.not_before = date_time_ymd(year - 1, month, day);
        params.not_after = date_time_ymd(year + 1, month, day);
        params.distinguished_name.push(DnType::CommonName, "Reconnect on this machine");
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.use_authority_key_identifier_extension = true;
        let key = KeyPair::generate().map_err(made)?;
        let issuer = Issuer::from_params(&self.params, &self.key);
        let certificate = params.signed_by(&key, &issuer).map_err(made)?;
        let chain = vec![certificate.der().clone(), self.certificate.clone()];
        Ok((chain, PrivatePkcs8KeyDer::from(key.serialize_der()).into()))
    }
}

/// `reconnect-ca.pem` and `reconnect-ca-key.pem` beside `reconnect.db`.
pub(crate) fn paths(db: &Path) -> (PathBuf, PathBuf) {
    let stem = db.with_extension("");
    (beside(&stem, "-ca.pem"), beside(&stem, "-ca-key.pem"))
}

/// The same at every start but for the dates, which a chain does not repeat: what is vouched for names the authority by name and key.
fn ca_params() -> Outcome<CertificateParams> {
    let mut params = CertificateParams::new(Vec::new()).map_err(made)?;
    let (year, month, day) = today();
    params.not_before = date_time_ymd(year - 1, month, day);
    params.not_after = date_time_ymd(year + i32::from(CA_YEARS), month, day);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "Reconnect, the authority of this machine");
    let mut permitted: Vec<GeneralSubtree> =
        OWN_NAMES.iter().map(|name| GeneralSubtree::DnsName((*name).to_owned())).collect();
    permitted.push(GeneralSubtree::IpAddress(CidrSubnet::V4([127, 0, 0, 0], [255, 0, 0, 0])));
    permitted.push(GeneralSubtree::IpAddress(CidrSubnet::V6(std::net::Ipv6Addr::LOCALHOST.octets(), [0xff; 16])));
    params.name_constraints = Some(NameConstraints { permitted_subtrees: permitted, excluded_subtrees: Vec::new() });
    Ok(params)
}

/// Every name that a browser or an old program may call this server by.
fn names(public_url: Option<&str>) -> Vec<String> {
    let mut names: Vec<String> = ["localhost", "127.0.0.1", "::1"].map(str::to_owned).to_vec();
    names.extend(HISTORIC_NAMES.iter().map(|(name, _)| (*name).to_owned()));
    let public = public_url.and_then(|url| url::Url::parse(url).ok()).and_then(|url| url.host_str().map(str::to_owned));
    if let Some(host) = public
        && OWN_NAMES.iter().any(|own| host.strip_suffix(own).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')))
        && !names.contains(&host)
    {
        names.push(host);
    }
    names
}

/// The machine's date, whatever `--clock` says: browsers look at theirs. The 29th of February would not be there every year.
fn today() -> (i32, u8, u8) {
    let days =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs() / 86_400);
    let date = jiff::Timestamp::from_second(i64::try_from(days * 86_400).unwrap_or(0))
        .map(|at| jiff::tz::Offset::UTC.to_datetime(at).date())
        .unwrap_or_default();
    let part = |n: i8| u8::try_from(n).unwrap_or(1);
    (i32::from(date.year()), part(date.month()), part(date.day()).min(28))
}

fn made(error: rcgen::Error) -> Failure {
    failed(format!("a certificate cannot be made: {error}"))
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    failed(format!("cannot write {}: {error}. Check that its folder may be written", path.display()))
}

fn write_secret(path: &Path, text: &str) -> Outcome {
    // An older file would keep its permissions, so it goes first.
    let _ = std::fs::remove_file(path);
    private(path).and_then(|mut file| file.write_all(text.as_bytes())).map_err(|error| unwritable(path, &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_authority_is_kept_and_its_key_is_private() {
        let folder = tempfile::tempdir().unwrap();
        let db = folder.path().join("reconnect.db");
        let first = prepare(&Tls::Local, &db, None).unwrap();
        let path = first.authority.unwrap();
        assert_eq!(path, folder.path().join("reconnect-ca.pem"));
        let text = std::fs::read_to_string(&path).unwrap();
        prepare(&Tls::Local, &db, None).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text, "a trusted authority stays");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(folder.path().join("reconnect-ca-key.pem")).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn a_public_name_is_vouched_for_only_where_the_authority_may() {
        assert!(names(Some("https://old.test:8443")).contains(&"old.test".to_owned()));
        assert!(!names(Some("https://bank.example")).contains(&"bank.example".to_owned()));
        assert!(!names(Some("https://notfacebook.com")).contains(&"notfacebook.com".to_owned()));
    }

    #[test]
    fn files_that_are_no_certificates_are_told() {
        let missing = Tls::Files { certificate: "/nowhere/a.pem".into(), key: "/nowhere/b.pem".into() };
        let Err(Failure::Failed(told)) = prepare(&missing, Path::new("x.db"), None) else { panic!() };
        assert!(told.contains("/nowhere/a.pem"), "{told}");
    }
}
