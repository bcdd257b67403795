//! What a run of a container has written so far: its log, and its last message. Nothing of it is kept: a run is a pure
//! function of its plan's inputs, so it is done again when somebody looks.

use super::behaviour::Behaviour;
use super::shell::{Outcome, Record, last_change};
use super::{RunContext, shell};
use crate::api::pod::MessageSource;
use crate::api::{Container, Text};
use crate::sim::Time;

/// So many lines of a log are shown.
const MAX_LINES: usize = 200;
/// So many bytes of a log are shown.
const MAX_LOG_BYTES: usize = 16_384;
/// The longest message that a container leaves, in bytes.
const MAX_MESSAGE_BYTES: usize = 4_096;
/// The most of a log that becomes a message: lines, and bytes.
const MAX_FALLBACK: (usize, usize) = (80, 2_048);

/// A line of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    pub at: Time,
    pub text: String,
}

/// The newest lines of a log, and what is to be said about them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogView {
    pub lines: Vec<LogLine>,
    /// Why there are no lines, or no more.
    pub note: Text,
}

/// How far a run has come, in milliseconds since its start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Progress {
    pub until_ms: u64,
    /// When SIGTERM was sent.
    pub term_at_ms: Option<u64>,
}

/// What the run has written so far.
pub(super) fn log(behaviour: &Behaviour, run: &RunContext, progress: Progress) -> LogView {
    let (pieces, note) = pieces(behaviour, run, progress);
    LogView { lines: newest_lines(&pieces, run.started_at, (MAX_LINES, MAX_LOG_BYTES)), note: note.into() }
}

/// The message that the run has left at its end.
// Models pkg/kubelet/kuberuntime/kuberuntime_container.go getTerminationMessage
pub(super) fn message(
    behaviour: &Behaviour,
    container: &Container,
    run: &RunContext,
    progress: Progress,
    exit_code: i32,
) -> String {
    if let Behaviour::Script(script) = behaviour
        && script.writes_files
    {
        let record = script.record(run, progress.term_at_ms);
        let file = last_change(&record.files, &container.message_path, progress.until_ms);
        if let Some(text) = file.and_then(|change| change.text.as_deref()).filter(|text| !text.is_empty()) {
            return end_of(text, MAX_MESSAGE_BYTES).to_owned();
        }
    }
    if exit_code == 0 || container.message_source == MessageSource::File {
        return String::new();
    }
    let (pieces, _) = pieces(behaviour, run, progress);
    let lines = newest_lines(&pieces, run.started_at, MAX_FALLBACK);
    lines.into_iter().map(|line| line.text + "\n").collect()
}

fn pieces(behaviour: &Behaviour, run: &RunContext, progress: Progress) -> (Vec<(u64, String)>, &'static str) {
    let until_ms = progress.until_ms;
    let (mut pieces, note) = match behaviour {
        Behaviour::Script(script) => {
            let record = script.record(run, progress.term_at_ms);
            let note = script_note(&record, until_ms);
            (record.log, note)
        }
        Behaviour::Builtin(words) => {
            let words: Vec<&str> = words.iter().map(|word| &**word).collect();
            (shell::run_beside(&words, run, &[], 0).log, "")
        }
        Behaviour::Kuard(kuard) => (kuard.written(run, until_ms), ""),
        Behaviour::Direct(direct) => (direct.written(run), ""),
        Behaviour::Model => (
            Vec::new(),
            "What this program writes is not known here; how it ends is decided by the settings of the pods.",
        ),
    };
    pieces.retain(|(at_ms, _)| *at_ms <= until_ms);
    (pieces, note)
}

fn script_note(record: &Record, until_ms: u64) -> &'static str {
    match record.outcome {
        Some(Outcome::CutOff) if record.followed_ms <= until_ms => {
            "The script does more than is followed here. It is taken to run for ever; this is its log so far."
        }
        Some(Outcome::Unknown) => {
            "The script has a command that is not known here; how it ends is decided by the settings of the pods."
        }
        Some(Outcome::CutOff | Outcome::Forever | Outcome::Ended { .. }) | None => "",
    }
}

/// The newest lines, at most that many and of that many bytes together.
fn newest_lines(pieces: &[(u64, String)], started_at: Time, (most, most_bytes): (usize, usize)) -> Vec<LogLine> {
    let mut lines: Vec<LogLine> = Vec::new();
    let mut is_open = false;
    for (at_ms, text) in pieces {
        for part in text.split_inclusive('\n') {
            let content = part.strip_suffix('\n').unwrap_or(part);
            match lines.last_mut().filter(|_| is_open) {
                Some(line) => line.text.push_str(content),
                None => lines.push(LogLine { at: started_at.plus_ms(*at_ms as i64), text: content.to_owned() }),
            }
            is_open = !part.ends_with('\n');
        }
    }
    let (mut first, mut bytes) = (lines.len(), 0);
    while first > 0 && lines.len() - first < most && bytes + lines[first - 1].text.len() < most_bytes {
        first -= 1;
        bytes += lines[first].text.len() + 1;
    }
    if let Some(line) = lines.last_mut().filter(|line| line.text.len() >= most_bytes) {
        line.text = end_of(&line.text, most_bytes - 1).to_owned();
        first = first.saturating_sub(1);
    }
    lines.drain(..first);
    lines
}

/// The end of a text, of at most that many bytes.
fn end_of(text: &str, most_bytes: usize) -> &str {
    let mut start = text.len().saturating_sub(most_bytes);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    &text[start..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_lines_are_kept() {
        let piece = |at_ms, text: &str| (at_ms, text.to_owned());
        let lines = |pieces: &[(u64, String)], most| {
            let lines = newest_lines(pieces, Time::from_epoch_ms(0), most);
            lines.into_iter().map(|line| format!("{} {}", line.at.epoch_ms(), line.text)).collect::<Vec<_>>()
        };
        let pieces = [piece(1, "a"), piece(2, "b\nc\n"), piece(9, "\nd")];
        assert_eq!(lines(&pieces, (10, 100)), ["1 ab", "2 c", "9 ", "9 d"]);
        assert_eq!(lines(&pieces, (2, 100)), ["9 ", "9 d"]);
        assert_eq!(lines(&pieces, (10, 3)), ["9 ", "9 d"]);
        assert_eq!(lines(&[piece(0, "x\n"), piece(0, "größer")], (10, 4)), ["0 er"]);
        assert_eq!(lines(&[], (10, 3)), [""; 0]);
    }
}
