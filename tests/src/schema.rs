//! Our own `/1.0/facebook.xsd`, and libxml2's `xmllint` to hold answers against it.

use crate::http::Request;
use crate::server::Server;
use std::io::Write;
use std::process::{Command, Stdio};
use tempfile::NamedTempFile;

/// Fails unless an XML answer is valid by the schema that its own server hands out.
pub fn validate(server: &Server, document: &str) {
    let schema = server.schema.get_or_init(|| {
        let answer = server.ask(&Request::get("/1.0/facebook.xsd"));
        assert_eq!(answer.status, 200, "the schema is served");
        let mut file = NamedTempFile::with_suffix(".xsd").unwrap();
        file.write_all(&answer.body).unwrap();
        file
    });
    if let Err(complaint) = lint(schema, document) {
        panic!("{complaint}\nin\n{document}");
    }
}

fn lint(schema: &NamedTempFile, document: &str) -> Result<(), String> {
    let mut xmllint = Command::new("xmllint")
        .args(["--nonet", "--noout", "--schema"])
        .arg(schema.path())
        .arg("-")
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("xmllint is installed (Debian: libxml2-utils; `cargo xtask setup` brings it)");
    xmllint.stdin.take().unwrap().write_all(document.as_bytes()).unwrap();
    let out = xmllint.wait_with_output().unwrap();
    if out.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&out.stderr).into_owned()) }
}
