//! Functions beside the dev server: the same bytes for everybody who asks, nothing that is the dev server's alone, each function its
//! own method, and a clear word when a function cannot serve.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failing expectation is what a test is for"
)]

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reconnect_tests::cloud::{Deployment, Gateway, methods};
use reconnect_tests::home::Kind;
use reconnect_tests::program::workspace;
use reconnect_tests::standins::Dynoxide;
use reconnect_tests::{Browser, Home, Request};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::time::Duration;

/// The homes in the cloud.
const CLOUDS: [Kind; 2] = [Kind::Cloud, Kind::CloudSqlite];

/// A home with the demo world in it.
fn demo(kind: Kind) -> Home {
    let home = Home::of(kind);
    let loaded = home.run(&["world", "load", "dorm"]);
    assert!(loaded.status.success(), "{}", String::from_utf8_lossy(&loaded.stderr));
    home
}

/// The event that the project hands out for a function.
fn event(name: &str) -> Value {
    let file = workspace().join("events").join(format!("{name}.json"));
    let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    serde_json::from_str(&text).unwrap()
}

/// What a function answers to an event: status and body of the HTTP answer that it describes.
fn invoke(deployment: &Deployment, handler: &str, event: &Value) -> (u64, String) {
    let answer = deployment.start(handler).invoke(event).unwrap();
    let value: Value =
        serde_json::from_slice(&answer.body).unwrap_or_else(|error| panic!("{error}: {}", answer.text()));
    let status = value["statusCode"].as_u64().unwrap_or_else(|| panic!("{handler}: {value}\n{}", deployment.log()));
    let body = value["body"].as_str().unwrap_or_default();
    let bytes =
        if value["isBase64Encoded"] == true { STANDARD.decode(body).unwrap() } else { body.as_bytes().to_vec() };
    (status, String::from_utf8(bytes).unwrap())
}

/// What the list of events says that comes back.
fn foretold(method: &str) -> String {
    let list = std::fs::read_to_string(reconnect_tests::program::workspace().join("events/README.md")).unwrap();
    let row = list.lines().find(|line| line.starts_with(&format!("| `{method}.json`")));
    row.unwrap_or_else(|| panic!("{method} has no row")).to_owned()
}

#[test]
fn each_method_answers_the_event_that_is_handed_out_for_it() {
    for kind in CLOUDS {
        let home = demo(kind);
        let deployment = home.deployment(&[]);
        for method in methods() {
            let (status, body) = invoke(&deployment, &method, &event(&method));
            assert_eq!(status, 200, "{method}: {body}");
            let answer: Value = serde_json::from_str(&body).unwrap_or_else(|error| panic!("{method}: {error}: {body}"));
            // Sessions and tokens cannot be written down: there the refusal of an unknown one is the answer. The list of events says so.
            if let Some(code) = answer["error_code"].as_u64() {
                assert!(foretold(&method).contains(&format!("error {code}")), "{method}: {body}");
            }
        }
        let (status, body) = invoke(&deployment, "restserver", &event("restserver"));
        assert!(status == 200 && body.contains("_response") && !body.contains("error_code"), "{status} {body}");
        let (status, body) = invoke(&deployment, "web", &event("web"));
        assert!(status == 200 && body.contains("name=\"pass\""), "{status} {body}");
        let done = deployment.start("intents").invoke(&event("intents")).unwrap();
        assert_eq!(serde_json::from_slice::<Value>(&done.body).unwrap(), json!({"done": 0}));
    }
}

#[test]
fn each_line_of_an_invocation_is_json_and_carries_its_request_id() {
    let home = demo(Kind::CloudSqlite);
    let deployment = home.deployment(&[]);
    let function = deployment.start("users.isAppUser");
    for _ in 0..2 {
        function.invoke(&event("users.isAppUser")).unwrap();
    }
    let log = deployment.log();
    let calls: Vec<Value> = log
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .filter(|line: &Value| line["target"] == "reconnect::call")
        .collect();
    let ids: BTreeSet<&str> = calls.iter().filter_map(|line| line["span"]["requestId"].as_str()).collect();
    assert_eq!((calls.len(), ids.len()), (2, 2), "{log}");
    for line in &calls {
        assert_eq!(
            (&line["level"], &line["method"], &line["code"]),
            (&json!("INFO"), &json!("users.isAppUser"), &json!(0))
        );
    }
}

#[test]
fn a_function_answers_its_own_method_only() {
    let home = demo(Kind::CloudSqlite);
    let deployment = home.deployment(&[]);
    let all = methods();
    for method in &all {
        // Another one that the demo application may call.
        let other = if method == "users.isAppUser" { "auth.createToken" } else { "users.isAppUser" };
        let (status, body) = invoke(&deployment, method, &event(other));
        let refused: Value = serde_json::from_str(&body).unwrap_or_else(|error| panic!("{method}: {error}: {body}"));
        let told = refused["error_msg"].as_str().unwrap_or_default();
        assert!(status == 200 && refused["error_code"].is_u64(), "{method} answers {other}: {body}");
        assert!(told.contains(method) && told.contains(other), "{method}: {body}");
        // Nor what is asked for by another name for it, or in the body of a call to its own address.
        let mut smuggled = event(method);
        smuggled["rawPath"] = json!("/restserver.php");
        smuggled["body"] = event(other)["body"].clone();
        smuggled["rawQueryString"] = json!(format!("method={other}"));
        let (_, body) = invoke(&deployment, method, &smuggled);
        assert!(body.contains("error_code"), "{method}: {body}");
    }
    // The pages live in a function that answers no call, and the calls in one that shows no page.
    let (status, _) = invoke(&deployment, "web", &event("restserver"));
    assert_eq!(status, 404);
    for handler in ["restserver", "auth.createToken"] {
        assert_eq!(invoke(&deployment, handler, &event("web")).0, 404, "{handler}");
    }
}

#[test]
fn what_only_the_dev_server_has_is_nowhere_in_the_cloud() {
    for kind in CLOUDS {
        let home = demo(kind);
        let server = home.serve();
        let nothing = server.ask(&Request::get("/nothing"));
        assert_eq!(nothing.status, 404);
        for path in ["/", "/livez", "/readyz"] {
            let answer = server.ask(&Request::get(path));
            assert_eq!((answer.status, answer.text()), (404, nothing.text()), "{path}");
        }
        // Faces are neither offered nor taken.
        let people = home.json(&["user", "list"]).to_string();
        let uid: String = people
            .split("\"uid\":")
            .nth(1)
            .unwrap()
            .chars()
            .skip_while(|c| !c.is_ascii_digit())
            .take_while(char::is_ascii_digit)
            .collect();
        let mut browser = Browser::new(&server);
        let page = browser.open("/login.php");
        assert!(page.asks_to_log_in() && !page.content.text.contains("Log in as"), "{}", page.describe());
        let fields = page.form("Login").pressed("Login");
        let fields = fields.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let pressed =
            fields.filter(|(name, _)| !matches!(*name, "login" | "email" | "pass")).chain([("face", uid.as_str())]);
        browser.ask(Request::form("/login.php", pressed));
        assert!(browser.open("/home.php").asks_to_log_in(), "{kind:?}: a face logs nobody in");
    }
}

/// A deployment that cannot serve: error 2 to whoever calls, and one line in the log that holds all of `words`.
#[track_caller]
fn cannot_serve(deployment: &Deployment, handler: &str, words: &[&str]) {
    let (status, body) = invoke(deployment, handler, &event("auth.createToken"));
    let answer: Value = serde_json::from_str(&body).unwrap_or_else(|error| panic!("{error}: {body}"));
    assert_eq!((status, &answer["error_code"]), (200, &json!(2)), "{body}");
    let log = deployment.log();
    let told: Vec<&str> = log.lines().filter(|line| words.iter().all(|word| line.contains(word))).collect();
    assert!(!told.is_empty(), "{words:?} in one line of\n{log}");
    assert!(!log.contains("panicked"), "{log}");
    // Said at the start and at the call, and no more than that.
    let errors = log.lines().filter(|line| line.contains("cannot serve")).count();
    assert!((1..=2).contains(&errors), "{errors} times in\n{log}");
    // Whoever opens a page is told so, too.
    let (status, page) = invoke(deployment, if handler == "restserver" { "web" } else { handler }, &event("web"));
    assert!(status == 503 && !page.contains("panicked"), "{status} {page}");
}

#[test]
fn a_function_that_cannot_serve_says_so_in_one_line_and_answers_error_2() {
    let home = Home::of(Kind::Cloud);
    let good = home.deployment(&[]);
    cannot_serve(&good.clone().quiet().without("RECONNECT_TABLE"), "restserver", &["RECONNECT_TABLE"]);
    cannot_serve(&good.clone().quiet().with("RECONNECT_TABLE", "elsewhere"), "restserver", &["elsewhere"]);
    cannot_serve(&good.clone().quiet(), "auth.getsesion", &["_HANDLER", "auth.getsesion", "auth.getSession"]);
    cannot_serve(
        &good.clone().quiet().with("RECONNECT_OUTBOUND", "some"),
        "restserver",
        &["RECONNECT_OUTBOUND", "some"],
    );
    cannot_serve(&good.clone().quiet().with("RECONNECT_CLOCK", "yesterday"), "restserver", &["RECONNECT_CLOCK"]);
    cannot_serve(&good.clone().quiet().without("AWS_REGION").without("RECONNECT_ENDPOINT"), "restserver", &["region"]);
    // Nobody there.
    let gone = Dynoxide::start().endpoint.clone();
    cannot_serve(&good.clone().quiet().with("RECONNECT_ENDPOINT", &gone), "restserver", &["127.0.0.1"]);
}

#[test]
fn a_table_of_somebody_else_is_refused() {
    let dynoxide = Dynoxide::start();
    let address = dynoxide.endpoint.strip_prefix("http://").unwrap().to_owned();
    let table = json!({
        "TableName": "theirs", "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    });
    let made = Request::post("/", "application/x-amz-json-1.0", table.to_string())
        .header("X-Amz-Target", "DynamoDB_20120810.CreateTable")
        .header("X-Amz-Date", "20260101T000000Z")
        .header(
            "Authorization",
            "AWS4-HMAC-SHA256 Credential=nobody/20260101/eu-central-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0",
        )
        .send(&address)
        .unwrap();
    assert_eq!(made.status, 200, "{}", made.text());
    let home = Home::on_table(dynoxide);
    cannot_serve(&home.deployment(&[]).quiet().with("RECONNECT_TABLE", "theirs"), "restserver", &["theirs"]);
}

/// A DynamoDB that denies everything, in DynamoDB's own words; the stand-ins know no rights. Ends with the test's process.
fn denying() -> String {
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", socket.local_addr().unwrap());
    std::thread::spawn(move || {
        let body = json!({
            "__type": "com.amazon.coral.service#AccessDeniedException",
            "Message": "User: arn:aws:sts::123456789012:assumed-role/web is not authorized to perform: dynamodb:GetItem",
        });
        let body = body.to_string();
        let answer = format!(
            "HTTP/1.1 400 Bad Request\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
        for stream in socket.incoming() {
            let mut stream = stream.unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
            let _ = stream.read(&mut [0; 16 << 10]);
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    endpoint
}

#[test]
fn a_function_without_rights_says_so() {
    let home = Home::of(Kind::Cloud);
    let deployment = home.deployment(&[]).quiet().with("RECONNECT_ENDPOINT", &denying());
    cannot_serve(
        &deployment,
        "restserver",
        &["cannot serve", "AccessDenied", "not authorized to perform: dynamodb:GetItem"],
    );
}

#[test]
fn the_gateway_refuses_what_is_too_large_and_tells_of_a_function_that_fails() {
    let home = Home::of(Kind::CloudSqlite);
    let server = home.serve();
    let told = |request: &Request| {
        let answer = server.ask(request);
        (answer.status, serde_json::from_slice::<Value>(&answer.body).unwrap_or_default()["message"].clone())
    };
    let form = "application/x-www-form-urlencoded";
    let large = (413, json!("Request Entity Too Large"));
    assert_eq!(told(&Request::post("/restserver.php", form, vec![b'a'; (10 << 20) + 1])), large);
    // Below that, but an event of more than 6 MB.
    assert_eq!(told(&Request::post("/restserver.php", form, vec![b'a'; 5 << 20])), large);
    assert_eq!(told(&Request::get(&format!("/?{}", "a".repeat(10_240)))).0, 431);
    // What passes the gateway and is too much for the function is refused by the function's own word.
    let own = server.ask(&Request::post("/restserver.php", form, vec![b'a'; 4_600_000]));
    assert!(own.status == 413 && own.text().contains("Send less"), "{} {}", own.status, own.text());

    let broken = Gateway::start(Deployment::new("/bin/false".into(), &[]));
    let answer = Request::get("/login.php").send(&broken.address).unwrap();
    assert_eq!((answer.status, answer.text()), (500, "{\"message\":\"Internal Server Error\"}"));
}

#[test]
fn functions_are_as_many_as_calls_overlap_and_end_with_their_gateway() {
    let home = Home::of(Kind::CloudSqlite);
    let (app, gateway) = (home.web_app(), Gateway::start(home.deployment(&[])));
    let call = app.call("auth.createToken").request();
    assert!(gateway.pids().is_empty(), "nothing runs before it is needed");
    assert_eq!(call.send(&gateway.address).unwrap().status, 200);
    assert_eq!(gateway.pids().len(), 1);
    std::thread::scope(|threads| {
        for _ in 0..16 {
            threads.spawn(|| assert_eq!(call.send(&gateway.address).unwrap().status, 200));
        }
    });
    let pids = gateway.pids();
    assert!((2..=4).contains(&pids.len()), "{pids:?}");
    let file = home.db().display().to_string();
    drop(gateway);
    for pid in pids {
        assert!(!Path::new(&format!("/proc/{pid}")).exists(), "the emulator {pid} is still there");
    }
    // The functions below the emulators hold the file open; nobody does any more.
    let held = std::fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .filter_map(|process| std::fs::read_dir(process.path().join("fd")).ok());
    let held = held.flat_map(|files| files.flatten()).filter_map(|open| std::fs::read_link(open.path()).ok());
    assert_eq!(held.filter(|target| target.as_os_str() == file.as_str()).count(), 0);
}
