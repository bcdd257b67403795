//! `$(( ))`: whole numbers of 64 bits that wrap around, over the variables of the shell.

use super::interpreter::{Shell, Stop};
use brush_parser::ast::{
    ArithmeticExpr, ArithmeticTarget, BinaryOperator, UnaryAssignmentOperator, UnaryOperator, UnexpandedArithmeticExpr,
};

/// A fault in an expression ends a shell that is not talked to.
const FAULT: Stop = Stop::Exit(2);

impl Shell<'_> {
    pub(super) fn arithmetic(&mut self, expression: &UnexpandedArithmeticExpr) -> Result<i64, Stop> {
        let text = self.expand_to_text(&expression.value)?;
        if super::nesting(&text) > super::MAX_NESTING {
            return Err(Stop::Unknown);
        }
        let expression = brush_parser::arithmetic::parse(text.trim()).map_err(|_| FAULT)?;
        self.evaluate(&expression)
    }

    fn evaluate(&mut self, expression: &ArithmeticExpr) -> Result<i64, Stop> {
        self.spend_step()?;
        Ok(match expression {
            ArithmeticExpr::Literal(value) => *value,
            ArithmeticExpr::Reference(target) => self.read_number(target)?,
            ArithmeticExpr::UnaryOp(operator, operand) => unary(operator, self.evaluate(operand)?),
            ArithmeticExpr::BinaryOp(operator, left, right) => self.binary(operator, left, right)?,
            ArithmeticExpr::Conditional(condition, yes, no) => match self.evaluate(condition)? {
                0 => self.evaluate(no)?,
                _ => self.evaluate(yes)?,
            },
            ArithmeticExpr::Assignment(target, value) => {
                let value = self.evaluate(value)?;
                self.write_number(target, value)?
            }
            ArithmeticExpr::BinaryAssignment(operator, target, value) => {
                let (old, value) = (self.read_number(target)?, self.evaluate(value)?);
                let value = compute(operator, old, value)?;
                self.write_number(target, value)?
            }
            ArithmeticExpr::UnaryAssignment(operator, target) => {
                let old = self.read_number(target)?;
                let (new, result) = match operator {
                    UnaryAssignmentOperator::PrefixIncrement => (old.wrapping_add(1), old.wrapping_add(1)),
                    UnaryAssignmentOperator::PrefixDecrement => (old.wrapping_sub(1), old.wrapping_sub(1)),
                    UnaryAssignmentOperator::PostfixIncrement => (old.wrapping_add(1), old),
                    UnaryAssignmentOperator::PostfixDecrement => (old.wrapping_sub(1), old),
                };
                self.write_number(target, new)?;
                result
            }
        })
    }

    fn binary(
        &mut self,
        operator: &BinaryOperator,
        left: &ArithmeticExpr,
        right: &ArithmeticExpr,
    ) -> Result<i64, Stop> {
        let left = self.evaluate(left)?;
        match operator {
            BinaryOperator::LogicalAnd if left == 0 => Ok(0),
            BinaryOperator::LogicalOr if left != 0 => Ok(1),
            _ => compute(operator, left, self.evaluate(right)?),
        }
    }

    fn read_number(&mut self, target: &ArithmeticTarget) -> Result<i64, Stop> {
        match target {
            ArithmeticTarget::Variable(name) => {
                let value = self.variable(name).unwrap_or_default();
                if value.is_empty() { Ok(0) } else { value.trim().parse().map_err(|_| FAULT) }
            }
            ArithmeticTarget::ArrayElement(..) => Err(Stop::Unknown),
        }
    }

    fn write_number(&mut self, target: &ArithmeticTarget, value: i64) -> Result<i64, Stop> {
        match target {
            ArithmeticTarget::Variable(name) => {
                self.set_variable(name, value.to_string())?;
                Ok(value)
            }
            ArithmeticTarget::ArrayElement(..) => Err(Stop::Unknown),
        }
    }
}

fn unary(operator: &UnaryOperator, value: i64) -> i64 {
    match operator {
        UnaryOperator::UnaryPlus => value,
        UnaryOperator::UnaryMinus => value.wrapping_neg(),
        UnaryOperator::BitwiseNot => !value,
        UnaryOperator::LogicalNot => i64::from(value == 0),
    }
}

fn compute(operator: &BinaryOperator, left: i64, right: i64) -> Result<i64, Stop> {
    Ok(match operator {
        BinaryOperator::Power => left.wrapping_pow(u32::try_from(right).map_err(|_| FAULT)?),
        BinaryOperator::Multiply => left.wrapping_mul(right),
        BinaryOperator::Divide => left.checked_div(right).ok_or(FAULT)?,
        BinaryOperator::Modulo => left.checked_rem(right).ok_or(FAULT)?,
        BinaryOperator::Comma => right,
        BinaryOperator::Add => left.wrapping_add(right),
        BinaryOperator::Subtract => left.wrapping_sub(right),
        BinaryOperator::ShiftLeft => left.wrapping_shl(right as u32),
        BinaryOperator::ShiftRight => left.wrapping_shr(right as u32),
        BinaryOperator::LessThan => i64::from(left < right),
        BinaryOperator::LessThanOrEqualTo => i64::from(left <= right),
        BinaryOperator::GreaterThan => i64::from(left > right),
        BinaryOperator::GreaterThanOrEqualTo => i64::from(left >= right),
        BinaryOperator::Equals => i64::from(left == right),
        BinaryOperator::NotEquals => i64::from(left != right),
        BinaryOperator::BitwiseAnd => left & right,
        BinaryOperator::BitwiseXor => left ^ right,
        BinaryOperator::BitwiseOr => left | right,
        BinaryOperator::LogicalAnd => i64::from(left != 0 && right != 0),
        BinaryOperator::LogicalOr => i64::from(left != 0 || right != 0),
    })
}
