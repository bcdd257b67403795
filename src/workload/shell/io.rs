//! What a script writes and reads: its log with the times of its lines, pipes, and the small files that it makes.
//! It knows no files but those: others are left to the failure model.

use super::interpreter::{Flow, Shell, Stop};
use super::syntax::{FileMode, List, Output};

/// So often a script may change files.
const MAX_FILE_CHANGES: usize = 1_000;
/// What stands for the container's own output.
const OUTPUTS: [&str; 4] = ["/dev/stdout", "/dev/stderr", "/proc/1/fd/1", "/proc/1/fd/2"];

/// What a file held from some moment on; `None`: it was no more.
#[derive(Clone)]
pub(in crate::workload) struct FileChange {
    pub at_ms: u64,
    pub path: String,
    pub text: Option<String>,
}

/// What is known of a file.
pub(super) enum File<'f> {
    Holds(&'f str),
    IsNot,
    NotKnown,
}

/// Where what commands write goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sink {
    /// The container's log.
    Log,
    /// A pipe, a file or a substitution.
    Text,
}

impl Shell<'_> {
    pub fn write(&mut self, text: &str) -> Result<(), Stop> {
        match self.sink {
            Sink::Log => self.complain(text),
            Sink::Text => {
                self.spend_for(text)?;
                self.output.push_str(text);
                Ok(())
            }
        }
    }

    /// Writes to the standard error, which nothing here redirects.
    pub(super) fn complain(&mut self, text: &str) -> Result<(), Stop> {
        self.spend_for(text)?;
        let now_ms = self.now_ms;
        if let Some(log) = &mut self.log {
            let place = log.iter().rposition(|(at_ms, _)| *at_ms <= now_ms).map_or(0, |place| place + 1);
            log.insert(place, (now_ms, text.to_owned()));
        }
        Ok(())
    }

    /// What commands write when they are run in a subshell, without the line ends at its end.
    pub fn capture(&mut self, list: &List) -> Result<String, Stop> {
        let (flow, written) = self.written_by(|shell| shell.in_subshell(|shell| shell.list(list)));
        self.substitution_status = Some(flow?);
        Ok(written.trim_end_matches('\n').to_owned())
    }

    /// Runs commands, and what they write.
    pub(super) fn written_by(&mut self, body: impl FnOnce(&mut Self) -> Flow) -> (Flow, String) {
        let (outer, sink) = (std::mem::take(&mut self.output), self.sink);
        self.sink = Sink::Text;
        let flow = body(self);
        self.sink = sink;
        (flow, std::mem::replace(&mut self.output, outer))
    }

    /// Runs a command whose output goes there.
    pub(super) fn redirected(&mut self, output: &Output, body: impl FnOnce(&mut Self) -> Flow) -> Flow {
        let (path, mode) = match output {
            Output::Shell => return body(self),
            Output::Errors => (OUTPUTS[0].to_owned(), FileMode::Appends),
            Output::File { path, mode } => (self.expand_to_text(path)?, *mode),
        };
        if OUTPUTS.contains(&&*path) {
            let sink = std::mem::replace(&mut self.sink, Sink::Log);
            let flow = body(self);
            self.sink = sink;
            return flow;
        }
        let (flow, written) = self.written_by(body);
        self.write_file(path, mode, &written)?;
        flow
    }

    fn write_file(&mut self, path: String, mode: FileMode, text: &str) -> Result<(), Stop> {
        if path == "/dev/null" {
            return Ok(());
        }
        let before = match (mode, self.file(&path)) {
            (FileMode::Appends, File::Holds(before)) => before,
            (FileMode::Appends | FileMode::Replaces, _) => "",
        };
        let whole = format!("{before}{text}");
        self.spend_for(&whole)?;
        self.change_file(path, Some(whole))
    }

    fn change_file(&mut self, path: String, text: Option<String>) -> Result<(), Stop> {
        if self.files.len() == MAX_FILE_CHANGES {
            return Err(Stop::CutOff);
        }
        let at_ms = self.now_ms;
        let place = self.files.iter().rposition(|change| change.at_ms <= at_ms).map_or(0, |place| place + 1);
        self.files.insert(place, FileChange { at_ms, path, text });
        Ok(())
    }

    /// What is known of a file now. A path below `/tmp` that nobody has written to is no file.
    pub(super) fn file(&self, path: &str) -> File<'_> {
        match last_change(&self.files, path, self.now_ms) {
            Some(change) => change.text.as_deref().map_or(File::IsNot, File::Holds),
            None if path.starts_with("/tmp/") => File::IsNot,
            None => File::NotKnown,
        }
    }

    pub(super) fn cat(&mut self, paths: &[&str]) -> Flow {
        if paths.is_empty() {
            let input = self.input.take().ok_or(Stop::Unknown)?;
            return self.write(&input).map(|()| 0);
        }
        let mut code = 0;
        for path in paths {
            self.spend_step()?;
            match self.file(path) {
                File::Holds(text) => {
                    let text = text.to_owned();
                    self.write(&text)?;
                }
                File::IsNot => {
                    self.complain(&format!("cat: can't open '{path}': No such file or directory\n"))?;
                    code = 1;
                }
                File::NotKnown => return Err(Stop::Unknown),
            }
        }
        Ok(code)
    }

    pub(super) fn tee(&mut self, arguments: &[&str]) -> Flow {
        let input = self.input.take().ok_or(Stop::Unknown)?;
        let mode = if arguments.contains(&"-a") { FileMode::Appends } else { FileMode::Replaces };
        for path in arguments.iter().filter(|argument| !argument.starts_with('-')) {
            self.write_file((*path).to_owned(), mode, &input)?;
        }
        self.write(&input).map(|()| 0)
    }

    pub(super) fn touch(&mut self, paths: &[&str]) -> Flow {
        for path in paths.iter().filter(|path| !path.starts_with('-')) {
            self.write_file((*path).to_owned(), FileMode::Appends, "")?;
        }
        Ok(0)
    }

    pub(super) fn remove(&mut self, arguments: &[&str]) -> Flow {
        let mut code = 0;
        for path in arguments.iter().filter(|path| !path.starts_with('-')) {
            code |= i32::from(matches!(self.file(path), File::IsNot));
            self.change_file((*path).to_owned(), None)?;
        }
        Ok(if arguments.iter().any(|option| option.starts_with('-') && option.contains('f')) { 0 } else { code })
    }

    /// The next line of a pipe into a variable; without a pipe nobody knows what comes.
    pub(super) fn read(&mut self, arguments: &[&str]) -> Flow {
        let input = self.input.take().ok_or(Stop::Unknown)?;
        let (line, rest) = input.split_once('\n').unwrap_or((&input, ""));
        let code = i32::from(input.is_empty());
        let names: Vec<&&str> = arguments.iter().filter(|argument| !argument.starts_with('-')).collect();
        let mut words = line.splitn(names.len().max(1), [' ', '\t']);
        for name in names {
            self.set_variable(name, words.next().unwrap_or_default().to_owned())?;
        }
        self.input = Some(rest.to_owned());
        Ok(code)
    }
}

/// The last change of a file up to that moment.
pub(in crate::workload) fn last_change<'f>(files: &'f [FileChange], path: &str, at_ms: u64) -> Option<&'f FileChange> {
    files.iter().rev().find(|change| change.at_ms <= at_ms && change.path == path)
}
