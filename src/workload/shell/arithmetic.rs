//! `$(( ))`: whole numbers of 64 bits that wrap around, over the variables of the shell. Expressions are evaluated
//! while they are read.

use super::interpreter::{Shell, Stop};
use super::parser::name_at;
use super::syntax::Piece;

/// A fault in an expression ends a shell that is not talked to.
const FAULT: Stop = Stop::Exit(2);
/// Deeper nested expressions are left to the failure model.
const MAX_NESTING: u32 = 30;

/// Operators between two numbers, longer ones before those that they begin with, and how tightly they bind.
const OPERATORS: [(&str, u8); 19] = [
    ("||", 1),
    ("&&", 2),
    ("|", 3),
    ("^", 4),
    ("&", 5),
    ("==", 6),
    ("!=", 6),
    ("<=", 7),
    (">=", 7),
    ("<<", 8),
    (">>", 8),
    ("<", 7),
    (">", 7),
    ("+", 9),
    ("-", 9),
    ("**", 11),
    ("*", 10),
    ("/", 10),
    ("%", 10),
];
/// How tightly signs bind to what follows them.
const SIGN: u8 = 12;
const ASSIGNING: [&str; 11] = ["", "*", "/", "%", "+", "-", "<<", ">>", "&", "^", "|"];

impl Shell<'_> {
    pub(super) fn arithmetic(&mut self, expression: &[Piece]) -> Result<i64, Stop> {
        let text = self.expand_to_text(expression)?;
        let mut evaluation = Evaluation { shell: self, rest: text.trim(), depth: 0, doing: Doing::Evaluates };
        if evaluation.rest.is_empty() {
            return Ok(0);
        }
        let value = evaluation.sequence()?;
        if evaluation.rest.is_empty() { Ok(value) } else { Err(FAULT) }
    }
}

/// Whether what is read counts: `0 && x++` only reads `x++`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Doing {
    Evaluates,
    OnlyReads,
}

struct Evaluation<'e, 'r> {
    shell: &'e mut Shell<'r>,
    rest: &'e str,
    depth: u32,
    doing: Doing,
}

impl Evaluation<'_, '_> {
    fn take(&mut self, token: &str) -> bool {
        let after = self.rest.strip_prefix(token);
        self.rest = after.map_or(self.rest, str::trim_start);
        after.is_some()
    }

    fn sequence(&mut self) -> Result<i64, Stop> {
        loop {
            let value = self.expression(0)?;
            if !self.take(",") {
                return Ok(value);
            }
        }
    }

    /// Evaluates as far as operators bind at least as tightly as `loosest`.
    fn expression(&mut self, loosest: u8) -> Result<i64, Stop> {
        if self.depth == MAX_NESTING {
            return Err(Stop::Unknown);
        }
        self.depth += 1;
        let mut left = self.operand()?;
        while let Some((operator, binding)) = self.operator(loosest) {
            self.take(operator);
            let doing = match operator {
                "&&" if left == 0 => Doing::OnlyReads,
                "||" if left != 0 => Doing::OnlyReads,
                _ => self.doing,
            };
            let right = self.expression_as(doing, binding + u8::from(operator != "**"))?;
            left = match self.doing {
                Doing::Evaluates => compute(operator, left, right)?,
                Doing::OnlyReads => 0,
            };
        }
        if loosest == 0 && self.take("?") {
            let (for_yes, for_no) =
                if left == 0 { (Doing::OnlyReads, self.doing) } else { (self.doing, Doing::OnlyReads) };
            let yes = self.expression_as(for_yes, 0)?;
            if !self.take(":") {
                return Err(FAULT);
            }
            let no = self.expression_as(for_no, 0)?;
            left = if left == 0 { no } else { yes };
        }
        self.depth -= 1;
        Ok(left)
    }

    fn expression_as(&mut self, doing: Doing, loosest: u8) -> Result<i64, Stop> {
        let before = std::mem::replace(&mut self.doing, doing);
        let value = self.expression(loosest);
        self.doing = before;
        value
    }

    fn operator(&self, loosest: u8) -> Option<(&'static str, u8)> {
        let found = OPERATORS.into_iter().find(|(operator, _)| self.rest.starts_with(operator));
        found.filter(|(_, binding)| *binding >= loosest.max(1))
    }

    fn operand(&mut self) -> Result<i64, Stop> {
        self.shell.spend_step()?;
        for (sign, change) in [("++", 1), ("--", -1)] {
            let name = self.rest.strip_prefix(sign).map_or("", |after| name_at(after.trim_start()));
            if !name.is_empty() {
                self.take(sign);
                self.take(name);
                let value = self.read(name)?.wrapping_add(change);
                return self.write(name, value);
            }
        }
        if self.take("(") {
            let value = self.sequence()?;
            return if self.take(")") { Ok(value) } else { Err(FAULT) };
        }
        for sign in ["+", "-", "!", "~"] {
            if self.take(sign) {
                let value = self.expression(SIGN)?;
                return Ok(match sign {
                    "-" => value.wrapping_neg(),
                    "!" => i64::from(value == 0),
                    "~" => !value,
                    _ => value,
                });
            }
        }
        let name = name_at(self.rest);
        if name.is_empty() { self.literal() } else { self.variable(name) }
    }

    fn literal(&mut self) -> Result<i64, Stop> {
        let end = self.rest.find(|letter: char| !letter.is_ascii_alphanumeric()).unwrap_or(self.rest.len());
        let (digits, after) = self.rest.split_at(end);
        self.rest = after.trim_start();
        let value = match (digits.strip_prefix("0x"), digits.strip_prefix('0')) {
            (Some(digits), _) => i64::from_str_radix(digits, 16),
            (None, Some(digits)) if !digits.is_empty() => i64::from_str_radix(digits, 8),
            (None, _) => digits.parse(),
        };
        value.map_err(|_| FAULT)
    }

    /// A variable, with what is done to it.
    fn variable(&mut self, name: &str) -> Result<i64, Stop> {
        self.take(name);
        for (sign, change) in [("++", 1), ("--", -1)] {
            if self.take(sign) {
                let old = self.read(name)?;
                self.write(name, old.wrapping_add(change))?;
                return Ok(old);
            }
        }
        for operator in ASSIGNING {
            let after = self.rest.strip_prefix(operator).and_then(|after| after.strip_prefix('='));
            let Some(after) = after.filter(|after| !after.starts_with('=')) else { continue };
            self.rest = after.trim_start();
            let value = self.expression(0)?;
            let value = match (self.doing, operator) {
                (Doing::OnlyReads, _) => 0,
                (Doing::Evaluates, "") => value,
                (Doing::Evaluates, operator) => compute(operator, self.read(name)?, value)?,
            };
            return self.write(name, value);
        }
        self.read(name)
    }

    fn read(&mut self, name: &str) -> Result<i64, Stop> {
        let value = self.shell.variable(name).unwrap_or_default();
        if value.is_empty() || self.doing == Doing::OnlyReads { Ok(0) } else { value.trim().parse().map_err(|_| FAULT) }
    }

    fn write(&mut self, name: &str, value: i64) -> Result<i64, Stop> {
        if self.doing == Doing::Evaluates {
            self.shell.set_variable(name, value.to_string())?;
        }
        Ok(value)
    }
}

fn compute(operator: &str, left: i64, right: i64) -> Result<i64, Stop> {
    Ok(match operator {
        "**" => left.wrapping_pow(u32::try_from(right).map_err(|_| FAULT)?),
        "*" => left.wrapping_mul(right),
        "/" => left.checked_div(right).ok_or(FAULT)?,
        "%" => left.checked_rem(right).ok_or(FAULT)?,
        "+" => left.wrapping_add(right),
        "-" => left.wrapping_sub(right),
        "<<" => left.wrapping_shl(right as u32),
        ">>" => left.wrapping_shr(right as u32),
        "<" => i64::from(left < right),
        "<=" => i64::from(left <= right),
        ">" => i64::from(left > right),
        ">=" => i64::from(left >= right),
        "==" => i64::from(left == right),
        "!=" => i64::from(left != right),
        "&" => left & right,
        "^" => left ^ right,
        "|" => left | right,
        "&&" => i64::from(left != 0 && right != 0),
        "||" => i64::from(left != 0 || right != 0),
        _ => return Err(FAULT),
    })
}
