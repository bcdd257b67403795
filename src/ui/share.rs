//! What is handed on: the link, and the frame for somebody else's page. Plain texts.

use super::export::Theme;
use super::player::{Playback, Speed};
use super::query::speed_word;

/// How an embedded page begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EmbedSettings {
    pub play: Playback,
    pub speed: Speed,
    /// `None`: as the reader's system prefers.
    pub theme: Option<Theme>,
}

impl Default for EmbedSettings {
    fn default() -> Self {
        Self { play: Playback::Paused, speed: Speed::NORMAL, theme: None }
    }
}

impl EmbedSettings {
    /// The address of the embedded page, with its query and fragment.
    pub fn address(self, page: &str, fragment: &str) -> String {
        let mut address = format!("{page}?embed");
        if self.play == Playback::Playing {
            address.push_str("&play");
        }
        if self.speed != Speed::NORMAL {
            address.push_str("&speed=");
            address.push_str(&speed_word(self.speed));
        }
        match self.theme {
            None => {}
            Some(Theme::Light) => address.push_str("&theme=light"),
            Some(Theme::Dark) => address.push_str("&theme=dark"),
        }
        address.push_str(fragment);
        address
    }

    /// The HTML that shows it in an article.
    pub fn snippet(self, page: &str, fragment: &str, title: &str) -> String {
        let (address, title) = (escaped(&self.address(page, fragment)), escaped(title));
        format!(
            "<iframe src=\"{address}\" title=\"{title}\" width=\"720\" height=\"420\" \
             style=\"border:0;max-width:100%\" loading=\"lazy\"></iframe>"
        )
    }
}

/// A text as the value of an attribute has it.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::query::{Layout, Query};

    fn ten() -> Speed {
        Speed::all().find(|speed| speed.label() == "10×").expect("ten times")
    }

    #[test]
    fn the_frame_opens_as_it_was_set() {
        let settings = EmbedSettings { play: Playback::Playing, speed: ten(), theme: Some(Theme::Dark) };
        let address = settings.address("http://127.0.0.1/jobs/", "#v1:abc");
        assert_eq!(address, "http://127.0.0.1/jobs/?embed&play&speed=10&theme=dark#v1:abc");
        let query = address.split(['?', '#']).nth(1).map(Query::parse).expect("a query");
        let wanted = (Layout::Embed, Some(Playback::Playing), Some(ten()), Some(Theme::Dark));
        assert_eq!((query.layout, query.play, query.speed, query.theme), wanted);
        assert_eq!(EmbedSettings::default().address("x", "#v1:a"), "x?embed#v1:a");
    }

    #[test]
    fn the_snippet_holds_whatever_the_address_holds() {
        let settings = EmbedSettings { play: Playback::Playing, ..EmbedSettings::default() };
        let snippet = settings.snippet("http://127.0.0.1/", "#v1:abc", "job \"a\" & <b>");
        assert!(snippet.contains("src=\"http://127.0.0.1/?embed&amp;play#v1:abc\""), "{snippet}");
        assert!(snippet.contains("title=\"job &quot;a&quot; &amp; &lt;b>\"") && snippet.ends_with("</iframe>"));
    }
}
