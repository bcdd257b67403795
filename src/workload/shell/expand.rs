//! Words to text: quotes, variables, `$( )`, `$(( ))`, braces, and the splitting of what is not quoted.

use super::interpreter::{Shell, Stop};
use super::{Dialect, parser_options};
use brush_parser::ast::Word;
use brush_parser::word::{
    BraceExpressionMember, BraceExpressionOrText, Parameter, ParameterExpr, ParameterTestType, SpecialParameter,
    WordPiece, WordPieceWithSource,
};

/// A word may become at most this many words.
const MAX_FIELDS: usize = 10_000;

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
    pub(super) fn expand_words<'w>(&mut self, words: impl Iterator<Item = &'w Word>) -> Result<Vec<String>, Stop> {
        let mut expanded = Vec::new();
        for word in words {
            self.spend_step()?;
            for text in self.brace_expansions(&word.value)? {
                let mut fields = Fields::default();
                self.expand_pieces(&parse_word(&text)?, Splitting::Splits, &mut fields)?;
                expanded.extend(fields.finish());
                if expanded.len() > MAX_FIELDS {
                    return Err(Stop::CutOff);
                }
            }
        }
        Ok(expanded)
    }

    /// What a word expands to where it stays one word, as in an assignment.
    pub(super) fn expand_to_text(&mut self, word: &str) -> Result<String, Stop> {
        let mut fields = Fields::default();
        self.expand_pieces(&parse_word(word)?, Splitting::KeepsTogether, &mut fields)?;
        Ok(fields.finish().concat())
    }

    fn expand_pieces(
        &mut self,
        pieces: &[WordPieceWithSource],
        splitting: Splitting,
        fields: &mut Fields,
    ) -> Result<(), Stop> {
        for piece in pieces {
            self.expand_piece(&piece.piece, splitting, fields)?;
        }
        Ok(())
    }

    fn expand_piece(&mut self, piece: &WordPiece, splitting: Splitting, fields: &mut Fields) -> Result<(), Stop> {
        let found = match piece {
            WordPiece::Text(text) | WordPiece::SingleQuotedText(text) => {
                fields.push_quoted(text);
                return Ok(());
            }
            WordPiece::DoubleQuotedSequence(pieces) => {
                fields.push_quoted("");
                return self.expand_pieces(pieces, Splitting::KeepsTogether, fields);
            }
            WordPiece::EscapeSequence(text) => {
                fields.push_quoted(text.strip_prefix('\\').unwrap_or(text));
                return Ok(());
            }
            WordPiece::ParameterExpansion(expression) => self.parameter(expression)?,
            WordPiece::CommandSubstitution(script) => self.capture(script)?,
            WordPiece::BackquotedCommandSubstitution(script) => self.capture(&script.replace("\\`", "`"))?,
            WordPiece::ArithmeticExpression(expression) => self.arithmetic(expression)?.to_string(),
            WordPiece::TildeExpansion(_)
            | WordPiece::AnsiCQuotedText(_)
            | WordPiece::GettextDoubleQuotedSequence(_) => return Err(Stop::Unknown),
        };
        self.spend_for(&found)?;
        match splitting {
            Splitting::Splits => fields.push_split(&found),
            Splitting::KeepsTogether => fields.push_quoted(&found),
        }
        Ok(())
    }

    fn parameter(&mut self, expression: &ParameterExpr) -> Result<String, Stop> {
        match expression {
            ParameterExpr::Parameter { parameter, indirect: false } => {
                Ok(self.parameter_value(parameter)?.unwrap_or_default())
            }
            ParameterExpr::UseDefaultValues { parameter, indirect: false, test_type, default_value } => {
                match self.tested_value(parameter, test_type)? {
                    Some(value) => Ok(value),
                    None => self.expand_to_text(default_value.as_deref().unwrap_or_default()),
                }
            }
            ParameterExpr::AssignDefaultValues { parameter, indirect: false, test_type, default_value } => {
                match (self.tested_value(parameter, test_type)?, parameter) {
                    (Some(value), _) => Ok(value),
                    (None, Parameter::Named(name)) => {
                        let value = self.expand_to_text(default_value.as_deref().unwrap_or_default())?;
                        self.set_variable(name, value.clone())?;
                        Ok(value)
                    }
                    (None, _) => Err(Stop::Unknown),
                }
            }
            ParameterExpr::UseAlternativeValue { parameter, indirect: false, test_type, alternative_value } => {
                match self.tested_value(parameter, test_type)? {
                    Some(_) => self.expand_to_text(alternative_value.as_deref().unwrap_or_default()),
                    None => Ok(String::new()),
                }
            }
            ParameterExpr::IndicateErrorIfNullOrUnset { parameter, indirect: false, test_type, .. } => {
                self.tested_value(parameter, test_type)?.ok_or(Stop::Exit(1))
            }
            ParameterExpr::ParameterLength { parameter, indirect: false } => {
                Ok(self.parameter_value(parameter)?.unwrap_or_default().chars().count().to_string())
            }
            _ => Err(Stop::Unknown),
        }
    }

    fn tested_value(&mut self, parameter: &Parameter, test: &ParameterTestType) -> Result<Option<String>, Stop> {
        let value = self.parameter_value(parameter)?;
        Ok(match test {
            ParameterTestType::UnsetOrNull => value.filter(|value| !value.is_empty()),
            ParameterTestType::Unset => value,
        })
    }

    fn parameter_value(&mut self, parameter: &Parameter) -> Result<Option<String>, Stop> {
        match parameter {
            Parameter::Named(name) => Ok(self.variable(name)),
            Parameter::Positional(0) | Parameter::Special(SpecialParameter::ShellName) => Ok(Some("sh".to_owned())),
            Parameter::Positional(number) => Ok(self.argument(*number)),
            Parameter::Special(special) => match special {
                SpecialParameter::LastExitStatus => Ok(Some(self.status().to_string())),
                SpecialParameter::ProcessId => Ok(Some("1".to_owned())),
                SpecialParameter::LastBackgroundProcessId => Ok(self.last_background_pid()),
                SpecialParameter::AllPositionalParameters { .. } => Ok(Some(self.arguments().join(" "))),
                SpecialParameter::PositionalParameterCount => Ok(Some(self.arguments().len().to_string())),
                SpecialParameter::CurrentOptionFlags | SpecialParameter::ShellName => Err(Stop::Unknown),
            },
            Parameter::NamedWithIndex { .. } | Parameter::NamedWithAllIndices { .. } => Err(Stop::Unknown),
        }
    }

    /// `{1..3}` and `{a,b}` written out.
    fn brace_expansions(&mut self, word: &str) -> Result<Vec<String>, Stop> {
        let braces = self.dialect() == Dialect::Bash && word.contains('{') && !word.contains('$');
        let parsed = if braces {
            brush_parser::word::parse_brace_expansions(word, &parser_options()).map_err(|_| Stop::Unknown)?
        } else {
            None
        };
        parsed.map_or_else(|| Ok(vec![word.to_owned()]), |pieces| self.brace_combinations(&pieces))
    }

    fn brace_combinations(&mut self, pieces: &[BraceExpressionOrText]) -> Result<Vec<String>, Stop> {
        let mut combinations = vec![String::new()];
        for piece in pieces {
            let endings = match piece {
                BraceExpressionOrText::Text(text) => vec![text.clone()],
                BraceExpressionOrText::Expr(members) => {
                    let mut endings = Vec::new();
                    for member in members {
                        endings.extend(self.brace_member(member)?);
                    }
                    endings
                }
            };
            if combinations.len().saturating_mul(endings.len()) > MAX_FIELDS {
                return Err(Stop::CutOff);
            }
            combinations = combinations
                .iter()
                .flat_map(|start| endings.iter().map(move |ending| format!("{start}{ending}")))
                .collect();
        }
        Ok(combinations)
    }

    fn brace_member(&mut self, member: &BraceExpressionMember) -> Result<Vec<String>, Stop> {
        match member {
            BraceExpressionMember::NumberSequence { start, end, increment } => {
                let step = increment.unsigned_abs().max(1);
                let count = end.abs_diff(*start) / step;
                if count > MAX_FIELDS as u64 {
                    return Err(Stop::CutOff);
                }
                let number = |place: u64| {
                    let offset = (place * step) as i64;
                    if start > end { start.wrapping_sub(offset) } else { start.wrapping_add(offset) }
                };
                Ok((0..=count).map(|place| number(place).to_string()).collect())
            }
            BraceExpressionMember::CharSequence { start, end, .. } => {
                let (low, high) = (*start.min(end), *start.max(end));
                let mut letters: Vec<String> = (low..=high).take(MAX_FIELDS).map(String::from).collect();
                if start > end {
                    letters.reverse();
                }
                Ok(letters)
            }
            BraceExpressionMember::Child(pieces) => self.brace_combinations(pieces),
        }
    }
}

fn parse_word(word: &str) -> Result<Vec<WordPieceWithSource>, Stop> {
    brush_parser::word::parse(word, &parser_options()).map_err(|_| Stop::Unknown)
}
