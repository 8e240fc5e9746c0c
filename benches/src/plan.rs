//! [`Plan`]: how long, how often, where.

use crate::{Cli, Outcome, While};
use std::path::PathBuf;
use std::time::Duration;
use tempfile::TempDir;

/// Connections of the load.
pub(crate) const CONNECTIONS: usize = 64;

/// What holds for all measurements of one run.
pub(crate) struct Plan {
    /// Rounds, of which the median counts.
    pub(crate) rounds: usize,
    /// How long one slice of a round lasts.
    pub(crate) slice: Duration,
    /// How long a server is called before its slice counts: caches and branch predictors belong to whoever ran last.
    pub(crate) lead: Duration,
    /// Threads of each server.
    pub(crate) workers: usize,
    /// A short run.
    pub(crate) quick: bool,
    folder: PathBuf,
}

impl Plan {
    pub(crate) fn of(cli: &Cli) -> Outcome<Plan> {
        let processors = std::thread::available_parallelism().map_or(2, usize::from);
        Ok(Plan {
            rounds: cli.rounds.unwrap_or(if cli.quick { 3 } else { 7 }).max(1),
            slice: Duration::from_millis(if cli.quick { 500 } else { 1500 }),
            lead: Duration::from_millis(150),
            workers: cli.workers.unwrap_or(processors),
            quick: cli.quick,
            folder: match &cli.folder {
                Some(folder) => folder.clone(),
                None => beside_this_program()?,
            },
        })
    }

    /// A folder for what takes so long to make that it is kept.
    pub(crate) fn kept(&self) -> Outcome<PathBuf> {
        let folder = self.folder.join("bench-kept");
        std::fs::create_dir_all(&folder).while_doing("making a folder for what is kept")?;
        Ok(folder)
    }

    /// A folder for databases, removed when it is dropped. The system's folder for such things is often in memory, and a disk is
    /// to be measured.
    pub(crate) fn folder(&self) -> Outcome<TempDir> {
        TempDir::with_prefix_in("bench-", &self.folder).while_doing("making a folder for the databases")
    }
}

fn beside_this_program() -> Outcome<PathBuf> {
    let mut path = std::env::current_exe().while_doing("finding this program")?;
    path.pop();
    Ok(path)
}
