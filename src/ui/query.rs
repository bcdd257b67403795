//! The query of the page's address: whether the page stands in another one, and how it begins. Plain text in, plain values
//! out; what cannot be understood is told and else has no effect.

use super::export::Theme;
use super::player::{Playback, Speed};

/// How much of the page is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Layout {
    #[default]
    Page,
    /// The stage and the transport alone, for a frame in another page.
    Embed,
}

/// What the query asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    pub layout: Layout,
    pub play: Option<Playback>,
    pub speed: Option<Speed>,
    /// `static/theme.js` sees to it, before anything is drawn.
    pub theme: Option<Theme>,
    /// What could not be understood, in whole sentences.
    pub problems: Vec<String>,
}

impl Query {
    /// Reads a query, with or without its `?`. Names that are not ours are left alone: some sites add their own.
    pub fn parse(text: &str) -> Self {
        let mut query = Self::default();
        for pair in text.trim_start_matches('?').split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let understood = match name {
                "embed" => yes_or_no(value).map(|yes| query.layout = if yes { Layout::Embed } else { Layout::Page }),
                "play" => yes_or_no(value)
                    .map(|yes| query.play = Some(if yes { Playback::Playing } else { Playback::Paused })),
                "speed" => speed(value).map(|speed| query.speed = Some(speed)),
                "theme" => theme(value).map(|theme| query.theme = theme),
                // That too.
                "projector" => yes_or_no(value).map(|_| ()),
                _ => Some(()),
            };
            if understood.is_none() {
                query.problems.push(format!("The address asks for {name}={value}, which means nothing here."));
            }
        }
        query
    }

    /// Whether the page begins by playing, where a link does not lead to a moment.
    pub fn begins(&self) -> Playback {
        let by_layout = match self.layout {
            Layout::Page => Playback::Playing,
            Layout::Embed => Playback::Paused,
        };
        self.play.unwrap_or(by_layout)
    }
}

fn yes_or_no(value: &str) -> Option<bool> {
    match value {
        "" | "1" | "true" | "yes" => Some(true),
        "0" | "false" | "no" => Some(false),
        _ => None,
    }
}

/// A speed as the transport calls it; `×` may be left out, be an `x`, or be written as addresses write it.
fn speed(value: &str) -> Option<Speed> {
    let bare = |text: &str| text.trim_end_matches("%C3%97").trim_end_matches(['×', 'x']).to_ascii_lowercase();
    Speed::all().find(|speed| bare(speed.label()).trim_end_matches('x') == bare(value))
}

fn theme(value: &str) -> Option<Option<Theme>> {
    match value {
        "light" => Some(Some(Theme::Light)),
        "dark" => Some(Some(Theme::Dark)),
        "auto" => Some(None),
        _ => None,
    }
}

/// The word for a speed in a query.
pub fn speed_word(speed: Speed) -> String {
    speed.label().trim_end_matches('×').to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_say_how_the_page_begins() {
        let nothing = Query::default();
        for (text, wanted) in [
            ("", nothing.clone()),
            ("?", nothing.clone()),
            ("?utm_source=mail&x", nothing.clone()),
            ("?embed", Query { layout: Layout::Embed, ..nothing.clone() }),
            ("?embed=0&play", Query { play: Some(Playback::Playing), ..nothing.clone() }),
            ("play=false", Query { play: Some(Playback::Paused), ..nothing.clone() }),
            ("?theme=dark", Query { theme: Some(Theme::Dark), ..nothing.clone() }),
            ("?theme=auto", nothing.clone()),
        ] {
            assert_eq!(Query::parse(text), wanted, "{text}");
        }
        assert_eq!(Query::parse("?embed").begins(), Playback::Paused);
        assert_eq!(Query::parse("?embed&play").begins(), Playback::Playing);
        assert_eq!(nothing.begins(), Playback::Playing);
    }

    #[test]
    fn every_speed_has_a_word() {
        for speed in Speed::all() {
            let query = Query::parse(&format!("?speed={}", speed_word(speed)));
            assert_eq!((query.speed, query.problems.len()), (Some(speed), 0), "{}", speed.label());
        }
        for value in ["10x", "10×", "10%C3%97", "max", "Max"] {
            assert!(speed(value).is_some(), "{value}");
        }
    }

    #[test]
    fn what_means_nothing_is_told() {
        for text in ["?speed=fast", "?theme=blue", "?play=maybe", "?embed=2", "?speed"] {
            let query = Query::parse(text);
            assert_eq!(query, Query { problems: query.problems.clone(), ..Query::default() }, "{text}");
            assert_eq!(query.problems.len(), 1, "{text}");
        }
    }
}
