//! `cargo xtask generate`: what follows from the declarations of the methods: METHODS.md, `template.yaml`, `events/`, the samples of the reference.

mod demo;
mod event;
mod events;
mod methods;
mod template;

use crate::{Result, root};
use reconnect_functions::METHODS;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The folder of the events. Whatever lies in there is generated.
const EVENTS: &str = "events";

/// What the pages of the reference show as calls to paste.
const SAMPLES: &str = "functions/src/reference/samples.json";

/// Path under the root, and text.
type Files = BTreeMap<String, String>;

pub(crate) fn run(check: bool) -> Result {
    let files = files()?;
    if check { stale(&files) } else { write(&files) }
}

/// The template as it would be with every method of the API: to see that it will fit.
#[cfg(test)]
pub(crate) fn template_of_all_names() -> String {
    template::text(template::every_name())
}

fn files() -> Result<Files> {
    let mut files = Files::new();
    files.insert("METHODS.md".to_owned(), methods::text());
    files.insert("template.yaml".to_owned(), template::text(METHODS.iter().map(template::Function::of)));
    files.insert(SAMPLES.to_owned(), events::reference()?);
    for (name, text) in events::files()? {
        files.insert(format!("{EVENTS}/{name}"), text);
    }
    Ok(files)
}

fn write(files: &Files) -> Result {
    for (name, text) in files {
        let path = root().join(name);
        let folder = path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder).and_then(|()| fs::write(&path, text)).map_err(|e| format!("{name}: {e}"))?;
    }
    for name in left_over(files)? {
        fs::remove_file(root().join(&name)).map_err(|e| format!("{name}: {e}"))?;
    }
    Ok(())
}

fn stale(files: &Files) -> Result {
    let changed = files.iter().filter(|(name, text)| fs::read_to_string(root().join(name)).ok().as_ref() != Some(text));
    let mut stale: BTreeSet<String> = changed.map(|(name, _)| name.clone()).collect();
    stale.extend(left_over(files)?);
    if stale.is_empty() {
        return Ok(());
    }
    let stale: Vec<String> = stale.into_iter().collect();
    Err(format!("stale: {}; run: cargo xtask generate", stale.join(", ")))
}

/// Events of methods that are no more.
fn left_over(files: &Files) -> Result<Vec<String>> {
    let Ok(folder) = fs::read_dir(root().join(EVENTS)) else { return Ok(Vec::new()) };
    let mut names = Vec::new();
    for entry in folder {
        let entry = entry.map_err(|e| format!("{EVENTS}: {e}"))?;
        let name = format!("{EVENTS}/{}", entry.file_name().to_string_lossy());
        if !files.contains_key(&name) {
            names.push(name);
        }
    }
    Ok(names)
}
