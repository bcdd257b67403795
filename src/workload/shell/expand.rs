//! Words to text: quotes, variables, `$( )`, `$(( ))`, braces, and the splitting of what is not quoted.

use super::interpreter::{Shell, Stop};
use super::parser::name_at;
use super::syntax::{Operator, Piece, Word};

/// A word may become at most this many words.
const MAX_FIELDS: usize = 10_000;
/// So many words out of braces cost one step.
const WORDS_PER_STEP: usize = 16;

/// The words that come out of one.
#[derive(Default)]
struct Fields {
    done: Vec<String>,
    /// The word being put together; quotes make one even when they are empty.
    open: Option<String>,
}

impl Fields {
    fn push_quoted(&mut self, text: &str) {
        self.open.get_or_insert_default().push_str(text);
    }

    fn push_split(&mut self, text: &str) {
        let mut parts = text.split([' ', '\t', '\n']);
        if let Some(first) = parts.next().filter(|first| !first.is_empty()) {
            self.push_quoted(first);
        }
        for part in parts {
            self.done.extend(self.open.take());
            if !part.is_empty() {
                self.push_quoted(part);
            }
        }
    }

    fn finish(mut self) -> Vec<String> {
        self.done.extend(self.open.take());
        self.done
    }
}

/// Whether what variables hold is split into words.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Splitting {
    Splits,
    KeepsTogether,
}

impl Shell<'_> {
    /// The words that `words` expand to.
    pub(super) fn expand_words(&mut self, words: &[Word]) -> Result<Vec<String>, Stop> {
        let mut expanded = Vec::new();
        for word in words {
            self.spend_step()?;
            self.expand_word(word, &mut expanded)?;
        }
        Ok(expanded)
    }

    /// What a word expands to where it stays one word, as in an assignment.
    pub(super) fn expand_to_text(&mut self, word: &[Piece]) -> Result<String, Stop> {
        let mut fields = Fields::default();
        self.expand_pieces(word, Splitting::KeepsTogether, &mut fields)?;
        Ok(fields.finish().concat())
    }

    /// Expands a word once for each combination of what its braces stand for.
    fn expand_word(&mut self, word: &[Piece], expanded: &mut Vec<String>) -> Result<(), Stop> {
        let mut choices = Vec::new();
        let mut combinations = 1;
        for piece in word {
            if let Piece::Braces(inside) = piece {
                let texts = brace_texts(inside)?;
                combinations *= texts.len();
                choices.push(texts);
            }
            if combinations + expanded.len() > MAX_FIELDS {
                return Err(Stop::CutOff);
            }
        }
        self.spend(combinations / WORDS_PER_STEP)?;
        for number in 0..combinations {
            let (mut fields, mut choices, mut turn) = (Fields::default(), choices.iter(), combinations);
            for piece in word {
                if let Piece::Braces(_) = piece
                    && let Some(texts) = choices.next()
                {
                    turn /= texts.len();
                    fields.push_quoted(&texts[number / turn % texts.len()]);
                } else {
                    self.expand_piece(piece, Splitting::Splits, &mut fields)?;
                }
            }
            expanded.extend(fields.finish());
        }
        Ok(())
    }

    fn expand_pieces(&mut self, pieces: &[Piece], splitting: Splitting, fields: &mut Fields) -> Result<(), Stop> {
        pieces.iter().try_for_each(|piece| self.expand_piece(piece, splitting, fields))
    }

    fn expand_piece(&mut self, piece: &Piece, splitting: Splitting, fields: &mut Fields) -> Result<(), Stop> {
        let found = match piece {
            Piece::Text(text) => {
                self.spend_for(text)?;
                fields.push_quoted(text);
                return Ok(());
            }
            Piece::Quoted(pieces) => {
                fields.push_quoted("");
                return self.expand_pieces(pieces, Splitting::KeepsTogether, fields);
            }
            Piece::Parameter { name, operator, colon, operand } => {
                let value = self.parameter(name)?.filter(|value| !(*colon && value.is_empty()));
                self.nested(|shell| shell.operate(name, value, *operator, operand))?
            }
            Piece::Substitution(list) => self.capture(list)?,
            Piece::Arithmetic(expression) => self.arithmetic(expression)?.to_string(),
            Piece::Braces(inside) => format!("{{{inside}}}"),
        };
        self.spend_for(&found)?;
        match splitting {
            Splitting::Splits => fields.push_split(&found),
            Splitting::KeepsTogether => fields.push_quoted(&found),
        }
        Ok(())
    }

    fn operate(
        &mut self,
        name: &str,
        value: Option<String>,
        operator: Operator,
        operand: &[Piece],
    ) -> Result<String, Stop> {
        match (operator, value) {
            (Operator::Value, value) => Ok(value.unwrap_or_default()),
            (Operator::Length, value) => Ok(value.unwrap_or_default().chars().count().to_string()),
            (Operator::Default | Operator::Assign | Operator::Fail, Some(value)) => Ok(value),
            (Operator::Default, None) | (Operator::Alternative, Some(_)) => self.expand_to_text(operand),
            (Operator::Assign, None) if !name_at(name).is_empty() => {
                let value = self.expand_to_text(operand)?;
                self.set_variable(name, value.clone())?;
                Ok(value)
            }
            (Operator::Alternative, None) => Ok(String::new()),
            (Operator::Fail, None) => Err(Stop::Exit(1)),
            (Operator::Assign, None) | (Operator::Unknown, _) => Err(Stop::Unknown),
        }
    }

    fn parameter(&mut self, name: &str) -> Result<Option<String>, Stop> {
        Ok(match name {
            "0" => Some("sh".to_owned()),
            "?" => Some(self.status().to_string()),
            "$" => Some("1".to_owned()),
            "!" => self.last_background_pid(),
            "@" | "*" => Some(self.arguments().join(" ")),
            "#" => Some(self.arguments().len().to_string()),
            "-" => return Err(Stop::Unknown),
            name => match name.parse() {
                Ok(number) => self.argument(number),
                Err(_) => self.variable(name),
            },
        })
    }
}

/// What `{a,b}` and `{1..3}` stand for; other sequences than those of numbers are left to the failure model.
fn brace_texts(inside: &str) -> Result<Vec<String>, Stop> {
    if inside.contains(',') {
        return Ok(inside.split(',').map(str::to_owned).collect());
    }
    let numbers: Result<Vec<i64>, _> = inside.split("..").map(str::parse).collect();
    let (first, last, step) = match numbers.as_deref() {
        Ok(&[first, last]) => (first, last, 1),
        Ok(&[first, last, step]) => (first, last, step.unsigned_abs().max(1)),
        _ => return Err(Stop::Unknown),
    };
    let count = last.abs_diff(first) / step;
    if count >= MAX_FIELDS as u64 {
        return Err(Stop::CutOff);
    }
    let text_at = |place| {
        let number = if last < first { first.wrapping_sub_unsigned(place) } else { first.wrapping_add_unsigned(place) };
        number.to_string()
    };
    Ok((0..=count).map(|place| text_at(place * step)).collect())
}
