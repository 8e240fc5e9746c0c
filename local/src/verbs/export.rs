//! `export`: everything that the home holds, as readable lines.

use crate::cli::{Common, ExportFlags, is_dash};
use crate::fail::{Outcome, failed, usage};
use crate::files::{Building, beside};
use crate::home::{Base, Place};
use crate::output;
use reconnect_core::portable::{self, Exported, Problem};
use reconnect_functions::settings;
use serde_json::json;
use std::io::{BufWriter, ErrorKind, Write};
use std::path::Path;

/// Which program wrote it.
const PROGRAM: &str = concat!("reconnect ", env!("CARGO_PKG_VERSION"));

/// Writes it.
pub(super) async fn run(common: &Common, flags: ExportFlags) -> Outcome {
    let place = common.place()?;
    if !is_dash(&flags.file) {
        judge(&flags, &place)?;
    }
    let base = place.open(settings::clock(flags.clock)).await?;
    let written = match is_dash(&flags.file) {
        true => to_output(&base).await,
        false => to_file(&base, &flags).await,
    };
    base.close();
    let Some(Exported { records, files }) = written? else { return Ok(()) };
    let shown = flags.file.display();
    output::print(common, &json!({ "file": shown.to_string(), "records": records, "files": files }), || {
        let with = if files > 0 { format!(" and {files} files") } else { String::new() };
        format!("wrote {shown}: {records} records{with} of {place}, secrets among them\n")
    })
}

/// Whether the file may be written, before anything is read.
fn judge(flags: &ExportFlags, place: &Place) -> Outcome {
    let file = &flags.file;
    let shown = file.display();
    if let Place::File(db) = place
        && ["", "-wal", "-shm"].iter().any(|suffix| same(file, &beside(db, suffix)))
    {
        return Err(usage(format!("{shown} is where the data themselves are: name another file for the export")));
    }
    match std::fs::symlink_metadata(file) {
        Err(_) => Ok(()),
        Ok(found) if !found.is_file() => {
            Err(failed(format!("{shown} is there and is not a file: name a file, or `-`")))
        }
        Ok(_) if flags.force => Ok(()),
        Ok(_) => Err(failed(format!("{shown} is there already: name another file, or overwrite it with --force"))),
    }
}

/// Whether two names lead to one file.
fn same(one: &Path, other: &Path) -> bool {
    one == other || matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

async fn to_file(base: &Base, flags: &ExportFlags) -> Outcome<Option<Exported>> {
    let shown = flags.file.display();
    let (building, file) = Building::begin(&flags.file)?;
    let mut out = BufWriter::new(file);
    let written = write(base, &mut out).await.map_err(|problem| failed(format!("cannot write {shown}: {problem}")))?;
    out.get_ref().sync_all().map_err(|error| failed(format!("cannot write {shown}: {error}")))?;
    if flags.force {
        building.replace()?;
    } else if !building.place()? {
        return Err(failed(format!(
            "{shown} was made by somebody else meanwhile, and was left alone: name another file"
        )));
    }
    Ok(Some(written))
}

/// A reader that went away (`| head`) is no failure.
async fn to_output(base: &Base) -> Outcome<Option<Exported>> {
    match write(base, &mut BufWriter::new(std::io::stdout())).await {
        Err(Problem::Io(error)) if error.kind() == ErrorKind::BrokenPipe => Ok(None),
        Err(problem) => Err(failed(format!("cannot write to standard output: {problem}"))),
        Ok(_) => Ok(None),
    }
}

async fn write(base: &Base, out: &mut (dyn Write + Send)) -> Result<Exported, Problem> {
    let written = jiff::Timestamp::now();
    portable::export(&*base.store(), &*base.blobs(), &format!("{written:.0}"), PROGRAM, out).await
}
