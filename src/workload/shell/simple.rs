//! Simple commands: assignments and words expanded, then a function or a builtin run with them. It knows neither
//! compound commands nor where output goes.

use super::interpreter::{Flow, Shell, Stop};
use super::syntax::{Assignment, Word};

impl Shell<'_> {
    pub(super) fn simple(&mut self, assignments: &[Assignment], words: &[Word]) -> Flow {
        self.substitution_status = None;
        let mut values = Vec::new();
        for assignment in assignments {
            values.push(self.assignment(assignment)?);
        }
        if words.is_empty() {
            for (name, value) in values {
                self.set_variable(&name, value)?;
            }
            return Ok(self.substitution_status.unwrap_or(0));
        }
        let words = self.expand_words(words)?;
        let Some((name, arguments)) = words.split_first() else {
            return Ok(self.substitution_status.unwrap_or(0));
        };
        let mut shadowed = Vec::new();
        for (variable, value) in values {
            shadowed.push((variable.clone(), self.scope.variables.insert(variable, value)));
        }
        let flow = self.named_command(name, arguments);
        for (variable, value) in shadowed {
            match value {
                Some(value) => self.scope.variables.insert(variable, value),
                None => self.scope.variables.remove(&variable),
            };
        }
        flow
    }

    fn named_command(&mut self, name: &str, arguments: &[String]) -> Flow {
        let Some(body) = self.scope.function(name) else {
            return self.builtin(name, arguments);
        };
        let outer = std::mem::replace(&mut self.scope.arguments, arguments.to_vec());
        let flow = self.nested(|shell| shell.command(&body));
        self.scope.arguments = outer;
        match flow {
            Err(Stop::Return(code)) => Ok(code),
            flow => flow,
        }
    }

    fn assignment(&mut self, assignment: &Assignment) -> Result<(String, String), Stop> {
        let name = &assignment.name;
        let mut value = if assignment.appends { self.variable(name).unwrap_or_default() } else { String::new() };
        value.push_str(&self.expand_to_text(&assignment.value)?);
        Ok((name.clone(), value))
    }
}
