//! Simple commands: assignments, words and redirections taken apart, then a function or a builtin run with them.

use super::interpreter::{Flow, Output, Shell, Stop};
use brush_parser::ast::{
    Assignment, AssignmentName, AssignmentValue, CommandPrefixOrSuffixItem, IoFileRedirectKind, IoRedirect,
    SimpleCommand, Word,
};

impl Shell<'_> {
    pub(super) fn simple(&mut self, command: &SimpleCommand) -> Flow {
        let parts = SimpleParts::of(command)?;
        self.substitution_status = None;
        let mut values = Vec::new();
        for assignment in &parts.assignments {
            values.push(self.assignment(assignment)?);
        }
        if parts.words.is_empty() {
            for (name, value) in values {
                self.set_variable(&name, value)?;
            }
            return Ok(self.substitution_status.unwrap_or(0));
        }
        let output = output_of(parts.redirects.into_iter());
        let words = self.expand_words(parts.words.into_iter())?;
        let Some((name, arguments)) = words.split_first() else {
            return Ok(self.substitution_status.unwrap_or(0));
        };
        let mut shadowed = Vec::new();
        for (variable, value) in values {
            shadowed.push((variable.clone(), self.scope.variables.insert(variable, value)));
        }
        let flow = self.with_output(output, |shell| shell.named_command(name, arguments));
        for (variable, value) in shadowed {
            match value {
                Some(value) => self.scope.variables.insert(variable, value),
                None => self.scope.variables.remove(&variable),
            };
        }
        flow
    }

    fn named_command(&mut self, name: &str, arguments: &[String]) -> Flow {
        let Some(body) = self.scope.functions.get(name).cloned() else {
            return self.builtin(name, arguments);
        };
        let outer = std::mem::replace(&mut self.scope.arguments, arguments.to_vec());
        let flow = self.nested(|shell| shell.compound(&body.0));
        self.scope.arguments = outer;
        match flow {
            Err(Stop::Return(code)) => Ok(code),
            flow => flow,
        }
    }

    fn assignment(&mut self, assignment: &Assignment) -> Result<(String, String), Stop> {
        match (&assignment.name, &assignment.value) {
            (AssignmentName::VariableName(name), AssignmentValue::Scalar(word)) => {
                let mut value = if assignment.append { self.variable(name).unwrap_or_default() } else { String::new() };
                value.push_str(&self.expand_to_text(&word.value)?);
                Ok((name.clone(), value))
            }
            _ => Err(Stop::Unknown),
        }
    }
}

/// A simple command taken apart.
#[derive(Default)]
struct SimpleParts<'c> {
    assignments: Vec<&'c Assignment>,
    words: Vec<&'c Word>,
    redirects: Vec<&'c IoRedirect>,
}

impl<'c> SimpleParts<'c> {
    fn of(command: &'c SimpleCommand) -> Result<Self, Stop> {
        let mut parts = Self::default();
        for item in command.prefix.iter().flat_map(|prefix| &prefix.0) {
            match item {
                CommandPrefixOrSuffixItem::AssignmentWord(assignment, _) => parts.assignments.push(assignment),
                item => parts.add(item)?,
            }
        }
        parts.words.extend(&command.word_or_name);
        for item in command.suffix.iter().flat_map(|suffix| &suffix.0) {
            parts.add(item)?;
        }
        Ok(parts)
    }

    fn add(&mut self, item: &'c CommandPrefixOrSuffixItem) -> Result<(), Stop> {
        match item {
            CommandPrefixOrSuffixItem::IoRedirect(redirect) => self.redirects.push(redirect),
            CommandPrefixOrSuffixItem::Word(word) | CommandPrefixOrSuffixItem::AssignmentWord(_, word) => {
                self.words.push(word);
            }
            CommandPrefixOrSuffixItem::ProcessSubstitution(..) => return Err(Stop::Unknown),
        }
        Ok(())
    }
}

/// Where these redirections send the standard output.
pub(super) fn output_of<'r>(mut redirects: impl Iterator<Item = &'r IoRedirect>) -> Output {
    if redirects.any(takes_output) { Output::Elsewhere } else { Output::Shell }
}

fn takes_output(redirect: &IoRedirect) -> bool {
    match redirect {
        IoRedirect::File(fd, kind, _) => {
            let writes = match kind {
                IoFileRedirectKind::Write
                | IoFileRedirectKind::Append
                | IoFileRedirectKind::Clobber
                | IoFileRedirectKind::DuplicateOutput => true,
                IoFileRedirectKind::Read | IoFileRedirectKind::ReadAndWrite | IoFileRedirectKind::DuplicateInput => {
                    false
                }
            };
            writes && matches!(fd, None | Some(1))
        }
        IoRedirect::OutputAndError(..) => true,
        IoRedirect::HereDocument(..) | IoRedirect::HereString(..) => false,
    }
}
