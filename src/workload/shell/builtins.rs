//! The commands that scripts may use: the shell's own, and small programs that every image has.

use super::interpreter::{Flow, OnError, Shell, Stop};
use super::script_of;
use crate::sim::parse_decimal;
use crate::workload::RunDuration;

/// Most numbers that `seq` prints.
const MAX_SEQUENCE: u64 = 10_000;

impl Shell<'_> {
    pub(super) fn builtin(&mut self, name: &str, arguments: &[String]) -> Flow {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        match name.rsplit('/').next().unwrap_or(name) {
            ":" | "true" | "sync" | "cd" | "umask" | "trap" => Ok(0),
            "false" => Ok(1),
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
            None => Ok(1),
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
        let (end, words) = match arguments.split_first() {
            Some((&"-n", words)) => ("", words),
            Some((&("-e" | "-E"), words)) => ("\n", words),
            _ => ("\n", arguments),
        };
        self.write(&format!("{}{end}", words.join(" "))).map(|()| 0)
    }

    /// `%s`, `%d` and `%%`, with the line ends and tabs of the format.
    fn printf(&mut self, arguments: &[&str]) -> Flow {
        let Some((format, mut values)) = arguments.split_first().map(|(format, values)| (*format, values)) else {
            return Ok(2);
        };
        let mut text = String::new();
        let mut letters = format.chars();
        while let Some(letter) = letters.next() {
            match (letter, if matches!(letter, '%' | '\\') { letters.next() } else { None }) {
                ('%', Some('s' | 'd' | 'i')) => {
                    if let Some((value, rest)) = values.split_first() {
                        text.push_str(value);
                        values = rest;
                    }
                }
                ('\\', Some('n')) => text.push('\n'),
                ('\\', Some('t')) => text.push('\t'),
                ('%' | '\\', Some(other)) => text.push(other),
                (letter, _) => text.push(letter),
            }
        }
        self.write(&text).map(|()| 0)
    }

    fn date(&mut self, arguments: &[&str]) -> Flow {
        let format = arguments.iter().find_map(|argument| argument.strip_prefix('+'));
        let now_ms = self.run().started_at.epoch_ms().saturating_add_unsigned(self.now_ms());
        let now = jiff::Timestamp::from_millisecond(now_ms).map_err(|_| Stop::Unknown)?;
        let zoned = now.to_zoned(jiff::tz::TimeZone::UTC);
        match jiff::fmt::strtime::format(format.unwrap_or("%a %b %e %H:%M:%S UTC %Y"), &zoned) {
            Ok(text) => self.write(&format!("{text}\n")).map(|()| 0),
            Err(_) => Ok(1),
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
        let lines: String = (0..=count as i64).map(|place| format!("{}\n", first + place * step)).collect();
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
    (!arguments.is_empty()).then_some(RunDuration::Ms(total_ms))
}

fn levels(arguments: &[&str]) -> u32 {
    arguments.first().and_then(|levels| levels.parse().ok()).unwrap_or(1).max(1)
}
