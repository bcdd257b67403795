//! The commands that scripts may use: the shell's own, and small programs that every image has.

use super::interpreter::{Flow, OnError, Shell, Stop};
use super::script_of;
use crate::sim::{Time, parse_decimal};
use crate::workload::RunDuration;

/// Most numbers that `seq` prints.
const MAX_SEQUENCE: u64 = 10_000;

impl Shell<'_> {
    pub(super) fn builtin(&mut self, name: &str, arguments: &[String]) -> Flow {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        match name.rsplit('/').next().unwrap_or(name) {
            ":" | "true" | "sync" | "cd" | "umask" | "mkdir" | "chmod" => Ok(0),
            "false" => Ok(1),
            "trap" => self.trap(&arguments),
            "kill" => self.kill(&arguments),
            "cat" => self.cat(&arguments),
            "tee" => self.tee(&arguments),
            "touch" => self.touch(&arguments),
            "rm" => self.remove(&arguments),
            "read" => self.read(&arguments),
            "exit" => Err(Stop::Exit(self.code_or_status(&arguments))),
            "return" => Err(Stop::Return(self.code_or_status(&arguments))),
            "break" => Err(Stop::Break(levels(&arguments))),
            "continue" => Err(Stop::Continue(levels(&arguments))),
            "sleep" => self.sleep(&arguments),
            "wait" => self.wait_for(&arguments),
            "echo" => self.echo(&arguments),
            "printf" => self.printf(&arguments),
            "date" => self.date(&arguments),
            "hostname" => self.write(&format!("{}\n", self.run().hostname)).map(|()| 0),
            "seq" => self.seq(&arguments),
            "test" => self.test(&arguments),
            "[" => match arguments.split_last() {
                Some((&"]", arguments)) => self.test(arguments),
                _ => Ok(2),
            },
            "set" => self.set(&arguments),
            "export" | "readonly" | "local" | "declare" => self.declare(&arguments),
            "unset" => {
                arguments.iter().filter(|name| !name.starts_with('-')).for_each(|name| self.unset(name));
                Ok(0)
            }
            "shift" => {
                self.shift(arguments.first().and_then(|count| count.parse().ok()).unwrap_or(1));
                Ok(0)
            }
            "eval" => self.eval(&arguments.join(" ")),
            "amqp-consume" => self.amqp_consume(&arguments),
            "amqp-publish" => self.amqp_publish(&arguments),
            "amqp-declare-queue" => self.amqp_declare_queue(&arguments),
            "exec" => self.exec(&arguments),
            _ => self.nested_shell(name, &arguments),
        }
    }

    fn code_or_status(&self, arguments: &[&str]) -> i32 {
        match arguments.first() {
            Some(code) => code.parse::<i64>().map_or(2, |code| (code & 0xff) as i32),
            None => self.status(),
        }
    }

    fn nested_shell(&mut self, name: &str, arguments: &[&str]) -> Flow {
        let words: Vec<&str> = std::iter::once(name).chain(arguments.iter().copied()).collect();
        let (dialect, script) = script_of(&words).ok_or(Stop::Unknown)?;
        self.run_script(dialect, script)
    }

    fn exec(&mut self, arguments: &[&str]) -> Flow {
        let Some((name, arguments)) = arguments.split_first() else { return Ok(0) };
        let arguments: Vec<String> = arguments.iter().map(|&argument| argument.to_owned()).collect();
        Err(Stop::Exit(self.builtin(name, &arguments)?))
    }

    fn sleep(&mut self, arguments: &[&str]) -> Flow {
        match sleep_ms(arguments) {
            Some(RunDuration::Ms(duration_ms)) => self.pass_time(duration_ms).map(|()| 0),
            Some(RunDuration::Forever) => Err(Stop::Forever),
            None => {
                self.complain(&format!("sleep: invalid number '{}'\n", arguments.first().unwrap_or(&"")))?;
                Ok(1)
            }
        }
    }

    fn wait_for(&mut self, arguments: &[&str]) -> Flow {
        let mut code = if arguments.is_empty() { self.wait(None)? } else { 0 };
        for argument in arguments {
            code = self.wait(Some(argument.parse().map_err(|_| Stop::Unknown)?))?;
        }
        Ok(code)
    }

    fn echo(&mut self, arguments: &[&str]) -> Flow {
        let options = arguments.iter().take_while(|word| matches!(**word, "-n" | "-e" | "-E" | "-ne" | "-en")).count();
        let (options, words) = arguments.split_at(options);
        let is_on = |letter| options.iter().any(|option| option.contains(letter));
        let mut text = words.join(" ");
        if is_on('e') {
            text = unescaped(&text);
        }
        if !is_on('n') {
            text.push('\n');
        }
        self.write(&text).map(|()| 0)
    }

    /// `%s`, `%d`, `%x` and `%%` with flags and widths; the format is used again until all values are written.
    fn printf(&mut self, arguments: &[&str]) -> Flow {
        let Some((format, mut values)) = arguments.split_first().map(|(format, values)| (*format, values)) else {
            return Ok(2);
        };
        let (format, mut text) = (unescaped(format), String::new());
        loop {
            let left = values.len();
            let mut pieces = format.split('%');
            text.push_str(pieces.next().unwrap_or_default());
            while let Some(piece) = pieces.next() {
                if piece.is_empty() {
                    text.push('%');
                    text.push_str(pieces.next().unwrap_or_default());
                    continue;
                }
                let Some(place) = piece.find(|letter: char| letter.is_ascii_alphabetic()) else {
                    return Err(Stop::Unknown);
                };
                let value = values.split_first().map_or("", |(value, rest)| {
                    values = rest;
                    value
                });
                let (options, rest) = piece.split_at(place);
                text.push_str(&formatted(options, rest.as_bytes()[0], value).ok_or(Stop::Unknown)?);
                text.push_str(&rest[1..]);
                self.spend_for(rest)?;
                self.spend_for(value)?;
            }
            self.spend_step()?;
            if values.is_empty() || values.len() == left {
                return self.write(&text).map(|()| 0);
            }
        }
    }

    fn date(&mut self, arguments: &[&str]) -> Flow {
        let format = arguments.iter().find_map(|argument| argument.strip_prefix('+'));
        let now = self.run().started_at.plus_ms(self.now_ms() as i64);
        match date_text(now, format.unwrap_or("%a %b %e %H:%M:%S UTC %Y")) {
            Some(text) => self.write(&format!("{text}\n")).map(|()| 0),
            None => Ok(1),
        }
    }

    fn seq(&mut self, arguments: &[&str]) -> Flow {
        let numbers: Option<Vec<i64>> = arguments.iter().map(|argument| argument.parse().ok()).collect();
        let (first, step, last) = match numbers.as_deref() {
            Some(&[last]) => (1, 1, last),
            Some(&[first, last]) => (first, 1, last),
            Some(&[first, step, last]) if step != 0 => (first, step, last),
            _ => return Ok(1),
        };
        if (last > first && step < 0) || (last < first && step > 0) {
            return Ok(0);
        }
        let count = last.abs_diff(first) / step.unsigned_abs();
        if count > MAX_SEQUENCE {
            return Err(Stop::CutOff);
        }
        let number = |place: i64| first.wrapping_add(place.wrapping_mul(step));
        let lines: String = (0..=count as i64).map(|place| format!("{}\n", number(place))).collect();
        self.write(&lines).map(|()| 0)
    }

    fn set(&mut self, arguments: &[&str]) -> Flow {
        for argument in arguments {
            let letters = argument.get(1..).unwrap_or_default();
            match argument.chars().next() {
                Some('-') if letters.contains('e') && letters != "errexit" => self.set_on_error(OnError::Exits),
                Some('+') if letters.contains('e') => self.set_on_error(OnError::GoesOn),
                _ if *argument == "errexit" => self.set_on_error(OnError::Exits),
                _ => {}
            }
        }
        Ok(0)
    }

    fn declare(&mut self, arguments: &[&str]) -> Flow {
        for (name, value) in arguments.iter().filter_map(|argument| argument.split_once('=')) {
            self.set_variable(name, value.to_owned())?;
        }
        Ok(0)
    }
}

/// A moment as `date` writes it, in UTC.
pub(in crate::workload) fn date_text(at: Time, format: &str) -> Option<String> {
    let at = jiff::Timestamp::from_millisecond(at.epoch_ms()).ok()?;
    jiff::fmt::strtime::format(format, &at.to_zoned(jiff::tz::TimeZone::UTC)).ok()
}

/// How long `sleep` with these arguments sleeps; `None` when it refuses them.
pub(in crate::workload) fn sleep_ms(arguments: &[&str]) -> Option<RunDuration> {
    let mut total_ms = 0u64;
    for argument in arguments {
        if matches!(argument.to_ascii_lowercase().as_str(), "inf" | "infinity") {
            return Some(RunDuration::Forever);
        }
        let digits = argument.trim_end_matches(['s', 'm', 'h', 'd']);
        let unit_ms = match &argument[digits.len()..] {
            "" | "s" => 1_000.0,
            "m" => 60_000.0,
            "h" => 3_600_000.0,
            "d" => 86_400_000.0,
            _ => return None,
        };
        let count = parse_decimal(digits).filter(|count| *count >= 0.0)?;
        total_ms = total_ms.saturating_add((count * unit_ms + 0.5) as u64);
    }
    // What no clock can count is as good as for ever.
    let duration = if i64::try_from(total_ms).is_ok() { RunDuration::Ms(total_ms) } else { RunDuration::Forever };
    (!arguments.is_empty()).then_some(duration)
}

/// What `%` with these options and that letter makes of a value.
fn formatted(options: &str, letter: u8, value: &str) -> Option<String> {
    let digits = options.trim_start_matches('-');
    let width: usize = if digits.is_empty() { 0 } else { digits.parse().ok().filter(|width| *width <= 256)? };
    Some(match letter {
        b's' if options.starts_with('-') => format!("{value:<width$}"),
        b's' => format!("{value:>width$}"),
        b'd' | b'i' => {
            let number: i64 = if value.is_empty() { 0 } else { value.parse().ok()? };
            match (options.starts_with('-'), digits.starts_with('0')) {
                (true, _) => format!("{number:<width$}"),
                (_, true) => format!("{number:0width$}"),
                _ => format!("{number:>width$}"),
            }
        }
        _ => return None,
    })
}

/// The text with its `\n`, `\t` and `\\` replaced by what they stand for.
fn unescaped(text: &str) -> String {
    let (mut plain, mut letters) = (String::new(), text.chars());
    while let Some(letter) = letters.next() {
        match (letter, if letter == '\\' { letters.next() } else { None }) {
            ('\\', Some('n')) => plain.push('\n'),
            ('\\', Some('t')) => plain.push('\t'),
            ('\\', Some('\\')) => plain.push('\\'),
            ('\\', Some(other)) => plain.extend(['\\', other]),
            (letter, _) => plain.push(letter),
        }
    }
    plain
}

fn levels(arguments: &[&str]) -> u32 {
    arguments.first().and_then(|levels| levels.parse().ok()).unwrap_or(1).max(1)
}
