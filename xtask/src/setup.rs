//! `cargo xtask setup`: what the tests need beside a Rust toolchain. System packages are listed and asked for first.

use crate::{Result, root, run as shell, works};
use std::io::{BufRead, IsTerminal, Write};

/// One thing that the tests need: how to see that it is there, and the Debian package that brings it.
struct Need {
    program: &'static str,
    arg: &'static str,
    package: &'static str,
    what_for: &'static str,
}

const NEEDS: &[Need] = &[
    Need {
        program: "perl",
        arg: "-MWWW::Facebook::API -e 1",
        package: "libwww-facebook-api-perl",
        what_for: "a client library of 2008, driven unmodified",
    },
    Need {
        program: "perl",
        arg: "-MJSON::Any -MJSON -e 1",
        package: "libjson-any-perl libjson-perl",
        what_for: "its JSON parser",
    },
    Need {
        program: "xmllint",
        arg: "--version",
        package: "libxml2-utils",
        what_for: "validates answers against our XML schema",
    },
    Need {
        program: "chromium",
        arg: "--version",
        package: "chromium fonts-dejavu-core",
        what_for: "looks at the pages",
    },
    Need { program: "chromedriver", arg: "--version", package: "chromium-driver", what_for: "drives the browser" },
    Need {
        program: "node",
        arg: "--version",
        package: "nodejs",
        what_for: "runs the client library `facebook-client`, and the SDK's script without a browser",
    },
    Need {
        program: "npm",
        arg: "--version",
        package: "npm",
        what_for: "fetches that library, and the parser that checks the script's syntax",
    },
    Need { program: "curl", arg: "--version", package: "curl", what_for: "makes the calls that the reference offers" },
    Need {
        program: "python3",
        arg: "-m ensurepip --version",
        package: "python3-venv",
        what_for: "holds moto, aws-sam-cli and cfn-lint apart from the system's Python",
    },
    Need { program: "dockerd", arg: "--version", package: "docker.io", what_for: "runs what `sam local` invokes" },
    Need {
        program: "debootstrap",
        arg: "--version",
        package: "debootstrap",
        what_for: "makes a base image where the real one cannot be pulled",
    },
    Need { program: "make", arg: "--version", package: "make", what_for: "is what `sam build` calls" },
];

/// Where the npm packages of the tests live.
const CLIENTS: &str = "tests/clients";
/// What the Python environment holds.
const REQUIREMENTS: &str = "tests/requirements.txt";
/// Where tools live that are installed for this checkout alone.
const TOOLS: &str = "target/tools";
/// The version of dynoxide that the tests were written against.
const DYNOXIDE: &str = "3.2.0";

pub(crate) fn run(yes: bool) -> Result {
    system_packages(yes)?;
    npm_packages()?;
    if !works("cargo", "deny --version") {
        shell("cargo", &["install", "cargo-deny", "--locked", "--version", "^0.20"])?;
    }
    dynoxide()?;
    python()
}

/// The npm packages of the tests. Done when they are those of the lock file, of which a copy is left beside them.
fn npm_packages() -> Result {
    let folder = root().join(CLIENTS);
    let (wanted, done) = (folder.join("package-lock.json"), folder.join("node_modules/.installed-lock.json"));
    let lock = std::fs::read_to_string(&wanted).map_err(|error| format!("{}: {error}", wanted.display()))?;
    if std::fs::read_to_string(&done).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    shell("npm", &["ci", "--prefix", CLIENTS, "--no-audit", "--no-fund"])?;
    std::fs::write(&done, lock).map_err(|error| format!("{}: {error}", done.display()))
}

/// The stand-in for DynamoDB. A tool and no dependency of the tests: it brings a SQLite of its own, and two of them cannot be linked
/// into one workspace's programs.
fn dynoxide() -> Result {
    let folder = format!("{TOOLS}/dynoxide");
    let program = root().join(&folder).join("bin/dynoxide");
    let installed = std::fs::read_to_string(root().join(&folder).join(".crates.toml")).unwrap_or_default();
    if program.is_file() && installed.contains(&format!("\"dynoxide-rs {DYNOXIDE} ")) {
        return Ok(());
    }
    let features = "native-sqlite,http-server,cli";
    let mut install = vec!["install", "dynoxide-rs", "--locked", "--version", DYNOXIDE, "--root", &folder];
    install.extend(["--no-default-features", "--features", features]);
    shell("cargo", &install)
}

/// moto, aws-sam-cli with the Runtime Interface Emulator, cfn-lint: in an environment of their own. Done when it holds what the list
/// asks for, of which a copy is left there.
fn python() -> Result {
    let folder = format!("{TOOLS}/python");
    let (wanted, done) = (root().join(REQUIREMENTS), root().join(&folder).join("installed.txt"));
    let list = std::fs::read_to_string(&wanted).map_err(|error| format!("{REQUIREMENTS}: {error}"))?;
    if std::fs::read_to_string(&done).is_ok_and(|installed| installed == list) {
        return Ok(());
    }
    shell("python3", &["-m", "venv", &folder])?;
    let pip = root().join(&folder).join("bin/pip");
    shell(
        &pip.to_string_lossy(),
        &["install", "--quiet", "--disable-pip-version-check", "--requirement", REQUIREMENTS],
    )?;
    std::fs::write(&done, list).map_err(|error| format!("{}: {error}", done.display()))
}

fn system_packages(yes: bool) -> Result {
    let missing: Vec<&Need> = NEEDS.iter().filter(|need| !is_here(need)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    eprintln!("The tests need these Debian packages, which are not here:");
    for need in &missing {
        eprintln!("  {:45} {}", need.package, need.what_for);
    }
    let packages: Vec<&str> = missing.iter().flat_map(|need| need.package.split(' ')).collect();
    if !works("apt-get", "--version") {
        return Err(format!(
            "this system has no apt-get; install what provides the above by its own means, then run this again: {}",
            packages.join(" ")
        ));
    }
    if !yes && !asked("Install them with apt-get now?") {
        return Err(format!("nothing was installed; by hand: apt-get install {}", packages.join(" ")));
    }
    let as_root =
        |args: &[&str]| -> Result { if is_root() { shell(args[0], &args[1..]) } else { shell("sudo", args) } };
    as_root(&["apt-get", "update", "-qq"])?;
    let mut install = vec!["apt-get", "install", "-y", "-qq", "--no-install-recommends"];
    install.extend(packages);
    as_root(&install)?;
    match NEEDS.iter().find(|need| !is_here(need)) {
        None => Ok(()),
        Some(need) => Err(format!("{} is still missing after the installation of {}", need.program, need.package)),
    }
}

/// Programs of the system's own count, which are not on everybody's path.
fn is_here(need: &Need) -> bool {
    works(need.program, need.arg) || works(&format!("/usr/sbin/{}", need.program), need.arg)
}

fn is_root() -> bool {
    std::process::Command::new("id").arg("-u").output().is_ok_and(|out| out.stdout.trim_ascii() == b"0")
}

fn asked(question: &str) -> bool {
    if !std::io::stdin().is_terminal() {
        eprintln!("(no terminal to ask on: pass --yes)");
        return false;
    }
    eprint!("{question} [y/N] ");
    let _ = std::io::stderr().flush();
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer).is_ok() && matches!(answer.trim(), "y" | "Y" | "yes")
}
