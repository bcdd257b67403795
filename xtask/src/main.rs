//! Jobscope's own commands: `cargo xtask serve|build|test|shots`.
//! Reads the command line and hands over; what a command does stands in the module of its name.

mod browser;
mod npm;
mod offline;
mod parts;
mod policy;
mod run;
mod shots;
mod size;
mod small_std;
mod test;
mod tools;
mod web;
mod zones;

use lexopt::prelude::*;
use run::Outcome;
use std::process::ExitCode;

const HELP: &str = "\
cargo xtask COMMAND

  serve [--port PORT] [--release]     build the page, serve it on 127.0.0.1 (port 8080), rebuild on changes
  build                               leave the static site in dist/
  test [--no-browser] [--only STEP]…  run every check, or some: fmt, clippy, native, site, size, browser
  shots [--no-build] [--out DIR] [--scenario NAME] [--at-seconds S]
                                      write pictures of the page in three sizes to DIR (target/shots)

Each command first installs what it needs and does not find.
";

fn main() -> ExitCode {
    match command(&mut lexopt::Parser::from_env()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("xtask: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn command(args: &mut lexopt::Parser) -> Outcome {
    let name = match args.next().map_err(usage)? {
        Some(Value(name)) => name.to_string_lossy().into_owned(),
        Some(Short('h') | Long("help")) | None => "help".to_owned(),
        Some(other) => return Err(usage(other.unexpected())),
    };
    match name.as_str() {
        "serve" => serve(args),
        "build" => no_more(args).and_then(|()| web::build()),
        "test" => test(args),
        "shots" => shots(args),
        "help" => {
            print!("{HELP}");
            Ok(())
        }
        other => Err(format!("there is no command {other:?}\n\n{HELP}")),
    }
}

fn serve(args: &mut lexopt::Parser) -> Outcome {
    let mut port: u16 = 8080;
    let mut profile = web::Profile::Dev;
    while let Some(arg) = args.next().map_err(usage)? {
        match arg {
            Long("port") => port = args.value().and_then(|v| v.parse()).map_err(usage)?,
            Long("release") => profile = web::Profile::Release,
            other => return Err(usage(other.unexpected())),
        }
    }
    web::serve(port, profile)
}

fn test(args: &mut lexopt::Parser) -> Outcome {
    let mut steps = Vec::new();
    let mut without = Vec::new();
    while let Some(arg) = args.next().map_err(usage)? {
        match arg {
            Long("only") => steps.push(args.value().and_then(|v| v.parse()).map_err(usage)?),
            Long("no-browser") => without.push(test::Step::Browser),
            other => return Err(usage(other.unexpected())),
        }
    }
    if steps.is_empty() {
        steps = test::Step::ALL.to_vec();
    }
    steps.retain(|step| !without.contains(step));
    test::run_steps(&steps)
}

fn shots(args: &mut lexopt::Parser) -> Outcome {
    let mut wanted = shots::Wanted::default();
    let mut site = shots::Site::Build;
    while let Some(arg) = args.next().map_err(usage)? {
        match arg {
            Long("no-build") => site = shots::Site::AsItIs,
            Long("out") => wanted.out = args.value().map_err(usage)?.into(),
            Long("scenario") => {
                wanted.scenario = Some(args.value().and_then(|v| v.string()).map_err(usage)?);
            }
            Long("at-seconds") => {
                wanted.at_seconds = args.value().and_then(|v| v.parse()).map_err(usage)?;
            }
            other => return Err(usage(other.unexpected())),
        }
    }
    shots::take(&site, &wanted)
}

fn no_more(args: &mut lexopt::Parser) -> Outcome {
    match args.next().map_err(usage)? {
        Some(other) => Err(usage(other.unexpected())),
        None => Ok(()),
    }
}

fn usage(error: lexopt::Error) -> String {
    format!("{error}\n\n{HELP}")
}
