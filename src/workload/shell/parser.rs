//! Script text to syntax. It reads any text whatever: what it does not take is `None`, and depth and size are
//! bounded. It does not know what commands do.

use super::Dialect;
use super::syntax::{
    Assignment, Command, CommandKind, FileMode, Item, Join, List, LoopGoesOnAt, Output, Piece, Pipeline, Timing,
};
use super::words::Around;
use std::rc::Rc;

/// Longer scripts are left to the failure model, in bytes.
const MAX_SCRIPT_BYTES: usize = 16_384;
/// Deeper nested commands and words are left to the failure model.
const MAX_NESTING: u32 = 40;
/// Where a list inside a compound command ends.
const CLOSING_WORDS: [&str; 8] = ["then", "elif", "else", "fi", "do", "done", "esac", "}"];
/// Redirections, longer ones before those that they begin with.
const REDIRECTIONS: [&str; 9] = ["&>>", "&>", ">>", ">&", ">|", ">", "<&", "<>", "<"];
/// What stands for itself between `[[` and `]]`.
const TEST_TOKENS: [&str; 6] = ["&&", "||", "(", ")", "<", ">"];

/// Parses a script; `None` when it is none, or too long or too deep, or has something that is not followed here,
/// such as a here-document.
pub(super) fn parse(dialect: Dialect, text: &str) -> Option<List> {
    if text.len() > MAX_SCRIPT_BYTES { None } else { parse_inside(dialect, text, 0) }
}

/// The name of a variable at the beginning of `text`; empty when there is none.
pub(super) fn name_at(text: &str) -> &str {
    let width = match text.starts_with(|first: char| first.is_ascii_digit()) {
        true => 0,
        false => text.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').unwrap_or(text.len()),
    };
    &text[..width]
}

pub(super) fn parse_inside(dialect: Dialect, text: &str, depth: u32) -> Option<List> {
    let mut parser = Parser { rest: text, depth, dialect };
    let list = parser.list()?;
    parser.rest.is_empty().then_some(list)
}

pub(super) fn is_delimiter(letter: char) -> bool {
    matches!(letter, ' ' | '\t' | '\n' | ';' | '&' | '|' | '<' | '>' | '(' | ')')
}

/// Reads a script from its beginning; the methods in `words` are the other half.
pub(super) struct Parser<'t> {
    pub rest: &'t str,
    pub depth: u32,
    pub dialect: Dialect,
}

/// Reading token by token.
impl<'t> Parser<'t> {
    pub(super) fn take(&mut self, token: &str) -> bool {
        let after = self.rest.strip_prefix(token);
        self.rest = after.unwrap_or(self.rest);
        after.is_some()
    }

    pub(super) fn expect(&mut self, token: &str) -> Option<()> {
        self.take(token).then_some(())
    }

    pub(super) fn cut(&mut self, width: usize) -> &'t str {
        let (text, rest) = self.rest.split_at(width);
        self.rest = rest;
        text
    }

    /// The letters up to the next blank or operator.
    fn leading_word(&self) -> &'t str {
        &self.rest[..self.rest.find(is_delimiter).unwrap_or(self.rest.len())]
    }

    fn take_word(&mut self, word: &str) -> bool {
        self.leading_word() == word && self.take(word)
    }

    /// The next word, on this line or a later one, must be this one.
    fn expect_word(&mut self, word: &str) -> Option<()> {
        self.skip_lines();
        self.take_word(word).then_some(())
    }

    /// Skips blanks, lines that go on, and a comment.
    pub(super) fn skip_blanks(&mut self) {
        loop {
            self.rest = self.rest.trim_start_matches([' ', '\t']);
            if self.rest.starts_with('#') {
                self.rest = &self.rest[self.rest.find('\n').unwrap_or(self.rest.len())..];
            }
            if !self.take("\\\n") {
                return;
            }
        }
    }

    fn skip_lines(&mut self) {
        self.skip_blanks();
        while self.take("\n") {
            self.skip_blanks();
        }
    }

    pub(super) fn go_deeper(&mut self) -> Option<()> {
        self.depth += 1;
        (self.depth <= MAX_NESTING).then_some(())
    }
}

/// Lists and commands.
impl Parser<'_> {
    fn list(&mut self) -> Option<List> {
        let mut items = Vec::new();
        loop {
            self.skip_lines();
            if self.rest.is_empty() || self.rest.starts_with(')') || self.rest.starts_with(";;") || self.is_closing() {
                return Some(items);
            }
            let pipelines = self.pipelines()?;
            self.skip_blanks();
            let timing = if self.take("&") { Timing::Background } else { Timing::Sequence };
            items.push(Item { pipelines, timing });
            let goes_on = timing == Timing::Background
                || self.rest.starts_with('\n')
                || (!self.rest.starts_with(";;") && self.take(";"));
            if !goes_on {
                return Some(items);
            }
        }
    }

    fn is_closing(&self) -> bool {
        CLOSING_WORDS.contains(&self.leading_word())
    }

    /// A list that must not be empty, and the word behind it.
    fn list_until(&mut self, word: &str) -> Option<List> {
        let list = self.list().filter(|list| !list.is_empty())?;
        self.expect_word(word)?;
        Some(list)
    }

    fn do_group(&mut self) -> Option<List> {
        self.expect_word("do")?;
        self.list_until("done")
    }

    fn pipelines(&mut self) -> Option<Vec<(Join, Pipeline)>> {
        let mut pipelines = vec![(Join::Always, self.pipeline()?)];
        loop {
            self.skip_blanks();
            let join = if self.take("&&") {
                Join::AfterSuccess
            } else if self.take("||") {
                Join::AfterFailure
            } else {
                return Some(pipelines);
            };
            pipelines.push((join, self.pipeline()?));
        }
    }

    fn pipeline(&mut self) -> Option<Pipeline> {
        self.skip_lines();
        self.take_word("time");
        self.skip_blanks();
        let negated = self.take_word("!");
        let mut commands = Vec::new();
        loop {
            self.skip_lines();
            commands.push(self.command()?);
            self.skip_blanks();
            if self.rest.starts_with("||") || !self.take("|") {
                return Some(Pipeline { negated, commands });
            }
            self.take("&");
        }
    }

    fn command(&mut self) -> Option<Command> {
        self.go_deeper()?;
        let mut output = Output::Shell;
        let kind = match self.compound() {
            Compound::Is(kind) => kind?,
            Compound::IsNone => self.simple(&mut output)?,
        };
        while self.redirection(&mut output)? {}
        self.depth -= 1;
        Some(Command { kind, output })
    }

    fn compound(&mut self) -> Compound {
        if self.take("((") {
            return Compound::Is(self.arithmetic("))").map(CommandKind::Arithmetic));
        }
        if self.take("(") {
            return Compound::Is(self.subshell().map(CommandKind::Subshell));
        }
        let word = self.leading_word();
        let read = match word {
            "{" => Self::group,
            "if" => Self::if_clause,
            "for" => Self::for_clause,
            "while" => Self::while_clause,
            "until" => Self::until_clause,
            "case" => Self::case_clause,
            "[[" => Self::test,
            "function" => Self::function,
            _ if self.is_function() => return Compound::Is(self.function()),
            _ => return Compound::IsNone,
        };
        self.take(word);
        Compound::Is(read(self))
    }

    fn group(&mut self) -> Option<CommandKind> {
        self.list_until("}").map(CommandKind::Group)
    }

    pub(super) fn subshell(&mut self) -> Option<List> {
        let list = self.list()?;
        self.expect(")")?;
        Some(list)
    }

    fn if_clause(&mut self) -> Option<CommandKind> {
        let mut branches = Vec::new();
        loop {
            let condition = self.list_until("then")?;
            branches.push((condition, self.list().filter(|list| !list.is_empty())?));
            if !self.take_word("elif") {
                break;
            }
        }
        let otherwise = if self.take_word("else") {
            self.list_until("fi")?
        } else {
            self.expect_word("fi").map(|()| Vec::new())?
        };
        Some(CommandKind::If { branches, otherwise })
    }

    fn for_clause(&mut self) -> Option<CommandKind> {
        self.skip_blanks();
        if self.take("((") {
            return self.arithmetic_for();
        }
        let variable = self.cut(name_at(self.rest).len()).to_owned();
        self.skip_lines();
        let mut values = None;
        if self.take_word("in") {
            let mut words = Vec::new();
            while let Some(word) = self.word_or_end()? {
                words.push(word);
            }
            values = Some(words);
        }
        self.skip_blanks();
        self.take(";");
        let body = self.do_group()?;
        (!variable.is_empty()).then_some(CommandKind::For { variable, values, body })
    }

    fn arithmetic_for(&mut self) -> Option<CommandKind> {
        let start = self.arithmetic(";")?;
        let mut condition = self.arithmetic(";")?;
        let step = self.arithmetic("))")?;
        // No condition is one that always holds.
        if condition.iter().all(|piece| matches!(piece, Piece::Text(text) if text.trim().is_empty())) {
            condition = vec![Piece::Text("1".to_owned())];
        }
        self.skip_blanks();
        self.take(";");
        let body = self.do_group()?;
        Some(CommandKind::ArithmeticFor { start, condition, step, body })
    }

    fn while_clause(&mut self) -> Option<CommandKind> {
        self.loop_clause(LoopGoesOnAt::Success)
    }

    fn until_clause(&mut self) -> Option<CommandKind> {
        self.loop_clause(LoopGoesOnAt::Failure)
    }

    fn loop_clause(&mut self, goes_on: LoopGoesOnAt) -> Option<CommandKind> {
        let condition = self.list().filter(|list| !list.is_empty())?;
        let body = self.do_group()?;
        Some(CommandKind::Loop { goes_on, condition, body })
    }

    fn case_clause(&mut self) -> Option<CommandKind> {
        let value = self.word()?;
        self.expect_word("in")?;
        let mut arms = Vec::new();
        loop {
            self.skip_lines();
            if self.take_word("esac") {
                return Some(CommandKind::Case { value, arms });
            }
            self.take("(");
            let mut patterns = vec![self.word()?];
            self.skip_blanks();
            while self.take("|") {
                patterns.push(self.word()?);
                self.skip_blanks();
            }
            self.expect(")")?;
            arms.push((patterns, self.list()?));
            if !self.take(";;") && self.leading_word() != "esac" {
                return None;
            }
        }
    }

    fn test(&mut self) -> Option<CommandKind> {
        let mut words = Vec::new();
        loop {
            self.skip_lines();
            if self.take_word("]]") {
                return Some(CommandKind::Test(words));
            }
            words.push(match TEST_TOKENS.into_iter().find(|token| self.take(token)) {
                Some(token) => vec![Piece::Text(token.to_owned())],
                None => self.word()?,
            });
        }
    }

    /// Whether a function's name and its brackets come next.
    fn is_function(&self) -> bool {
        let name = self.leading_word();
        let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '.' | ':');
        let after = self.rest[name.len()..].trim_start_matches(' ').strip_prefix('(');
        !name.is_empty()
            && name.chars().all(plain)
            && after.is_some_and(|after| after.trim_start_matches(' ').starts_with(')'))
    }

    fn function(&mut self) -> Option<CommandKind> {
        self.skip_blanks();
        let name = self.cut(self.leading_word().len()).to_owned();
        self.skip_blanks();
        if self.take("(") {
            self.skip_blanks();
            self.expect(")")?;
        }
        self.skip_lines();
        let body = self.command()?;
        (!name.is_empty()).then(|| CommandKind::Function(name, Rc::new(body)))
    }

    fn simple(&mut self, output: &mut Output) -> Option<CommandKind> {
        let start = self.rest.len();
        let (mut assignments, mut words) = (Vec::new(), Vec::new());
        loop {
            if self.redirection(output)? {
                continue;
            }
            if words.is_empty()
                && let Some(assignment) = self.assignment()?
            {
                assignments.push(assignment);
            } else if let Some(word) = self.word_or_end()? {
                words.push(word);
            } else {
                break;
            }
        }
        (self.rest.len() < start).then_some(CommandKind::Simple { assignments, words })
    }

    /// The outer `None` is a fault, the inner one: no assignment.
    fn assignment(&mut self) -> Option<Option<Assignment>> {
        let name = name_at(self.rest);
        let after = &self.rest[name.len()..];
        let appends = after.starts_with("+=");
        if name.is_empty() || !(appends || after.starts_with('=')) {
            return Some(None);
        }
        self.rest = &after[1 + usize::from(appends)..];
        let value = self.pieces(Around::Blanks)?;
        Some(Some(Assignment { name: name.to_owned(), appends, value }))
    }

    /// Reads a redirection and says whether there was one. Only what becomes of the standard output is kept.
    fn redirection(&mut self, output: &mut Output) -> Option<bool> {
        self.skip_blanks();
        let after_descriptor = self.rest.trim_start_matches(|letter: char| letter.is_ascii_digit());
        let descriptor = &self.rest[..self.rest.len() - after_descriptor.len()];
        if after_descriptor.starts_with("<<") {
            return None;
        }
        let found = REDIRECTIONS.iter().find(|sign| after_descriptor.starts_with(**sign));
        let Some(sign) = found.filter(|sign| descriptor.is_empty() || !sign.starts_with('&')) else {
            return Some(false);
        };
        self.rest = &after_descriptor[sign.len()..];
        let target = self.word()?;
        if matches!(descriptor, "" | "1") && sign.contains('>') && *sign != "<>" {
            match (*sign, &target[..]) {
                (">&", [Piece::Text(number)]) if number == "1" => {}
                (">&", [Piece::Text(number)]) if number == "2" => *output = Output::Errors,
                ("&>>" | ">>", _) => *output = Output::File { path: target, mode: FileMode::Appends },
                _ => *output = Output::File { path: target, mode: FileMode::Replaces },
            }
        }
        Some(true)
    }
}

/// What was found where a compound command may stand.
enum Compound {
    /// One; `None` when it is faulty.
    Is(Option<CommandKind>),
    IsNone,
}
