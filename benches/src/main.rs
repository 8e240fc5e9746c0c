//! `cargo xtask bench`: how fast it is, as ratios to something simpler that runs beside it in the same minute.
//!
//! Absolute figures say more about the machine and its mood than about the program; so everything is measured against a floor
//! (a bare handler, the disk's own speed, one transaction a request), in slices that take turns, and what is printed is the median of
//! the rounds. Servers are child processes of this program, so that the CPU time that each of them takes can be read.

mod build;
mod calls;
mod child;
mod cloud;
mod disk;
mod exchange;
mod figures;
mod graph;
mod load;
mod micro;
mod one_by_one;
mod plan;
mod sample;
mod serve;
mod start;
mod table;
mod world;

use clap::{Parser, Subcommand, ValueEnum};
use plan::Plan;
use std::path::PathBuf;
use std::process::ExitCode;
use table::Table;

/// Errors are for the person who ran it.
type Outcome<T = ()> = Result<T, String>;

/// Says what a fallible step was, for the error text.
trait While<T> {
    /// `doing: why it failed`.
    fn while_doing(self, doing: &str) -> Outcome<T>;
}

impl<T, E: std::fmt::Display> While<T> for Result<T, E> {
    fn while_doing(self, doing: &str) -> Outcome<T> {
        self.map_err(|why| format!("{doing}: {why}"))
    }
}

#[derive(Parser)]
#[command(
    name = "cargo xtask bench",
    about = "Measures, and holds against the goals, ratios taken side by side in one run"
)]
struct Cli {
    #[command(subcommand)]
    role: Option<Role>,
    /// Fewer and shorter rounds: a look, not a judgement.
    #[arg(long)]
    quick: bool,
    /// Only these; may be given several times.
    #[arg(long, value_enum, value_name = "NAME")]
    only: Vec<Name>,
    /// One JSON document instead of the table.
    #[arg(long)]
    json: bool,
    /// Rounds, of which the median counts [default: 7, with --quick 3]
    #[arg(long)]
    rounds: Option<usize>,
    /// People of the large town [default: 1000000, with --quick 100000]
    #[arg(long)]
    people: Option<u64>,
    /// Threads of each server [default: as many as the machine has processors]
    #[arg(long)]
    workers: Option<usize>,
    /// Where the databases lie while they are measured: the disk that is measured [default: beside this program]
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
    /// The program `reconnect` to measure [default: built by cargo]
    #[arg(long, value_name = "FILE")]
    reconnect: Option<PathBuf>,
    /// The program `bootstrap` on a table to measure [default: built by cargo]
    #[arg(long, value_name = "FILE")]
    bootstrap: Option<PathBuf>,
}

/// What can be measured.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Name {
    /// Signed calls, without storage and with the session checked, against a bare handler.
    Calls,
    /// users.getInfo and friends.get among a thousand people and among a million, against a bare handler. The million is made once and kept.
    Graph,
    /// Durable auth.getSession against the disk and against one transaction a request.
    Exchange,
    /// Start and memory of the program `reconnect`.
    Start,
    /// Calls to the program `reconnect`, its log on and off. No goal: for comparing.
    Server,
    /// Parts of a call, in this process.
    Micro,
    /// Functions of the cloud home: size, start, warm invocations, against a function that does nothing. Needs `cargo xtask setup`.
    Cloud,
}

/// What this program is when it starts itself once more: a server that is measured.
#[derive(Subcommand)]
enum Role {
    /// A bare handler that gives one answer.
    #[command(hide = true)]
    Bare(serve::Bare),
    /// The API on a file.
    #[command(hide = true)]
    Api(serve::Api),
    /// Opens a table, and says how long each step took.
    #[command(hide = true)]
    Open(cloud::open::Open),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match &cli.role {
        Some(Role::Bare(flags)) => serve::bare(flags),
        Some(Role::Api(flags)) => serve::api(flags),
        Some(Role::Open(flags)) => cloud::open::open(flags),
        None => measure(&cli),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("bench: {why}");
            ExitCode::FAILURE
        }
    }
}

fn measure(cli: &Cli) -> Outcome {
    let wanted = |name: Name| cli.only.is_empty() || cli.only.contains(&name);
    let plan = Plan::of(cli)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .while_doing("starting the load's runtime")?;
    let mut table = Table::new(&plan);
    runtime.block_on(async {
        if wanted(Name::Micro) {
            micro::measure(&plan, &mut table).await?;
        }
        if wanted(Name::Calls) {
            calls::measure(&plan, &mut table).await?;
        }
        if wanted(Name::Graph) {
            let people = cli.people.unwrap_or(if cli.quick { 100_000 } else { 1_000_000 });
            graph::measure(&plan, people, &mut table).await?;
        }
        if wanted(Name::Exchange) {
            exchange::measure(&plan, &mut table).await?;
        }
        if wanted(Name::Cloud) {
            cloud::measure(&plan, cli.bootstrap.as_deref(), &mut table).await?;
        }
        if wanted(Name::Start) || wanted(Name::Server) {
            let program = start::program(cli.reconnect.as_deref())?;
            if wanted(Name::Start) {
                start::measure(&plan, &program, &mut table).await?;
            }
            if wanted(Name::Server) {
                calls::measure_program(&plan, &program, &mut table).await?;
            }
        }
        Ok::<(), String>(())
    })?;
    table.print(cli.json)
}
