//! The cloud home: how large the program of the functions is, how soon it is ready, how long a warm invocation takes; each beside a
//! function of the same crates that does nothing.
//!
//! | module | what it holds |
//! |---|---|
//! | `artifact` | the programs: built, weighed |
//! | `standin` | the stand-in for DynamoDB |
//! | `runtime` | a Runtime API, which tells when a function asks for work and when it answers |
//! | `function` | functions as processes: below that Runtime API, or below the real Runtime Interface Emulator |
//! | `event` | the gateway's events |
//! | `start` | process start to ready, against the other function's; what it is made of |
//! | `open` | the steps of opening a table, timed in a process of its own |
//! | `invoke` | warm invocations |

mod artifact;
mod event;
mod function;
mod invoke;
pub(crate) mod open;
mod runtime;
mod standin;
mod start;

use crate::plan::Plan;
use crate::table::Table;
use crate::world::World;
use crate::{Outcome, While};
use artifact::Programs;
use function::Program;
use reconnect_store::SystemClock;
use reconnect_store_dynamodb::{DynamoStore, Options};
use standin::Dynoxide;
use std::path::Path;
use std::sync::Arc;

/// The table's name at the stand-in.
const TABLE: &str = "bench";
/// The handler that is started, and invoked without a session.
const TOKEN: &str = "auth.createToken";
/// The handler that is invoked with a session.
const SESSION: &str = "users.getLoggedInUser";

/// A function with a store behind it, and who uses it.
struct Home {
    program: Program,
    world: World,
}

/// One handler of one program, and what it is asked.
struct Case {
    program: Program,
    handler: &'static str,
    /// Events, used by turns.
    events: Vec<String>,
    /// What stands in every answer.
    part: &'static str,
}

impl Case {
    /// The function that does nothing, asked as the others are.
    fn hello(program: Program, like: &Case) -> Case {
        Case { program, handler: "hello", events: like.events.clone(), part: r#""\"Hello"# }
    }

    fn token(home: &Home) -> Case {
        let events = home.world.forms(TOKEN, &[]).iter().map(|form| event::event(TOKEN, form)).collect();
        Case { program: home.program.clone(), handler: TOKEN, events, part: r#""body":"\""# }
    }

    fn session(home: &Home) -> Case {
        let events = home.world.forms_of_sessions(SESSION).iter().map(|form| event::event(SESSION, form)).collect();
        Case { program: home.program.clone(), handler: SESSION, events, part: r#""body":"1240"# }
    }

    /// A handler that is not there: the program starts, opens nothing, and answers error 2.
    fn nothing(home: &Home) -> Case {
        let program = home.program.clone().called("bootstrap that opens nothing");
        Case { program, handler: "nothing", part: "error_code", ..Case::token(home) }
    }
}

/// All that is measured here.
pub(crate) async fn measure(plan: &Plan, named: Option<&Path>, table: &mut Table) -> Outcome {
    let folder = plan.folder()?;
    let programs = Programs::build(folder.path(), named)?;
    programs.weigh(folder.path(), table)?;
    let dynoxide = Dynoxide::start()?;
    let on_table = on_table(&programs, &dynoxide).await?;
    let on_file = on_file(&programs, folder.path()).await?;
    let tokens = [&on_table, &on_file].map(Case::token);
    let hello = Case::hello(Program::new("hello", &programs.hello), &tokens[0]);
    let [table_tokens, file_tokens] = tokens;
    let nothing = Case::nothing(&on_table);
    start::measure(plan, &hello, [&table_tokens, &file_tokens, &nothing], table)?;
    open::measure(plan, &dynoxide.endpoint, table)?;
    let (table_sessions, file_sessions) = (Case::session(&on_table), Case::session(&on_file));
    invoke::measure(plan, &hello, [&table_tokens, &table_sessions, &file_tokens, &file_sessions], table)
}

async fn on_table(programs: &Programs, dynoxide: &Dynoxide) -> Outcome<Home> {
    let clock = Arc::new(SystemClock);
    let options = options(&dynoxide.endpoint)?;
    DynamoStore::create_table(&options).await.while_doing("making a table")?;
    let store = DynamoStore::open(options, clock.clone()).await.while_doing("opening a table")?;
    let world = World::on(Arc::new(store), clock, 0).await?;
    let program = Program::new("bootstrap on a table", &programs.on_table);
    Ok(Home { program: program.with("RECONNECT_TABLE", TABLE).with("RECONNECT_ENDPOINT", &dynoxide.endpoint), world })
}

async fn on_file(programs: &Programs, folder: &Path) -> Outcome<Home> {
    let file = folder.join("functions.db");
    let world = World::make(&file, 0).await?;
    let program = Program::new("bootstrap on a file", &programs.on_file);
    Ok(Home { program: program.with("RECONNECT_DB", &file.to_string_lossy()), world })
}

/// How the table at the stand-in is reached.
fn options(endpoint: &str) -> Outcome<Options> {
    Options::from_environment(TABLE.to_owned(), Some(endpoint.to_owned())).while_doing("naming a table")
}
