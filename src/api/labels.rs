//! Labels, and selectors over them.

use std::collections::BTreeMap;
use std::rc::Rc;

/// Labels or annotations of an object.
pub type Labels = BTreeMap<Rc<str>, Rc<str>>;

/// Which objects belong to something, told by their labels.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Selector {
    /// Every pair must be there.
    pub match_labels: Labels,
    /// Every requirement must hold too.
    pub requirements: Vec<Requirement>,
}

/// One line of `matchExpressions`.
#[derive(Clone, Debug, PartialEq)]
pub enum Requirement {
    In(Rc<str>, Vec<Rc<str>>),
    NotIn(Rc<str>, Vec<Rc<str>>),
    Exists(Rc<str>),
    DoesNotExist(Rc<str>),
}

impl Selector {
    /// A selector that picks nothing, as one does that was never given.
    pub fn nothing() -> Self {
        Self { match_labels: Labels::new(), requirements: vec![Requirement::In("".into(), Vec::new())] }
    }

    /// Whether the selector picks an object with these labels. An empty selector picks everything.
    pub fn matches(&self, labels: &Labels) -> bool {
        self.match_labels.iter().all(|(key, value)| labels.get(key) == Some(value))
            && self.requirements.iter().all(|requirement| requirement.holds(labels))
    }
}

impl Requirement {
    fn holds(&self, labels: &Labels) -> bool {
        match self {
            Self::In(key, values) => labels.get(key).is_some_and(|value| values.contains(value)),
            Self::NotIn(key, values) => labels.get(key).is_none_or(|value| !values.contains(value)),
            Self::Exists(key) => labels.contains_key(key),
            Self::DoesNotExist(key) => !labels.contains_key(key),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_and_every_requirement_must_hold() {
        let labels = Labels::from([("app".into(), "a".into()), ("tier".into(), "x".into())]);
        let selector = |requirement| Selector {
            match_labels: Labels::from([("app".into(), "a".into())]),
            requirements: vec![requirement],
        };
        for (requirement, wanted) in [
            (Requirement::In("tier".into(), vec!["x".into(), "y".into()]), true),
            (Requirement::In("zone".into(), vec!["x".into()]), false),
            (Requirement::NotIn("tier".into(), vec!["x".into()]), false),
            (Requirement::NotIn("zone".into(), vec!["x".into()]), true),
            (Requirement::Exists("tier".into()), true),
            (Requirement::DoesNotExist("tier".into()), false),
        ] {
            assert_eq!(selector(requirement.clone()).matches(&labels), wanted, "{requirement:?}");
        }
        assert!(Selector::default().matches(&labels));
        assert!(!selector(Requirement::Exists("tier".into())).matches(&Labels::new()));
    }
}
