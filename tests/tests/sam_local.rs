//! The template under the real SAM: `sam build`, then `sam local invoke` and `sam local start-api` with the functions in containers, on
//! the demo world in a SQLite file. What `events/README.md` promises is held here.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failing expectation is what a test is for"
)]

use reconnect_tests::docker::{Engine, must};
use reconnect_tests::http::{Answer, Request, encode};
use reconnect_tests::program::workspace;
use reconnect_tests::sign;
use reconnect_tests::standins::{Running, free_port};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long a build may take: the program is compiled for release.
const BUILD: Duration = Duration::from_secs(1800);
/// How long a call may take. The first one makes an image.
const CALL: Duration = Duration::from_secs(300);

/// The demo application and one of its people, as `local/worlds/dorm.toml` has them.
const API_KEY: &str = "c0ffee00000000000000000000002001";
const SECRET: &str = "5ec2e700000000000000000000002001";
const ADA: &str = "1001";

/// SAM, the engine it runs functions in, and what it built.
struct Sam {
    engine: Engine,
    folder: TempDir,
}

impl Sam {
    fn built() -> Sam {
        // Under the target folder, so that the program is linked there and not copied.
        let place = workspace().join("target/tmp");
        std::fs::create_dir_all(&place).unwrap();
        let sam = Sam { engine: Engine::ready(), folder: TempDir::with_prefix_in("sam-", place).unwrap() };
        let mut build = sam.command(&["build", "--build-dir"]);
        build.arg(sam.build_folder()).env("RECONNECT_STORE", "sqlite");
        must(build, BUILD);
        sam
    }

    fn build_folder(&self) -> PathBuf {
        self.folder.path().join("build")
    }

    /// `sam …`, with nothing of the account and the settings of whoever runs the tests.
    fn command(&self, args: &[&str]) -> Command {
        let mut sam = Command::new(workspace().join("target/tools/python/bin/sam"));
        let settings = std::env::vars().map(|(name, _)| name);
        for name in settings.filter(|name| ["AWS_", "SAM_", "RECONNECT_"].iter().any(|prefix| name.starts_with(prefix)))
        {
            sam.env_remove(name);
        }
        sam.args(args).current_dir(workspace());
        sam.env("AWS_DEFAULT_REGION", "eu-central-1")
            .env("AWS_ACCESS_KEY_ID", "none")
            .env("AWS_SECRET_ACCESS_KEY", "none");
        sam.env("SAM_CLI_TELEMETRY", "0").env("__SAM_CLI_APP_DIR", self.folder.path().join("app"));
        sam.env("TMPDIR", self.folder.path());
        self.engine.tell(&mut sam);
        sam
    }

    fn local(&self, verb: &str) -> Command {
        let mut local = self.command(&["local", verb, "--skip-pull-image", "--template"]);
        local.arg(self.build_folder().join("template.yaml"));
        local
    }

    /// Invokes a function with its event; what it answers.
    fn invoke(&self, function: &str, event: &str) -> Value {
        let mut invoke = self.local("invoke");
        invoke.args([function, "--event", &format!("events/{event}.json")]);
        let out = must(invoke, CALL);
        let answer =
            out.lines().rev().find(|line| line.starts_with('{')).unwrap_or_else(|| panic!("{function}: {out}"));
        serde_json::from_str(answer).unwrap_or_else(|e| panic!("{function}: {e}\n{out}"))
    }

    /// Invokes a function that answers over HTTP; the body.
    fn body(&self, function: &str, event: &str) -> String {
        let answer = self.invoke(function, event);
        assert_eq!(answer["statusCode"], 200, "{function}: {answer}");
        assert!(!answer["isBase64Encoded"].as_bool().unwrap_or(false), "{function}: {answer}");
        answer["body"].as_str().unwrap().to_owned()
    }

    fn start_api(&self) -> Api {
        let port = free_port();
        let mut start = self.local("start-api");
        start.args(["--host", "127.0.0.1", "--port", &port.to_string(), "--warm-containers", "LAZY"]);
        let api = Api { running: Running::start(start, &Arc::default()), address: format!("127.0.0.1:{port}") };
        let began = Instant::now();
        while std::net::TcpStream::connect(&api.address).is_err() {
            assert!(!api.running.has_ended() && began.elapsed() < CALL, "start-api: {}", api.running.log());
            thread::sleep(Duration::from_millis(100));
        }
        api
    }
}

/// A running `sam local start-api`, ended when dropped so that it takes its containers with it.
struct Api {
    running: Running,
    address: String,
}

impl Api {
    /// Sends a request; a function that is asked for the first time takes a while to start, longer than the patience of a connection.
    fn ask(&self, request: &Request) -> Answer {
        let began = Instant::now();
        loop {
            match request.send(&self.address) {
                Ok(answer) => return answer,
                Err(error) => assert!(began.elapsed() < CALL, "{}: {error}\n{}", request.target, self.running.log()),
            }
        }
    }
}

impl Drop for Api {
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-INT", &self.running.pid().to_string()]).status();
        let began = Instant::now();
        while !self.running.has_ended() && began.elapsed() < Duration::from_secs(60) {
            thread::sleep(Duration::from_millis(50));
        }
    }
}

/// A signed call, as a form.
fn signed(args: &[(&str, &str)]) -> String {
    let common = [("api_key", API_KEY), ("v", "1.0")];
    let args: Vec<(&str, &str)> = args.iter().copied().chain(common).collect();
    let bytes: Vec<_> = args.iter().map(|(n, v)| (n.as_bytes().to_vec(), v.as_bytes().to_vec())).collect();
    let sig = sign(&bytes, SECRET);
    encode(args.into_iter().chain([("sig", sig.as_str())]))
}

#[test]
fn the_real_sam_builds_invokes_and_serves_the_functions() {
    let sam = Sam::built();
    everything_is_built(&sam.build_folder());
    single_functions_answer_their_events(&sam);
    the_whole_api_is_served(&sam.start_api());
}

fn everything_is_built(folder: &Path) {
    let template = std::fs::read_to_string(folder.join("template.yaml")).unwrap();
    assert_eq!(template.matches("Type: AWS::Serverless::Function").count(), functions().len());
    for function in functions() {
        for file in ["bootstrap", "reconnect.db"] {
            assert!(folder.join(&function).join(file).is_file(), "{function}/{file}");
        }
    }
}

/// The functions of the template.
fn functions() -> Vec<String> {
    let template = std::fs::read_to_string(workspace().join("template.yaml")).unwrap();
    let lines: Vec<&str> = template.lines().collect();
    let found = lines.windows(2).filter(|pair| pair[1] == "    Type: AWS::Serverless::Function");
    let found: Vec<String> = found.map(|pair| pair[0].trim().trim_end_matches(':').to_owned()).collect();
    assert!(found.len() > 3, "{found:?}");
    found
}

fn single_functions_answer_their_events(sam: &Sam) {
    let began = Instant::now();
    assert_eq!(sam.body("UsersIsAppUser", "users.isAppUser"), "true");
    println!("the first invoke took {:.1} s", began.elapsed().as_secs_f32());
    let token = sam.body("AuthCreateToken", "auth.createToken");
    assert_eq!(token.len(), 34, "{token}");
    let page = sam.body("Web", "web");
    assert!(page.contains("<form") && page.contains("Dorm Wall"), "{page}");
    let xml = sam.body("Restserver", "restserver");
    assert!(xml.contains("<users_isAppUser_response") && xml.contains(">1<"), "{xml}");
    let refused = sam.body("UsersGetLoggedInUser", "users.getLoggedInUser");
    assert!(refused.contains("\"error_code\":102"), "{refused}");
    assert_eq!(sam.invoke("Intents", "intents")["done"], 0);
}

fn the_whole_api_is_served(api: &Api) {
    let is_user = signed(&[("method", "users.isAppUser"), ("uid", ADA), ("format", "json")]);
    let form = "application/x-www-form-urlencoded";
    for path in ["/restserver.php", "/api-read/restserver.php", "/method/users.isAppUser", "/method/USERS.isAppUser"] {
        let answer = api.ask(&Request::post(path, form, is_user.clone()));
        assert_eq!((answer.status, answer.text()), (200, "true"), "{path}");
        let answer = api.ask(&Request::get(&format!("{path}?{is_user}")));
        assert_eq!((answer.status, answer.text()), (200, "true"), "GET {path}");
    }
    let forged = is_user.replace("uid=1001", "uid=1002");
    assert!(api.ask(&Request::post("/restserver.php", form, forged)).text().contains("\"error_code\":104"));
    let page = api.ask(&Request::get(&format!("/login.php?api_key={API_KEY}&v=1.0")));
    assert!(page.status == 200 && page.text().contains("<form"), "{}", page.text());
    assert_eq!(api.ask(&Request::get("/nowhere")).status, 404);
}
