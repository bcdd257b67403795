//! What a person takes away from a run: pictures, events, the manifest, and files for a real cluster. Plain texts made
//! from the state of the page; who saves them, and draws a picture as PNG, is the browser's part.

mod events;
mod kwok;
mod palette;
mod picture;
mod stage;
mod svg;
mod timeline;

pub use palette::Theme;

use super::state::State;

/// What can be taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Export {
    StageSvg,
    StagePng,
    TimelineSvg,
    TimelinePng,
    EventsCsv,
    EventsJson,
    Manifest,
    Kwok,
}

/// A file, ready to be saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    pub name: String,
    pub media_type: &'static str,
    pub text: String,
    pub form: Form,
}

/// In which form a file is saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As its text.
    Text,
    /// As the picture that its text, an SVG, describes.
    Png,
}

impl Export {
    pub const ALL: [Self; 8] = [
        Self::StageSvg,
        Self::StagePng,
        Self::TimelineSvg,
        Self::TimelinePng,
        Self::EventsCsv,
        Self::EventsJson,
        Self::Manifest,
        Self::Kwok,
    ];

    pub fn label(self) -> &'static str {
        match self {
            Self::StageSvg => "Stage as SVG",
            Self::StagePng => "Stage as PNG",
            Self::TimelineSvg => "Timeline as SVG",
            Self::TimelinePng => "Timeline as PNG",
            Self::EventsCsv => "Events as CSV",
            Self::EventsJson => "Events as JSON",
            Self::Manifest => "Manifest as YAML",
            Self::Kwok => "Files for kwok",
        }
    }

    /// What the file's name ends with, and its media type.
    fn kind(self) -> (&'static str, &'static str) {
        match self {
            Self::StageSvg => ("stage.svg", SVG),
            Self::StagePng => ("stage.png", SVG),
            Self::TimelineSvg => ("timeline.svg", SVG),
            Self::TimelinePng => ("timeline.png", SVG),
            Self::EventsCsv => ("events.csv", "text/csv"),
            Self::EventsJson => ("events.json", "application/json"),
            Self::Manifest => ("manifest.yaml", YAML),
            Self::Kwok => ("kwok.yaml", YAML),
        }
    }
}

const SVG: &str = "image/svg+xml";
const YAML: &str = "application/yaml";

/// The file of that export, as things are now. Pictures are in the colours of `theme`.
pub fn export(export: Export, state: &State, theme: Theme) -> File {
    let cluster = state.cluster();
    let (ending, media_type) = export.kind();
    let text = match export {
        Export::StageSvg | Export::StagePng => stage::stage_svg(state, theme),
        Export::TimelineSvg | Export::TimelinePng => timeline::timeline_svg(state, theme),
        Export::EventsCsv => events::csv(cluster),
        Export::EventsJson => events::json(cluster),
        Export::Manifest => cluster.scenario().manifest.clone(),
        Export::Kwok => kwok::kwok(cluster),
    };
    let form = match export {
        Export::StagePng | Export::TimelinePng => Form::Png,
        Export::StageSvg
        | Export::TimelineSvg
        | Export::EventsCsv
        | Export::EventsJson
        | Export::Manifest
        | Export::Kwok => Form::Text,
    };
    // Names of Jobs are fit for names of files.
    let subject = state.settings_name().unwrap_or_else(|| "jobscope".into());
    File { name: format!("{subject}-{ending}"), media_type, text, form }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::ui::state::Action;

    /// The page with that entry of the gallery, at that moment.
    pub fn at(id: &str, seconds: i64) -> State {
        let mut state = State::open("");
        state.update(Action::ChooseScenario(id.to_owned()));
        state.timeline.run_until(state.cluster().start().plus_seconds(seconds), usize::MAX);
        state.end_frame();
        state
    }

    #[test]
    fn every_export_is_a_file_with_a_name_of_its_own() {
        let state = at("parallel", 30);
        let files = Export::ALL.map(|each| export(each, &state, Theme::Light));
        for (place, file) in files.iter().enumerate() {
            assert!(!file.text.is_empty() && file.name.starts_with("parallel-"), "{}", file.name);
            assert!(files[..place].iter().all(|other| other.name != file.name));
        }
        assert_eq!(files[6].text, state.cluster().scenario().manifest);
    }
}
