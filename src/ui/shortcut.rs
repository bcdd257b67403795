//! The keys that work anywhere on the page: which key asks for what, and what to say about it. It knows no browser.

use super::state::{Action, Move};

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shortcut {
    PlayOrPause,
    Step,
    StepBack,
    NextMark,
    PreviousMark,
    ToStart,
    ToEnd,
    SkipWait,
    Faster,
    Slower,
    Close,
    Keys,
}

/// A key and what it asks for.
pub struct Key {
    /// As the browser names it.
    pub key: &'static str,
    pub shift: Shift,
    pub shortcut: Shortcut,
    /// One short description of what it does.
    pub says: &'static str,
}

impl Key {
    /// What stands on the key.
    pub fn name(&self) -> String {
        let name = match self.key {
            " " => "Space",
            "ArrowRight" => "→",
            "ArrowLeft" => "←",
            key => key,
        };
        match self.shift {
            Shift::Down => format!("Shift {name}"),
            Shift::Up | Shift::Either => name.to_owned(),
        }
    }
}

/// Whether Shift is to be held down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shift {
    Up,
    Down,
    /// What stands on the key in one layout may need it in another.
    Either,
}

const fn key(key: &'static str, shift: Shift, shortcut: Shortcut, says: &'static str) -> Key {
    Key { key, shift, shortcut, says }
}

/// All keys.
pub const KEYS: [Key; 13] = [
    key(" ", Shift::Up, Shortcut::PlayOrPause, "Play or pause"),
    key("ArrowRight", Shift::Up, Shortcut::Step, "To the next thing that happens"),
    key("ArrowLeft", Shift::Up, Shortcut::StepBack, "Back to what happened before"),
    key("ArrowRight", Shift::Down, Shortcut::NextMark, "To the next mark"),
    key("ArrowLeft", Shift::Down, Shortcut::PreviousMark, "To the mark before"),
    key("Home", Shift::Up, Shortcut::ToStart, "To the start of the run"),
    key("End", Shift::Up, Shortcut::ToEnd, "To the end of what is known"),
    key(".", Shift::Up, Shortcut::SkipWait, "Skip the wait"),
    key("+", Shift::Either, Shortcut::Faster, "Faster"),
    key("=", Shift::Up, Shortcut::Faster, "Faster"),
    key("-", Shift::Either, Shortcut::Slower, "Slower"),
    key("Escape", Shift::Either, Shortcut::Close, "Close the pod's card"),
    key("?", Shift::Either, Shortcut::Keys, "This sheet"),
];

impl Shortcut {
    /// What is asked for by the key of that name.
    pub fn of(name: &str, held: Shift) -> Option<Self> {
        let found = KEYS.iter().find(|key| key.key == name && (key.shift == held || key.shift == Shift::Either));
        found.map(|key| key.shortcut)
    }

    /// What it does to the page's state; `None`: it opens the sheet of keys.
    pub fn action(self) -> Option<Action> {
        Some(match self {
            Self::Keys => return None,
            Self::PlayOrPause => Action::PlayOrPause,
            Self::Step => Action::Step,
            Self::StepBack => Action::Move(Move::StepBack),
            Self::NextMark => Action::Move(Move::NextMark),
            Self::PreviousMark => Action::Move(Move::PreviousMark),
            Self::ToStart => Action::Move(Move::ToStart),
            Self::ToEnd => Action::Move(Move::ToEnd),
            Self::SkipWait => Action::Move(Move::SkipWait),
            Self::Faster => Action::Faster,
            Self::Slower => Action::Slower,
            Self::Close => Action::SelectPod(None),
        })
    }

    /// Whether its key moves something, as the arrows do.
    pub fn is_arrow(self) -> bool {
        match self {
            Self::Step | Self::StepBack | Self::NextMark | Self::PreviousMark | Self::ToStart | Self::ToEnd => true,
            Self::PlayOrPause | Self::SkipWait | Self::Faster | Self::Slower | Self::Close | Self::Keys => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_ask_for_one_thing_each() {
        for (name, held, asked) in [
            (" ", Shift::Up, Some(Shortcut::PlayOrPause)),
            ("ArrowLeft", Shift::Up, Some(Shortcut::StepBack)),
            ("ArrowLeft", Shift::Down, Some(Shortcut::PreviousMark)),
            ("+", Shift::Down, Some(Shortcut::Faster)),
            ("-", Shift::Up, Some(Shortcut::Slower)),
            ("Home", Shift::Down, None),
            ("a", Shift::Up, None),
        ] {
            assert_eq!(Shortcut::of(name, held), asked, "{name:?} {held:?}");
        }
        assert!(KEYS.iter().all(|key| !key.says.is_empty() && Shortcut::of(key.key, key.shift) == Some(key.shortcut)));
    }
}
