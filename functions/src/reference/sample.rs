//! Calls to paste into a terminal: a script that signs for any application, and, where somebody at this machine asks, a call that is signed
//! already for an application of the demo world.

use crate::site::Example;
use reconnect_core::Handler;
use reconnect_core::model::Application;
use reconnect_wire::sign;
use serde::Deserialize;
use std::collections::HashMap;
use std::fmt::Write;
use std::sync::LazyLock;

/// Arguments for every method, and what the demo world answers. Written by `cargo xtask generate` from the events.
const SAMPLES: &str = include_str!("samples.json");

/// What the demo world answers to which arguments.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Sample {
    /// Beside those that all calls have.
    pub(super) args: Vec<(String, String)>,
    /// In words, with `code` in them. None for a call in a session.
    pub(super) answer: Option<String>,
    /// Whether it is a call in a session, whether the method needs one or these arguments do.
    pub(super) session: bool,
}

/// The sample of a method.
pub(super) fn of(method: &str) -> &'static Sample {
    static ALL: LazyLock<HashMap<String, Sample>> = LazyLock::new(|| serde_json::from_str(SAMPLES).unwrap_or_default());
    static NONE: Sample = Sample { args: Vec::new(), answer: None, session: false };
    ALL.get(method).unwrap_or(&NONE)
}

impl Sample {
    /// Whether calls that stand in an argument are signed for that application: no other can make the call.
    fn holds_calls_of_others(&self, app: &Application) -> bool {
        let own = format!("api_key={}&", app.api_key);
        self.args.iter().any(|(_, value)| holds_calls(value) && !value.contains(&own))
    }
}

/// Whether a value is made of calls with signatures of their own.
fn holds_calls(value: &str) -> bool {
    value.contains("sig=")
}

/// A value of a script.
enum Value<'a> {
    Known(&'a str),
    /// Somebody's own, in a variable of the shell.
    Own(String),
}

/// A script for a shell: variables at its top, then the signature, then the call.
pub(super) fn script(server: &str, handler: &Handler) -> String {
    let sample = of(handler.name);
    let mut script = String::from("API_KEY=your-api-key\nSECRET=your-secret\n");
    let own = |name: &'static str| (name, Value::Own(name.to_ascii_uppercase()));
    let known = |name: &'static str, value: &'static str| (name, Value::Known(value));
    let mut args =
        vec![own("api_key"), known("format", "json"), ("method", Value::Known(handler.name)), known("v", "1.0")];
    if sample.session {
        script.push_str("SESSION_KEY=a-session-key\n");
        args.push(own("session_key"));
    }
    for (name, value) in &sample.args {
        if holds_calls(value) {
            let variable = name.to_ascii_uppercase();
            let _ = writeln!(script, "{variable}='[\"a call\", \"and another\"]'");
            args.push((name, Value::Own(variable)));
        } else {
            args.push((name, Value::Known(value)));
        }
    }
    args.sort_unstable_by_key(|(name, _)| *name);
    script.push_str("SIG=$(printf %s \"");
    for (name, value) in &args {
        let _ = match value {
            Value::Known(value) => write!(script, "{name}={}", in_double_quotes(value)),
            Value::Own(variable) => write!(script, "{name}=${{{variable}}}"),
        };
    }
    script.push_str("${SECRET}\" | md5sum | cut -c1-32)\n");
    let _ = write!(script, "curl -s {server}/restserver.php");
    for (name, value) in &args {
        let _ = match value {
            Value::Known(value) => write!(script, " \\\n  {}", field(name, value)),
            Value::Own(variable) => write!(script, " \\\n  --data-urlencode \"{name}=${variable}\""),
        };
    }
    script.push_str(" \\\n  -d \"sig=$SIG\"");
    script
}

/// A call that is signed already. None where it needs a session, whose key cannot be written down, or holds calls of others.
pub(super) fn signed(handler: &Handler, example: &Example) -> Option<String> {
    let sample = of(handler.name);
    let app = &example.application;
    if sample.session || sample.holds_calls_of_others(app) {
        return None;
    }
    let common = [("api_key", app.api_key.as_str()), ("format", "json"), ("method", handler.name), ("v", "1.0")];
    let args = common.into_iter().chain(sample.args.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    let args: Vec<(&str, &str)> = args.collect();
    let sig =
        sign::signature(args.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes())), app.secret.as_bytes());
    let mut call = format!("curl -s {}/restserver.php", example.server);
    for (name, value) in args {
        let _ = write!(call, " \\\n  {}", field(name, value));
    }
    let _ = write!(call, " \\\n  -d sig={}", String::from_utf8_lossy(&sig));
    Some(call)
}

/// The same by the program, which makes a session for one call. None where there is nobody to make it for.
pub(super) fn by_the_program(handler: &Handler, example: &Example) -> Option<String> {
    let person = example.person.as_ref()?;
    let mut call = format!("reconnect call {}", handler.name);
    for (name, value) in &of(handler.name).args {
        let _ = write!(call, " {}", word(&format!("{name}={value}")));
    }
    let app = &example.application.api_key;
    let _ = write!(call, " \\\n  --server {} --app {app} --as {}", example.server, word(&person.email));
    Some(call)
}

/// A field of a form, for curl.
fn field(name: &str, value: &str) -> String {
    if plain(value) {
        format!("-d {name}={value}")
    } else {
        format!("--data-urlencode {}", word(&format!("{name}={value}")))
    }
}

/// Whether a text means itself to a shell, and in a form.
fn plain(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.,:/@-".contains(&byte))
}

/// A word for a shell.
fn word(text: &str) -> String {
    let (name, value) = text.split_once('=').unwrap_or(("", text));
    if plain(name) && plain(value) { text.to_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

/// A text between double quotes of a shell. An interactive one takes `!` for a command, even there.
fn in_double_quotes(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\\' | '"' | '$' | '`' => quoted.extend(['\\', letter]),
            '!' => quoted.push_str("\"'!'\""),
            _ => quoted.push(letter),
        }
    }
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::METHODS;
    use crate::reference::find;
    use reconnect_core::method::Session;
    use reconnect_core::model::Person;

    fn example(key: &str) -> Example {
        let application = Application { api_key: key.to_owned(), secret: "s".to_owned(), ..Application::default() };
        let person = Some(Person { email: "ann@example.com".to_owned(), ..Person::default() });
        Example { application, person, server: "http://here".to_owned() }
    }

    #[test]
    fn every_method_has_a_sample_whose_arguments_it_knows() {
        let all: HashMap<String, Sample> = serde_json::from_str(SAMPLES).unwrap();
        for handler in METHODS {
            let sample = all.get(handler.name);
            let sample = sample.unwrap_or_else(|| panic!("{}: run `cargo xtask generate`", handler.name));
            assert!(sample.session || handler.access.session != Session::Required, "{} needs a session", handler.name);
            let known = crate::reference::shape::arguments(handler);
            for (name, _) in &sample.args {
                assert!(known.iter().any(|one| one.name == *name), "{} has no argument {name}", handler.name);
            }
            for one in known.iter().filter(|one| one.required) {
                assert!(sample.args.iter().any(|(name, _)| *name == one.name), "{} needs {}", handler.name, one.name);
            }
        }
    }

    #[test]
    fn a_script_signs_with_what_is_its_owners() {
        insta::assert_snapshot!(script("http://here", find("users.getInfo").unwrap()), @r#"
        API_KEY=your-api-key
        SECRET=your-secret
        SIG=$(printf %s "api_key=${API_KEY}fields=name,birthdayformat=jsonmethod=users.getInfouids=1002,1006v=1.0${SECRET}" | md5sum | cut -c1-32)
        curl -s http://here/restserver.php \
          --data-urlencode "api_key=$API_KEY" \
          -d fields=name,birthday \
          -d format=json \
          -d method=users.getInfo \
          -d uids=1002,1006 \
          -d v=1.0 \
          -d "sig=$SIG"
        "#);
        let script = script("http://here", find("users.isVerified").unwrap());
        assert!(script.contains("session_key=${SESSION_KEY}v=1.0${SECRET}"), "{script}");
    }

    #[test]
    fn a_signed_call_holds_no_secret_and_is_for_its_application_only() {
        let call = signed(find("users.isAppUser").unwrap(), &example("k")).unwrap();
        let args = [("api_key", "k"), ("format", "json"), ("method", "users.isAppUser"), ("uid", "1001"), ("v", "1.0")];
        let sig = sign::signature(args.iter().map(|(n, v)| (n.as_bytes(), v.as_bytes())), b"s");
        assert!(call.ends_with(&format!("-d sig={}", String::from_utf8_lossy(&sig))), "{call}");
        let batch = find("batch.run").unwrap();
        let of = |method: &str, key: &str| signed(find(method).unwrap(), &example(key));
        assert!(of("users.isVerified", "k").is_none(), "a session cannot be written down");
        assert!(of("batch.run", "k").is_none(), "its calls are signed by another application");
        let inside = of_first_key(&super::of(batch.name).args[0].1);
        assert!(of("batch.run", &inside).is_some_and(|call| call.contains("--data-urlencode 'method_feed=[")));
    }

    fn of_first_key(feed: &str) -> String {
        feed.split("api_key=").nth(1).unwrap().split('&').next().unwrap().to_owned()
    }

    #[test]
    fn the_program_makes_a_session_for_somebody() {
        let are_friends = find("friends.areFriends").unwrap();
        let call = by_the_program(are_friends, &example("k")).unwrap();
        assert_eq!(
            call,
            "reconnect call friends.areFriends uids1=1001,1001 uids2=1002,1006 \\\n  --server http://here --app k --as ann@example.com"
        );
        assert!(by_the_program(are_friends, &Example { person: None, ..example("k") }).is_none());
    }

    #[test]
    fn what_a_shell_would_read_is_quoted() {
        assert_eq!(word("name=O'Brien & Co"), r"'name=O'\''Brien & Co'");
        assert_eq!(word("uids=1,2"), "uids=1,2");
        assert_eq!(field("to", "a+b"), "--data-urlencode 'to=a+b'");
        assert_eq!(in_double_quotes("a\"$`\\!"), "a\\\"\\$\\`\\\\\"'!'\"");
    }
}
