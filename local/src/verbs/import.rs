//! `import`: a new home from an export, whole or not at all.
//!
//! A file is built beside its place. A table is marked for as long as it is being filled, and opens for nobody meanwhile; where the
//! export is a file it is read through first, so that what is wrong with it is told before the table is touched.

use crate::cli::{Common, ImportFlags, is_dash};
use crate::fail::{Failure, Outcome, failed};
use crate::files::{Building, beside};
use crate::home::{Place, beside_a_server};
use crate::output;
use crate::table::Table;
use reconnect_core::kinds;
use reconnect_core::portable::{Imported, Lines, Problem, import};
use reconnect_functions::settings;
use reconnect_store::{Clock, Record, Store};
use reconnect_store_sqlite::{FolderBlobs, SqliteStore};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::sync::Arc;

/// Reads it.
pub(super) async fn run(common: &Common, flags: ImportFlags) -> Outcome {
    let place = common.place()?;
    let source = Source { flags: &flags, clock: settings::clock(flags.clock), place: place.to_string() };
    let imported = match &place {
        Place::File(path) => into_file(path, &source).await?,
        Place::Table(table) => into_table(table, &source).await?,
    };
    let Imported { records, expired, files } = imported;
    let mut value = place.named();
    value["records"] = records.into();
    value["expired"] = expired.into();
    value["files"] = files.into();
    output::print(common, &value, || {
        let left_out = if expired > 0 { format!("; {expired} had expired and were left out") } else { String::new() };
        let with = if files > 0 { format!(" and {files} files") } else { String::new() };
        format!("{place} holds {records} records{with} now{left_out}\n")
    })
}

/// Where the lines come from, and go to.
struct Source<'a> {
    flags: &'a ImportFlags,
    clock: Arc<dyn Clock>,
    place: String,
}

impl Source<'_> {
    fn lines(&self) -> Outcome<Lines<Box<dyn BufRead>>> {
        let file = &self.flags.file;
        let input: Box<dyn BufRead> = if is_dash(file) {
            Box::new(std::io::stdin().lock())
        } else {
            let file = File::open(file).map_err(|error| failed(format!("cannot read {}: {error}", file.display())))?;
            Box::new(BufReader::new(file))
        };
        Lines::open(input, self.clock.now()).map_err(|problem| self.told(&problem))
    }

    /// Whether it can be read twice.
    fn lasts(&self) -> bool {
        !is_dash(&self.flags.file) && self.flags.file.is_file()
    }

    /// What stopped it before anything came of it.
    fn told(&self, problem: &Problem) -> Failure {
        failed(format!("{}. Nothing was imported", self.reason(problem)))
    }

    fn reason(&self, problem: &Problem) -> String {
        let shown = match is_dash(&self.flags.file) {
            true => "standard input".to_owned(),
            false => self.flags.file.display().to_string(),
        };
        match problem {
            Problem::Line { line, why } => format!("{shown}, line {line}: {why}"),
            Problem::Files(error) => format!("{shown}: {error}"),
            Problem::Commit(error) => format!("cannot write {}: {error}", self.place),
            problem => format!("{shown}: {problem}"),
        }
    }
}

async fn into_file(path: &Path, source: &Source<'_>) -> Outcome<Imported> {
    let shown = path.display();
    let there = path.exists();
    if there {
        is_free(path, &source.clock).await?;
    }
    let lines = source.lines()?;
    let (building, _) = Building::begin(path)?;
    let store = SqliteStore::open(building.here(), Arc::clone(&source.clock), beside_a_server())
        .map_err(|error| building.named(error.into()))?;
    let imported = import(lines, &store, &FolderBlobs::beside(building.here())).await;
    store.close();
    let imported = imported.map_err(|problem| building.named(source.told(&problem)))?;
    if there {
        is_free(path, &source.clock).await?;
        building.replace()?;
    } else if !building.place()? {
        return Err(failed(format!(
            "{shown} was made by somebody else meanwhile, and was left alone. Nothing was imported"
        )));
    }
    Ok(imported)
}

/// Whether a file that is there holds nothing but, at most, a server's key, and nobody has it open: then it may be replaced.
async fn is_free(path: &Path, clock: &Arc<dyn Clock>) -> Outcome {
    let shown = path.display();
    if !is_empty(path, clock).await? {
        return Err(failed(format!(
            "{shown} holds data already, and an import begins with nothing: name a new file with --db. Nothing was imported"
        )));
    }
    // The last process that closes a file removes its log.
    if beside(path, "-wal").exists() {
        return Err(failed(format!("{shown} is open in another process: end that one first. Nothing was imported")));
    }
    Ok(())
}

async fn is_empty(path: &Path, clock: &Arc<dyn Clock>) -> Outcome<bool> {
    // Opened, a file of no length would become a database.
    if std::fs::metadata(path).is_ok_and(|found| found.is_file() && found.len() == 0) {
        return Ok(true);
    }
    let store = SqliteStore::open(path, Arc::clone(clock), beside_a_server())?;
    let first = store.scan(None, 2).await;
    store.close();
    Ok(first?.records.iter().all(|record| matches!(record, Record::Object { id: kinds::SERVER_ID, .. })))
}

async fn into_table(table: &Table, source: &Source<'_>) -> Outcome<Imported> {
    if source.lasts() {
        guarded(table, source.lines()?).read_through().map_err(|problem| source.told(&problem))?;
    }
    let lines = guarded(table, source.lines()?);
    let importing = table.begin_import(Arc::clone(&source.clock)).await?;
    let imported = import(lines, importing.store(), &*table.blobs()).await.map_err(|problem| {
        let (why, name) = (source.reason(&problem), table.name());
        failed(format!("{why}. The table {name} is marked as half imported: repeat the import, which clears it first"))
    })?;
    importing.finish().await?;
    Ok(imported)
}

/// Demo people and applications have public passwords and secrets: they go to this machine's own stand-ins only.
fn guarded<R: BufRead>(table: &Table, lines: Lines<R>) -> Lines<R> {
    match table.is_local() {
        true => lines,
        false => lines.without_demo(format!(
            "a person or an application of a demo world, whose password or secret is public, and the table {} is not on this \
             machine. Remove them with `reconnect world clear` and export again",
            table.name()
        )),
    }
}
