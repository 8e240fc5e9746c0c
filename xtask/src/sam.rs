//! The template under the tools that read it: linted, and transformed as the cloud does it.

use crate::{Result, root, run as shell};

/// Where `cargo xtask setup` puts the Python programs.
const PROGRAMS: &str = "target/tools/python/bin";
/// A region is asked for even where nothing is sent there.
const SETTINGS: [(&str, &str); 2] = [("AWS_DEFAULT_REGION", "eu-central-1"), ("SAM_CLI_TELEMETRY", "0")];

/// Lints the template: by the rules of SAM, and by those of what SAM makes of it.
pub(crate) fn check() -> Result {
    let mut sam: Vec<String> = SETTINGS.iter().map(|(name, value)| format!("{name}={value}")).collect();
    sam.extend([program("sam")?, "validate".to_owned(), "--lint".to_owned()]);
    shell("env", &sam.iter().map(String::as_str).collect::<Vec<_>>())?;
    shell(&program("cfn-lint")?, &["template.yaml"])
}

fn program(name: &str) -> Result<String> {
    let path = root().join(PROGRAMS).join(name);
    if path.is_file() {
        return Ok(path.display().to_string());
    }
    Err(format!("there is no {PROGRAMS}/{name}; run: cargo xtask setup"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::template_of_all_names;
    use serde::Deserialize;
    use std::io::Write;
    use std::process::{Command, Stdio};

    /// What a stack may hold, with room to grow; CloudFormation's own limit is 500.
    const RESOURCES: usize = 400;
    /// What an HTTP API may hold.
    const ROUTES: usize = 300;

    #[derive(Deserialize)]
    struct Transformed {
        resources: usize,
        routes: usize,
        functions: usize,
        payloads: Vec<String>,
        bytes: usize,
    }

    /// The transformation itself, by the library that the cloud uses too.
    fn transformed(template: &str) -> Transformed {
        let mut python = Command::new(program("python").unwrap())
            .args(["-c", include_str!("sam/transform.py")])
            .envs(SETTINGS)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        python.stdin.take().unwrap().write_all(template.as_bytes()).unwrap();
        let out = python.wait_with_output().unwrap();
        assert!(out.status.success());
        serde_json::from_slice(&out.stdout).unwrap()
    }

    #[test]
    fn with_every_method_the_stack_still_fits() {
        let all = transformed(&template_of_all_names());
        println!(
            "{} resources, {} routes, {} functions, {} bytes",
            all.resources, all.routes, all.functions, all.bytes
        );
        assert_eq!(all.functions, 108 + 3);
        assert!(all.resources <= RESOURCES, "{} resources", all.resources);
        assert!(all.routes <= ROUTES, "{} routes", all.routes);
        assert!(all.bytes < 1_000_000, "a template may have 1 MB, this has {} bytes", all.bytes);
        assert_eq!(all.payloads, ["2.0"], "what the functions read");
    }
}
