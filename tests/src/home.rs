//! The three homes of the product, and what a test does with one: make applications and people by verbs, start what serves it.
//!
//! `RECONNECT_TEST_HOME` says over which one the scenario tests run: `dev` (the dev server on its SQLite file; so it is without the
//! variable), `cloud` (functions on a DynamoDB table, behind the gateway), `cloud-sqlite` (the same functions on a SQLite file).

use crate::build;
use crate::cloud::{Deployment, Gateway};
use crate::program::{App, Person, finish, text_of};
use crate::server::Server;
use crate::standins::{Dynoxide, Moto};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Chooses the home.
const CHOSEN: &str = "RECONNECT_TEST_HOME";
/// The table of a home in the cloud.
const TABLE: &str = "reconnect";
/// The bucket beside it.
const BUCKET: &str = "reconnect-uploads";
/// A running function keeps an application for so long: what a verb changes of one is seen by all functions after this time.
const SEEN_BY_FUNCTIONS: Duration = Duration::from_secs(5);
/// Region and keys: any will do for a stand-in, none of somebody's own may get there.
const ACCOUNT: [(&str, &str); 3] =
    [("AWS_REGION", "eu-central-1"), ("AWS_ACCESS_KEY_ID", "nobody"), ("AWS_SECRET_ACCESS_KEY", "nothing")];

/// Which home.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The dev server on a SQLite file.
    Dev,
    /// Functions on a DynamoDB table.
    Cloud,
    /// Functions on a SQLite file.
    CloudSqlite,
}

impl Kind {
    /// The one that the environment names.
    pub fn chosen() -> Kind {
        match std::env::var(CHOSEN).as_deref() {
            Err(_) | Ok("" | "dev") => Kind::Dev,
            Ok("cloud") => Kind::Cloud,
            Ok("cloud-sqlite") => Kind::CloudSqlite,
            Ok(other) => panic!("{CHOSEN} is {other:?}: dev, cloud or cloud-sqlite"),
        }
    }
}

/// A folder with a database of its own, or a table of its own; gone with the test.
#[derive(Debug)]
pub struct Home {
    kind: Kind,
    /// Declared before the folder, ended before that goes.
    table: Option<Dynoxide>,
    /// Where files are that people upload; see [`Home::with_files`].
    bucket: Option<Moto>,
    folder: TempDir,
}

impl Home {
    /// A fresh one of the chosen kind, with an empty world in it.
    pub fn new() -> Home {
        Home::of(Kind::chosen())
    }

    /// A fresh one of this kind.
    pub fn of(kind: Kind) -> Home {
        Home::on(kind, (kind == Kind::Cloud).then(Dynoxide::start))
    }

    /// A fresh one where people upload files: in the cloud it has a bucket, too, which takes a moment to start.
    pub fn with_files() -> Home {
        Home::with_files_of(Kind::chosen())
    }

    /// The same of this kind.
    pub fn with_files_of(kind: Kind) -> Home {
        let mut home = Home::of(kind);
        if home.kind == Kind::Cloud {
            let moto = Moto::start();
            moto.make_bucket(BUCKET);
            home.bucket = Some(moto);
        }
        home
    }

    /// One in the cloud, its table on this DynamoDB.
    pub fn on_table(dynoxide: Dynoxide) -> Home {
        Home::on(Kind::Cloud, Some(dynoxide))
    }

    fn on(kind: Kind, table: Option<Dynoxide>) -> Home {
        let home = Home { kind, table, bucket: None, folder: TempDir::with_prefix("reconnect-test-").unwrap() };
        if kind == Kind::Cloud {
            home.must(&["table", "create"]);
        }
        home.must(&["world", "load", "empty"]);
        home
    }

    /// Which one it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The database.
    pub fn db(&self) -> PathBuf {
        assert!(self.kind != Kind::Cloud, "a home on a table has no file");
        self.folder().join("world.db")
    }

    /// The stand-in that its table is on, which the caller may end and start again in its place.
    pub fn table(&mut self) -> &mut Option<Dynoxide> {
        &mut self.table
    }

    /// A verb, not run yet. No setting of the person who runs the tests leaks into it.
    pub fn command(&self, args: &[&str]) -> Command {
        let program = if self.kind == Kind::Cloud { build::dev_server_with_tables() } else { build::dev_server() };
        let mut command = Command::new(program);
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("RECONNECT_") || name.starts_with("AWS_"))
        {
            command.env_remove(name);
        }
        command.args(args).current_dir(self.folder()).stdin(Stdio::null());
        command
    }

    /// Runs a verb on the database.
    pub fn run(&self, args: &[&str]) -> Output {
        let mut command = self.command(args);
        match &self.table {
            Some(dynoxide) => command.envs(ACCOUNT).args(["--table", TABLE, "--endpoint", &dynoxide.endpoint]),
            None => command.arg("--db").arg(self.db()),
        };
        if let Some(moto) = &self.bucket {
            command.args(["--bucket", BUCKET, "--bucket-endpoint", &moto.endpoint]);
        }
        let out = finish(&mut command);
        if self.kind != Kind::Dev && matches!(args, ["app", "edit" | "remove", ..]) {
            std::thread::sleep(SEEN_BY_FUNCTIONS);
        }
        out
    }

    /// Runs a verb that must succeed.
    fn must(&self, args: &[&str]) -> String {
        let out = self.run(args);
        let (stdout, stderr) = (String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
        assert!(out.status.success(), "reconnect {}: {}\n{stdout}{stderr}", args.join(" "), out.status);
        stdout.into_owned()
    }

    /// Runs a verb that must succeed, with `--json`.
    pub fn json(&self, args: &[&str]) -> Value {
        let stdout = self.must(&[args, &["--json"]].concat());
        serde_json::from_str(&stdout).unwrap_or_else(|e| panic!("reconnect {}: {e}\n{stdout}", args.join(" ")))
    }

    /// Makes an application; `flags` are those of `app create`.
    pub fn app(&self, name: &str, flags: &[&str]) -> App {
        let made = self.json(&[&["app", "create", "--name", name], flags].concat());
        let text = |member: &str| text_of(&made, member);
        App { key: text("api_key"), secret: text("secret"), id: text("app_id"), name: name.to_owned() }
    }

    /// Loads a world (lists and other things first) together with these people, uid and given name each: their family name is the place, and
    /// they have addresses and passwords of its own.
    pub fn people_of<const N: usize>(&self, place: &str, people: [(&str, &str); N], world: &str) -> [Person; N] {
        let mut text = world.to_owned();
        let made = people.map(|(uid, given)| {
            let email = format!("{}@{}.example", given.to_lowercase(), place.to_lowercase());
            let (name, password) = (format!("{given} {place}"), format!("{given}'s password"));
            let person = format!("id = {uid}\nname = \"{name}\"\nemail = \"{email}\"\npassword = \"{password}\"\n");
            text += &format!("\n[[person]]\n{person}");
            Person { uid: uid.to_owned(), name, email, password }
        });
        std::fs::write(self.folder().join("place.toml"), text).unwrap();
        self.json(&["world", "load", "place.toml"]);
        made
    }

    /// Makes a web application with a callback address that nobody listens at.
    pub fn web_app(&self) -> App {
        self.app("Vampires", &["--callback-url", "http://vampires.example/fb/"])
    }

    /// Makes a desktop application.
    pub fn desktop_app(&self) -> App {
        self.app("Photo Uploader", &["--desktop"])
    }

    /// Makes a person.
    pub fn person(&self, first: &str) -> Person {
        self.person_named(&format!("{first} Example"), &format!("{}@people.example", first.to_lowercase()))
    }

    /// Makes a person of any name.
    pub fn person_named(&self, name: &str, email: &str) -> Person {
        let first = name.split(' ').next().unwrap_or_default();
        let (name, email) = (name.to_owned(), email.to_owned());
        let password = format!("{first}'s pass & word + 1");
        let made = self.json(&["user", "create", "--name", &name, "--email", &email, "--password", &password]);
        Person { uid: text_of(&made, "uid"), name, email, password }
    }

    /// Starts what serves it.
    pub fn serve(&self) -> Server {
        self.serve_with(&[])
    }

    /// The same with flags of the dev server; functions get the settings that mean the same.
    pub fn serve_with(&self, flags: &[&str]) -> Server {
        if self.kind != Kind::Dev {
            return Server::behind(Gateway::start(self.deployment(flags)));
        }
        let db = self.db();
        let mut command = self.command(&["serve", "--listen", "127.0.0.1:0", "--json"]);
        command.args(flags).arg("--db").arg(&db);
        Server::start(command)
    }

    /// What is deployed for a home in the cloud: settings as the template has them, but for those in which the dev server differs by
    /// its nature: it may call this machine, and takes access tokens over http.
    pub fn deployment(&self, flags: &[&str]) -> Deployment {
        let (bootstrap, place) = match &self.table {
            Some(dynoxide) => {
                let table =
                    vec![("RECONNECT_TABLE", TABLE.to_owned()), ("RECONNECT_ENDPOINT", dynoxide.endpoint.clone())];
                (build::bootstrap(), table)
            }
            None => (build::bootstrap_on_sqlite(), vec![("RECONNECT_DB", self.db().display().to_string())]),
        };
        let mut deployment = Deployment::new(bootstrap.to_owned(), &ACCOUNT);
        for (name, value) in place {
            deployment = deployment.with(name, &value);
        }
        if let Some(moto) = &self.bucket {
            deployment = deployment.with("RECONNECT_BUCKET", BUCKET).with("RECONNECT_BUCKET_ENDPOINT", &moto.endpoint);
        }
        deployment = deployment
            .with("RECONNECT_OUTBOUND", "loopback")
            .with("RECONNECT_TOKENS_OVER_HTTP", "true")
            .with("AWS_LAMBDA_LOG_FORMAT", "JSON");
        let mut flags = flags.iter();
        while let Some(flag) = flags.next() {
            let value = flags.next().unwrap_or_else(|| panic!("{flag} has no value"));
            deployment = match *flag {
                "--clock" => Deployment { clock: Some((moment(value), Instant::now())), ..deployment },
                "--trusted-proxy" => deployment.with("RECONNECT_TRUSTED_PROXY", value),
                "--public-url" => deployment.with("RECONNECT_PUBLIC_URL", value),
                "--outbound" => deployment.with("RECONNECT_OUTBOUND", value),
                "--log" => deployment.with("RECONNECT_LOG", value),
                _ => panic!("{flag} is the dev server's alone; a test with it is left out over the cloud"),
            };
        }
        deployment
    }
}

impl Default for Home {
    fn default() -> Home {
        Home::new()
    }
}

/// As `--clock` takes it.
fn moment(text: &str) -> jiff::Timestamp {
    match text.parse() {
        Ok(seconds) => jiff::Timestamp::from_second(seconds).unwrap(),
        Err(_) => text.parse().unwrap_or_else(|error| panic!("--clock {text}: {error}")),
    }
}
