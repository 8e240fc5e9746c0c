//! Servers as child processes: started, read, ended by their process id.

use crate::{Outcome, While};
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{ChildStdout, Command, Stdio};
use std::time::Duration;

/// The unit of the times in `/proc/PID/stat`: 1/100 s on every Linux that runs today.
const TICK: Duration = Duration::from_millis(10);

/// A server under measurement. It ends when this is dropped, whatever it is doing.
pub(crate) struct Child {
    process: std::process::Child,
    output: BufReader<ChildStdout>,
    /// Where it listens.
    pub(crate) address: SocketAddr,
}

impl Child {
    /// This program once more, in another role. It prints its address first.
    pub(crate) fn of_ours(args: &[&str]) -> Outcome<Child> {
        let program = std::env::current_exe().while_doing("finding this program")?;
        Child::start(&program, args, Stdio::inherit(), |line| line.trim().parse().ok())
    }

    /// A program that prints, in its first line, something that `address` can be read from.
    pub(crate) fn start<A: AsRef<OsStr>>(
        program: &Path,
        args: &[A],
        errors: Stdio,
        address: impl Fn(&str) -> Option<SocketAddr>,
    ) -> Outcome<Child> {
        let mut command = Command::new(program);
        // Our children end when their input does: none of them outlives this program, however it ends.
        command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(errors);
        let mut process = command.spawn().while_doing("starting a server")?;
        let output = process.stdout.take().map(BufReader::new).ok_or("a server without output")?;
        let mut child = Child { process, output, address: ([127, 0, 0, 1], 0).into() };
        let mut line = String::new();
        child.output.read_line(&mut line).while_doing("reading where a server listens")?;
        child.address = address(&line).ok_or_else(|| format!("a server printed no address but {line:?}"))?;
        Ok(child)
    }

    /// User and system time so far.
    pub(crate) fn cpu(&self) -> Outcome<Duration> {
        let path = format!("/proc/{}/stat", self.process.id());
        let stat = std::fs::read_to_string(&path).while_doing("reading the CPU time of a server")?;
        let ticks = cpu_ticks(&stat).ok_or_else(|| format!("{path} has another form than expected"))?;
        Ok(TICK * ticks)
    }

    /// Resident memory, in MiB.
    pub(crate) fn memory(&self) -> Outcome<f64> {
        let path = format!("/proc/{}/status", self.process.id());
        let status = std::fs::read_to_string(&path).while_doing("reading the memory of a server")?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib: Option<f64> = line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse().ok());
        kib.map(|kib| kib / 1024.0).ok_or_else(|| format!("{path} has another form than expected"))
    }

    /// Ends one of ours in good order; answers what it says at its end.
    pub(crate) fn finish(mut self) -> Outcome<String> {
        drop(self.process.stdin.take());
        let mut said = String::new();
        self.output.read_to_string(&mut said).while_doing("reading the last words of a server")?;
        self.process.wait().while_doing("waiting for the end of a server")?;
        Ok(said)
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// User and system time of the threads that a process has now, to the nanosecond: for what takes a few ticks only.
pub(crate) fn fine_cpu(pid: u32) -> Outcome<Duration> {
    let tasks = std::fs::read_dir(format!("/proc/{pid}/task")).while_doing("listing the threads of a server")?;
    let mut all = Duration::ZERO;
    for task in tasks {
        let path = task.while_doing("listing the threads of a server")?.path().join("schedstat");
        let text = std::fs::read_to_string(&path).while_doing("reading the CPU time of a thread")?;
        let nanoseconds = text.split(' ').next().and_then(|number| number.parse().ok());
        let unexpected = || format!("{} has another form than expected", path.display());
        all += Duration::from_nanos(nanoseconds.ok_or_else(unexpected)?);
    }
    Ok(all)
}

/// utime and stime: the 14th and 15th fields. The second one, in parentheses, may hold anything, blanks included.
fn cpu_ticks(stat: &str) -> Option<u32> {
    let (_, rest) = stat.rsplit_once(") ")?;
    let mut fields = rest.split(' ').skip(11);
    let user: u32 = fields.next()?.parse().ok()?;
    let system: u32 = fields.next()?.parse().ok()?;
    Some(user + system)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_strange_name_of_a_program_does_not_move_the_fields() {
        let stat = "1 (a) b) S 2 3 4 5 6 7 8 9 10 11 12 13 14 15";
        assert_eq!(cpu_ticks(stat), Some(12 + 13));
    }
}
