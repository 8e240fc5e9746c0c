//! `cargo xtask artifact`: the program of the Lambda functions, as Lambda can run it, laid into a folder.

use crate::{Result, root, works};
use clap::ValueEnum;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where the graph lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Store {
    /// A table.
    Dynamodb,
    /// A file beside the program.
    Sqlite,
}

/// A processor, by Lambda's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Arch {
    /// AMD's and Intel's.
    #[value(name = "x86_64")]
    X86_64,
    /// ARM's, such as Graviton.
    #[value(name = "arm64")]
    Arm64,
}

/// The C library of `provided.al2023`: a program that was linked against a newer one does not start there.
const GLIBC: (u32, u32) = (2, 34);

/// How cargo builds it: small.
const PROFILE: &str = "function";

impl Arch {
    fn of_this_machine() -> Result<Arch> {
        match std::env::consts::ARCH {
            "x86_64" => Ok(Arch::X86_64),
            "aarch64" => Ok(Arch::Arm64),
            other => Err(format!("Lambda has no {other}; name an architecture: RECONNECT_ARCH=x86_64 or arm64")),
        }
    }

    fn target(self) -> &'static str {
        match self {
            Arch::X86_64 => "x86_64-unknown-linux-gnu",
            Arch::Arm64 => "aarch64-unknown-linux-gnu",
        }
    }

    /// What an ELF file says of its machine.
    fn machine(self) -> u16 {
        match self {
            Arch::X86_64 => 62,
            Arch::Arm64 => 183,
        }
    }
}

/// Lays the program into `folder`. A build of many functions says where to `keep` it: it is built for the first of them and the others
/// get the same, though the sources may have changed meanwhile.
pub(crate) fn run(folder: &Path, keep: Option<&Path>, store: Store, arch: Option<Arch>) -> Result {
    let arch = arch.map_or_else(Arch::of_this_machine, Ok)?;
    let target = root().join("target");
    let told = |what: &Path| {
        let what = what.display().to_string();
        move |e: io::Error| format!("{what}: {e}")
    };
    let flavours = target.join("flavours");
    fs::create_dir_all(&flavours).map_err(told(&flavours))?;
    for place in [Some(folder), keep].into_iter().flatten() {
        fs::create_dir_all(place).map_err(told(place))?;
    }
    // Cargo puts the programs of both stores at one place: whoever builds, the tests too, holds the lock until it has fetched its own.
    let lock = flavours.join(".lock");
    let held = File::create(&lock).map_err(told(&lock))?;
    held.lock().map_err(told(&lock))?;
    let once = |name: &str, make: &dyn Fn() -> Result<PathBuf>| {
        let Some(kept) = keep.map(|keep| keep.join(name)) else { return lay(&make()?, &folder.join(name)) };
        if !kept.is_file() {
            lay(&make()?, &kept)?;
        }
        lay(&kept, &folder.join(name))
    };
    once("bootstrap", &|| build(store, arch))?;
    if store == Store::Sqlite {
        once("reconnect.db", &|| world(&target))?;
    }
    Ok(())
}

/// Builds the program: with this machine's own tools where they will do, else with a linker for any target.
fn build(store: Store, arch: Arch) -> Result<PathBuf> {
    let native = cfg!(target_os = "linux") && Arch::of_this_machine().is_ok_and(|this| this == arch);
    let reason = if native {
        cargo(&["build"], store)?;
        let program = root().join("target").join(PROFILE).join("bootstrap");
        match fit(&program, arch) {
            Ok(()) => return Ok(program),
            Err(why) => why,
        }
    } else {
        format!("this machine builds no programs for {arch:?} by itself")
    };
    let target = arch.target();
    if !works("cargo", "zigbuild --help") {
        return Err(format!(
            "{reason}; install a linker that can: pip install cargo-zigbuild ziglang, and: rustup target add {target}"
        ));
    }
    cargo(&["zigbuild", "--target", &format!("{target}.{}.{}", GLIBC.0, GLIBC.1)], store)?;
    let program = root().join("target").join(target).join(PROFILE).join("bootstrap");
    fit(&program, arch)?;
    Ok(program)
}

fn cargo(how: &[&str], store: Store) -> Result {
    let mut args = [how, &["--profile", PROFILE, "--locked", "--package", "reconnect-bootstrap"]].concat();
    if store == Store::Sqlite {
        args.extend(["--no-default-features", "--features", "sqlite"]);
    }
    own(Command::new(cargo_program()).args(args))
}

/// The demo world as a file: made once, and again when what makes it has changed.
fn world(target: &Path) -> Result<PathBuf> {
    let (file, making) = (target.join("artifact.db"), target.join("artifact-new.db"));
    own(Command::new(cargo_program()).args(["build", "--locked", "--package", "reconnect"]))?;
    let maker = target.join("debug/reconnect");
    let age = |path: &Path| fs::metadata(path).and_then(|file| file.modified()).ok();
    if age(&file) > age(&maker) {
        return Ok(file);
    }
    let _ = fs::remove_file(&making);
    own(Command::new(&maker).args(["world", "load", "dorm", "--db"]).arg(&making))?;
    fs::rename(&making, &file).map_err(|e| format!("{}: {e}", file.display()))?;
    Ok(file)
}

fn cargo_program() -> String {
    std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned())
}

/// Runs a program in the workspace's folder as if no cargo had started us, so that nothing is built anew for that reason alone; and no
/// setting of ours leaks into it.
fn own(command: &mut Command) -> Result {
    for (name, _) in std::env::vars() {
        if ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_CRATE_", "RECONNECT_"].iter().any(|prefix| name.starts_with(prefix))
        {
            command.env_remove(name);
        }
    }
    let status = command.current_dir(root()).status().map_err(|e| format!("{command:?} could not be started: {e}"))?;
    if status.success() { Ok(()) } else { Err(format!("{command:?} failed ({status})")) }
}

/// Whether Lambda can run it.
fn fit(program: &Path, arch: Arch) -> Result {
    let bytes = fs::read(program).map_err(|e| format!("{}: {e}", program.display()))?;
    if machine(&bytes) != Some(arch.machine()) {
        return Err(format!("{} is not built for {arch:?}", program.display()));
    }
    match newest_glibc(&bytes) {
        Some(needs) if needs > GLIBC => Err(format!(
            "built here, the program needs glibc {}.{}, and Lambda has {}.{}",
            needs.0, needs.1, GLIBC.0, GLIBC.1
        )),
        _ => Ok(()),
    }
}

fn machine(elf: &[u8]) -> Option<u16> {
    elf.starts_with(b"\x7fELF").then(|| elf.get(18..20))?.map(|at| u16::from_le_bytes([at[0], at[1]]))
}

/// The newest version among the symbols' names, which stand as text in the file.
fn newest_glibc(elf: &[u8]) -> Option<(u32, u32)> {
    const MARK: &[u8] = b"GLIBC_";
    let places = elf.windows(MARK.len()).enumerate().filter(|(_, bytes)| *bytes == MARK).map(|(at, _)| at + MARK.len());
    let versions = places.filter_map(|at| {
        let rest = elf.get(at..)?;
        let text = rest.split(|b| !b.is_ascii_digit() && *b != b'.').next()?;
        let mut numbers = std::str::from_utf8(text).ok()?.split('.').map(str::parse);
        Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
    });
    versions.max()
}

/// A link, so that a hundred functions take the room of one; a copy where links do not reach.
fn lay(from: &Path, to: &Path) -> Result {
    let _ = fs::remove_file(to);
    fs::hard_link(from, to).or_else(|_| fs::copy(from, to).map(|_| ())).map_err(|e| format!("{}: {e}", to.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_version_counts_and_the_machine_is_read() {
        let elf = [
            b"\x7fELF".as_slice(),
            &[0; 14],
            &62u16.to_le_bytes(),
            b"\0GLIBC_2.4\0GLIBC_2.34\0GLIBC_2.3.4\0GLIBC_PRIVATE",
        ]
        .concat();
        assert_eq!(newest_glibc(&elf), Some((2, 34)));
        assert_eq!(machine(&elf), Some(Arch::X86_64.machine()));
        assert_eq!((newest_glibc(b"static"), machine(b"MZ")), (None, None));
    }
}
