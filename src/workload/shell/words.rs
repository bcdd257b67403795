//! Words to their pieces: quotes, escapes, parameters, substitutions, braces. The part of the parser below commands.

use super::Dialect;
use super::parser::{Parser, is_delimiter, name_at, parse_inside};
use super::syntax::{Operator, Piece, Word};

/// What surrounds the pieces of a word, and so says where they end.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Around {
    Blanks,
    DoubleQuotes,
    /// `${name:- … }`
    Braces,
    /// `(( … ))`
    Arithmetic,
}

impl Around {
    fn ends_at(self, letter: char) -> bool {
        match self {
            Self::Blanks => is_delimiter(letter),
            Self::DoubleQuotes => letter == '"',
            Self::Braces => letter == '}',
            Self::Arithmetic => matches!(letter, ')' | ';'),
        }
    }
}

impl Parser<'_> {
    pub(super) fn word(&mut self) -> Option<Word> {
        self.word_or_end()?
    }

    /// The outer `None` is a fault, the inner one: no word here.
    pub(super) fn word_or_end(&mut self) -> Option<Option<Word>> {
        self.skip_blanks();
        let pieces = self.pieces(Around::Blanks)?;
        Some((!pieces.is_empty()).then_some(pieces))
    }

    pub(super) fn arithmetic(&mut self, end: &str) -> Option<Word> {
        let expression = self.pieces(Around::Arithmetic)?;
        self.expect(end)?;
        Some(expression)
    }

    pub(super) fn pieces(&mut self, around: Around) -> Option<Word> {
        self.go_deeper()?;
        let mut pieces = Vec::new();
        let mut open_brackets = 0u32;
        while let Some(letter) = self.rest.chars().next() {
            if open_brackets == 0 && around.ends_at(letter) {
                break;
            }
            let quoted = around == Around::DoubleQuotes;
            match letter {
                '\\' => self.escape(around, &mut pieces),
                '\'' if !quoted => {
                    let text = self.rest[1..].split_once('\'')?.0;
                    self.cut(text.len() + 2);
                    add_text(&mut pieces, text);
                }
                '"' if !quoted => {
                    self.take("\"");
                    pieces.push(Piece::Quoted(self.pieces(Around::DoubleQuotes)?));
                    self.expect("\"")?;
                }
                '$' => pieces.push(self.dollar(around)?),
                '`' => pieces.push(self.back_quotes()?),
                '{' if around == Around::Blanks && self.dialect == Dialect::Bash => self.braces(&mut pieces)?,
                _ => {
                    match letter {
                        '(' if around == Around::Arithmetic => open_brackets += 1,
                        ')' if around == Around::Arithmetic => open_brackets = open_brackets.saturating_sub(1),
                        _ => {}
                    }
                    add_text(&mut pieces, self.cut(letter.len_utf8()));
                }
            }
        }
        self.depth -= 1;
        Some(pieces)
    }

    fn escape(&mut self, around: Around, pieces: &mut Word) {
        if self.take("\\\n") {
            return;
        }
        self.take("\\");
        let escaped = self.rest.chars().next();
        let stays = around == Around::DoubleQuotes && !matches!(escaped, Some('$' | '`' | '"' | '\\'));
        if stays || escaped.is_none() {
            add_text(pieces, "\\");
        }
        add_text(pieces, self.cut(escaped.map_or(0, char::len_utf8)));
    }

    fn dollar(&mut self, around: Around) -> Option<Piece> {
        self.take("$");
        if self.take("((") {
            return self.arithmetic("))").map(Piece::Arithmetic);
        }
        if self.take("(") {
            return self.subshell().map(Piece::Substitution);
        }
        if self.take("{") {
            return self.parameter();
        }
        match self.cut(parameter_width(self.rest).min(name_at(self.rest).len().max(1))) {
            "" if around != Around::DoubleQuotes && self.rest.starts_with(['\'', '"']) => None,
            "" => Some(Piece::Text("$".to_owned())),
            name => Some(Piece::Parameter {
                name: name.to_owned(),
                operator: Operator::Value,
                colon: false,
                operand: Vec::new(),
            }),
        }
    }

    /// What follows `${`.
    fn parameter(&mut self) -> Option<Piece> {
        let length = !self.rest.starts_with("#}") && self.take("#");
        let name = self.cut(parameter_width(self.rest)).to_owned();
        let colon = self.take(":");
        let operator = match self.rest.chars().next()? {
            '}' if length => Operator::Length,
            '}' if !colon => Operator::Value,
            '-' => Operator::Default,
            '=' => Operator::Assign,
            '+' => Operator::Alternative,
            '?' => Operator::Fail,
            _ => Operator::Unknown,
        };
        let known = !length || operator == Operator::Length;
        let operator = if known { operator } else { Operator::Unknown };
        if !matches!(operator, Operator::Value | Operator::Length | Operator::Unknown) {
            self.cut(1);
        }
        let operand = self.pieces(Around::Braces)?;
        self.expect("}")?;
        (!name.is_empty()).then_some(Piece::Parameter { name, operator, colon, operand })
    }

    /// A script between back quotes, where a backslash takes the meaning from those inside.
    fn back_quotes(&mut self) -> Option<Piece> {
        self.take("`");
        let mut script = String::new();
        loop {
            let mut letter = self.rest.chars().next()?;
            self.cut(letter.len_utf8());
            if letter == '`' {
                return parse_inside(self.dialect, &script, self.depth).map(Piece::Substitution);
            }
            if letter == '\\' && self.rest.starts_with(['`', '\\', '$']) {
                letter = self.rest.chars().next()?;
                self.cut(1);
            }
            script.push(letter);
        }
    }

    /// `{a,b}` and `{1..3}` of plain letters; others that could be meant so are not taken.
    fn braces(&mut self, pieces: &mut Word) -> Option<()> {
        let inside = &self.rest[1..];
        let width = inside.find(|letter: char| is_delimiter(letter) || "{}$`'\"\\".contains(letter));
        let (text, after) = inside.split_at(width.unwrap_or(inside.len()));
        let is_choice = text.contains(',') || text.contains("..");
        if is_choice && after.starts_with('}') {
            pieces.push(Piece::Braces(text.to_owned()));
            self.cut(text.len() + 2);
        } else if is_choice && !after.is_empty() && !after.starts_with(is_delimiter) {
            return None;
        } else {
            add_text(pieces, self.cut(1));
        }
        Some(())
    }
}

/// How many letters at the beginning of `text` name a parameter: a variable, an argument's number, or a sign.
fn parameter_width(text: &str) -> usize {
    let digits = text.len() - text.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
    let sign = usize::from(text.starts_with(['?', '#', '$', '!', '@', '*', '-']));
    name_at(text).len().max(digits).max(sign)
}

fn add_text(pieces: &mut Word, text: &str) {
    match pieces.last_mut() {
        Some(Piece::Text(before)) => before.push_str(text),
        _ => pieces.push(Piece::Text(text.to_owned())),
    }
}
