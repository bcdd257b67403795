//! Labels, and selectors over them.

use std::rc::Rc;

/// Labels or annotations of an object: few, and often the same for many objects, so clones share them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Labels(Rc<[Label]>);

/// Key and value.
pub type Label = Rc<(Rc<str>, Rc<str>)>;

impl Labels {
    pub fn get(&self, key: &str) -> Option<&Rc<str>> {
        self.0.iter().find(|label| *label.0 == *key).map(|label| &label.1)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// In the order of the keys.
    pub fn iter(&self) -> impl Iterator<Item = &Label> {
        self.0.iter()
    }

    /// These labels and those; where both have a key, the value there.
    pub fn with(&self, added: Vec<Label>) -> Self {
        let mut labels = Vec::with_capacity(self.0.len() + added.len());
        labels.extend_from_slice(&self.0);
        for label in added {
            match labels.iter().position(|found| found.0 >= label.0) {
                Some(place) if labels[place].0 == label.0 => labels[place] = label,
                Some(place) => labels.insert(place, label),
                None => labels.push(label),
            }
        }
        Self(labels.into())
    }
}

impl<'a> FromIterator<(&'a str, &'a str)> for Labels {
    fn from_iter<I: IntoIterator<Item = (&'a str, &'a str)>>(pairs: I) -> Self {
        Self::default().with(pairs.into_iter().map(|(key, value)| label(key, value)).collect())
    }
}

/// A label of its own.
pub fn label(key: &str, value: &str) -> Label {
    Rc::new((key.into(), value.into()))
}

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
        Self { match_labels: Labels::default(), requirements: vec![Requirement::In("".into(), Vec::new())] }
    }

    /// Whether the selector picks an object with these labels. An empty selector picks everything.
    pub fn matches(&self, labels: &Labels) -> bool {
        self.match_labels.iter().all(|label| labels.0.contains(label))
            && self.requirements.iter().all(|requirement| requirement.holds(labels))
    }
}

impl Requirement {
    fn holds(&self, labels: &Labels) -> bool {
        match self {
            Self::In(key, values) => labels.get(key).is_some_and(|value| values.contains(value)),
            Self::NotIn(key, values) => labels.get(key).is_none_or(|value| !values.contains(value)),
            Self::Exists(key) => labels.get(key).is_some(),
            Self::DoesNotExist(key) => labels.get(key).is_none(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(pairs: &[(&str, &str)]) -> Labels {
        pairs.iter().copied().collect()
    }

    #[test]
    fn labels_stand_in_order_and_the_later_value_holds() {
        let all = labels(&[("b", "1"), ("a", "1")]).with(vec![label("b", "2"), label("c", "3")]);
        assert_eq!(all, labels(&[("a", "1"), ("b", "2"), ("c", "3")]));
        assert_eq!((all.get("b").map(|value| &**value), all.get("d")), (Some("2"), None));
    }

    #[test]
    fn every_pair_and_every_requirement_must_hold() {
        let app_and_tier = labels(&[("tier", "x"), ("app", "a")]);
        let selector =
            |requirement| Selector { match_labels: labels(&[("app", "a")]), requirements: vec![requirement] };
        for (requirement, wanted) in [
            (Requirement::In("tier".into(), vec!["x".into(), "y".into()]), true),
            (Requirement::In("zone".into(), vec!["x".into()]), false),
            (Requirement::NotIn("tier".into(), vec!["x".into()]), false),
            (Requirement::NotIn("zone".into(), vec!["x".into()]), true),
            (Requirement::Exists("tier".into()), true),
            (Requirement::DoesNotExist("tier".into()), false),
        ] {
            assert_eq!(selector(requirement.clone()).matches(&app_and_tier), wanted, "{requirement:?}");
        }
        assert!(Selector::default().matches(&app_and_tier));
        assert!(!selector(Requirement::Exists("tier".into())).matches(&Labels::default()));
    }
}
