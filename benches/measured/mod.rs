//! What the benches have in common: each length or size is measured in a process of its own, since the most memory that
//! a process ever held never gets less.

use std::process::Command;

/// What something takes.
pub struct Measured {
    pub seconds: f64,
    /// The most memory of its process, in units of a million bytes; not a number where the system does not tell.
    pub peak_mb: f64,
}

/// Runs this bench once more with these arguments, for which it has to print by [`print_fastest`].
pub fn in_own_process(arguments: &[&str]) -> Measured {
    let program = std::env::current_exe().expect("a running program has a path");
    let output = Command::new(program).args(arguments).output().expect("the bench can run itself");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut numbers = text.split_whitespace().map(|number| number.parse().expect("a number"));
    let mut next = || numbers.next().expect("two numbers");
    Measured { seconds: next(), peak_mb: next() }
}

/// Prints the fewest seconds of so many runs, and the most memory that this process has held so far.
pub fn print_fastest(tries: usize, run: impl Fn() -> f64) {
    let seconds = (0..tries).map(|_| run()).fold(f64::MAX, f64::min);
    println!("{seconds} {}", peak_mb());
}

fn peak_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").trim().parse::<f64>().ok());
    kib.map_or(f64::NAN, |kib| kib * 1_024.0 / 1e6)
}
