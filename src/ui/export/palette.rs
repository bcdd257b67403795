//! The colours of exported pictures, light and dark. They are those of the page's style sheet, written out, as a picture
//! stands alone; a test compares both.

/// Light or dark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    Light,
    Dark,
}

/// The colours of a theme, by the names that the style sheet has for them.
pub struct Palette(&'static [(&'static str, &'static str)]);

impl Palette {
    pub fn of(theme: Theme) -> Self {
        match theme {
            Theme::Light => Self(LIGHT),
            Theme::Dark => Self(DARK),
        }
    }

    /// The rules that pictures share: `.fill-NAME` and `.line-NAME` for every colour, and the fonts.
    pub fn style(&self) -> String {
        let mut style = String::from(
            "text{font:12px system-ui,'Segoe UI',Roboto,'DejaVu Sans',sans-serif}\
             .mono{font:600 11.5px ui-monospace,'SF Mono','DejaVu Sans Mono',monospace}\
             .small{font-size:10px}.b{font-weight:600}.title{font-size:15px;font-weight:700}",
        );
        for (name, colour) in self.0 {
            style.extend([".fill-", name, "{fill:", colour, "}.line-", name, "{stroke:", colour, "}"]);
        }
        style
    }
}

const LIGHT: &[(&str, &str)] = &[
    ("surface", "#fff"),
    ("sunken", "#eef1f4"),
    ("ink", "#17212b"),
    ("ink-2", "#566472"),
    ("line", "#dde3e9"),
    ("seat", "#b9c3cd"),
    ("accent", "#2b62d9"),
    ("pending", "#657381"),
    ("running", "#1a62c2"),
    ("succeeded", "#0b7a51"),
    ("failed", "#c03a19"),
    ("terminating", "#6d55ae"),
    ("backoff", "#8f5e00"),
    ("pending-soft", "#eceff2"),
    ("running-soft", "#e3effc"),
    ("succeeded-soft", "#dff3ea"),
    ("failed-soft", "#fce7e1"),
    ("terminating-soft", "#eeeaf8"),
    ("backoff-soft", "#fbf0d9"),
];

const DARK: &[(&str, &str)] = &[
    ("surface", "#161d26"),
    ("sunken", "#10161e"),
    ("ink", "#e7edf3"),
    ("ink-2", "#9cabb9"),
    ("line", "#28323d"),
    ("seat", "#3d4a57"),
    ("accent", "#79a6ff"),
    ("pending", "#93a1af"),
    ("running", "#5aa2f5"),
    ("succeeded", "#3cc48f"),
    ("failed", "#ff7a55"),
    ("terminating", "#a996e6"),
    ("backoff", "#e2aa3c"),
    ("pending-soft", "#222b35"),
    ("running-soft", "#14273d"),
    ("succeeded-soft", "#122e24"),
    ("failed-soft", "#3a1d15"),
    ("terminating-soft", "#251f3b"),
    ("backoff-soft", "#33270f"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_colours_are_those_of_the_page() {
        let sheet = include_str!("../../../static/style.css");
        let (light, dark) = sheet.split_once("[data-theme=\"dark\"] {").expect("the sheet has both themes");
        for (colours, sheet) in [(LIGHT, light), (DARK, dark)] {
            for (name, colour) in colours {
                assert!(sheet.contains(&format!("--{name}: {colour};")), "{name}: {colour}");
            }
        }
    }
}
