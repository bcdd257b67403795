//! Conditions: `test`, `[ ]` and `[[ ]]`, over words that are already expanded. Only the files of the script itself are
//! known here; what asks for others has no answer.

use super::interpreter::{Flow, Shell, Stop};
use super::io::File;
use super::pattern;
use super::syntax::Word;

/// Longer conditions are left to the failure model, in words.
const MAX_WORDS: usize = 40;
/// The exit status for what is no condition.
const FAULT: i32 = 2;

impl Shell<'_> {
    pub(super) fn test(&self, arguments: &[&str]) -> Flow {
        evaluate(self, Style::Test, arguments)
    }

    /// `[[ ]]`: `==` takes patterns, and `&&` and `||` join.
    pub(super) fn extended_test(&mut self, words: &[Word]) -> Flow {
        let mut texts = Vec::new();
        for word in words {
            self.spend_step()?;
            texts.push(self.expand_to_text(word)?);
        }
        evaluate(self, Style::Extended, &texts.iter().map(String::as_str).collect::<Vec<_>>())
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    Test,
    Extended,
}

/// Why a condition has no answer.
enum Fault {
    /// It is faulty, or has text where a number must be.
    Refused,
    /// It asks for files or the like.
    Unknown,
}

fn evaluate(shell: &Shell, style: Style, words: &[&str]) -> Flow {
    if words.len() > MAX_WORDS {
        return Err(Stop::Unknown);
    }
    let mut condition = Condition { shell, style, rest: words };
    let result = match words {
        [] => Ok(false),
        _ => condition.either(),
    };
    match result {
        Ok(holds) if condition.rest.is_empty() => Ok(i32::from(!holds)),
        Err(Fault::Unknown) => Err(Stop::Unknown),
        Ok(_) | Err(Fault::Refused) if style == Style::Test => Ok(FAULT),
        Ok(_) | Err(Fault::Refused) => Err(Stop::Unknown),
    }
}

struct Condition<'w> {
    shell: &'w Shell<'w>,
    style: Style,
    rest: &'w [&'w str],
}

impl Condition<'_> {
    fn take(&mut self, in_test: &str, extended: &str) -> bool {
        let wanted = if self.style == Style::Test { in_test } else { extended };
        let found = self.rest.first() == Some(&wanted);
        self.rest = &self.rest[usize::from(found)..];
        found
    }

    fn either(&mut self) -> Result<bool, Fault> {
        let mut holds = self.both()?;
        while self.take("-o", "||") {
            holds |= self.both()?;
        }
        Ok(holds)
    }

    fn both(&mut self) -> Result<bool, Fault> {
        let mut holds = self.one()?;
        while self.take("-a", "&&") {
            holds &= self.one()?;
        }
        Ok(holds)
    }

    fn one(&mut self) -> Result<bool, Fault> {
        match *self.rest {
            [left, operator, right, ..] if is_binary(operator) => {
                self.rest = &self.rest[3..];
                binary(self.style, operator, left, right)
            }
            ["!", _, ..] => {
                self.rest = &self.rest[1..];
                self.one().map(|holds| !holds)
            }
            ["(", _, ..] => {
                self.rest = &self.rest[1..];
                let holds = self.either()?;
                if self.take(")", ")") { Ok(holds) } else { Err(Fault::Refused) }
            }
            [operator, text, ..] if is_unary(operator) => {
                self.rest = &self.rest[2..];
                match operator {
                    "-z" => Ok(text.is_empty()),
                    "-n" => Ok(!text.is_empty()),
                    "-e" | "-f" | "-r" | "-s" => match self.shell.file(text) {
                        File::Holds(held) => Ok(operator != "-s" || !held.is_empty()),
                        File::IsNot => Ok(false),
                        File::NotKnown => Err(Fault::Unknown),
                    },
                    _ => Err(Fault::Unknown),
                }
            }
            [text, ..] => {
                self.rest = &self.rest[1..];
                Ok(!text.is_empty())
            }
            [] => Err(Fault::Refused),
        }
    }
}

/// `-f` and the like.
fn is_unary(operator: &str) -> bool {
    operator.len() == 2 && operator.starts_with('-') && operator.ends_with(|letter: char| letter.is_ascii_alphabetic())
}

fn is_binary(operator: &str) -> bool {
    const OPERATORS: [&str; 15] =
        ["=", "==", "!=", "<", ">", "=~", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-nt", "-ot", "-ef"];
    OPERATORS.contains(&operator)
}

fn binary(style: Style, operator: &str, left: &str, right: &str) -> Result<bool, Fault> {
    let same = match style {
        Style::Test => left == right,
        Style::Extended => pattern::matches(right, left),
    };
    let number = |text: &str| text.trim().parse::<i64>().map_err(|_| Fault::Refused);
    Ok(match operator {
        "=" | "==" => same,
        "!=" => !same,
        "<" => left < right,
        ">" => left > right,
        "-eq" => number(left)? == number(right)?,
        "-ne" => number(left)? != number(right)?,
        "-lt" => number(left)? < number(right)?,
        "-le" => number(left)? <= number(right)?,
        "-gt" => number(left)? > number(right)?,
        "-ge" => number(left)? >= number(right)?,
        _ => return Err(Fault::Unknown),
    })
}
