//! The programs, and what they weigh: as they are, and in the archive that is deployed.

use crate::build::{flavour, function, workspace};
use crate::table::{Goal, Table};
use crate::{Outcome, While};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The programs that are compared.
pub(crate) struct Programs {
    /// The function that does nothing.
    pub(crate) hello: PathBuf,
    /// `bootstrap`, as it is deployed.
    pub(crate) on_table: PathBuf,
    /// `bootstrap` on a SQLite file.
    pub(crate) on_file: PathBuf,
}

impl Programs {
    /// Builds them, but for one on a table that was named; both kinds of `bootstrap` are kept in the folder.
    pub(crate) fn build(folder: &Path, named: Option<&Path>) -> Outcome<Programs> {
        let package = ["--package", "reconnect-bootstrap"];
        let sqlite = [package.as_slice(), &["--no-default-features", "--features", "sqlite"]].concat();
        Ok(Programs {
            hello: function("hello", &["--package", "reconnect-hello"])?,
            on_table: match named {
                Some(named) => named.to_owned(),
                None => flavour("bootstrap", &package, &folder.join("bootstrap-on-table"))?,
            },
            on_file: flavour("bootstrap", &sqlite, &folder.join("bootstrap-on-file"))?,
        })
    }

    pub(crate) fn weigh(&self, folder: &Path, table: &mut Table) -> Outcome {
        let all = [
            ("bootstrap on a table", &self.on_table, Goal::AtMost(4.0)),
            ("bootstrap on a file", &self.on_file, Goal::None),
            ("hello", &self.hello, Goal::None),
        ];
        for (name, program, goal) in all {
            let bytes = size(program)?;
            let from = format!("{bytes:.2} MB before");
            table.value("artifact, zipped", name, zipped(program, folder)?, "MB", goal, from);
        }
        Ok(())
    }
}

/// In the archive that the deploying tool makes: it is written in Python, and packs with Python's own module as that does by itself.
fn zipped(program: &Path, folder: &Path) -> Outcome<f64> {
    let python = workspace().join("target/tools/python/bin/python");
    if !python.is_file() {
        return Err(format!("{} is missing; `cargo xtask setup` installs it", python.display()));
    }
    let archive = folder.join("artifact.zip");
    let mut zip = Command::new(python);
    let zip = zip.args(["-m", "zipfile", "-c"]).arg(&archive).arg(program).status();
    if !zip.while_doing("packing a program")?.success() {
        return Err(format!("{} cannot be packed", program.display()));
    }
    size(&archive)
}

/// In megabytes: a million bytes each.
fn size(file: &Path) -> Outcome<f64> {
    let told = std::fs::metadata(file).while_doing("weighing a file")?;
    Ok(told.len() as f64 / 1e6)
}
