//! The dialog in which a link is copied, a frame for another page is made, and files are saved. What is chosen in it is
//! kept by the app; the browser's own dialog sees to the focus and to Escape.

use super::close::dialog_head;
use super::on_click;
use super::select::{Options, Select};
use crate::ui::export::{Export, Theme};
use crate::ui::player::{Playback, Speed};
use crate::ui::share::EmbedSettings;
use yew::prelude::*;

/// What the dialog shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Sharing {
    /// The address with the fragment, as it was when the dialog was opened.
    pub link: String,
    pub snippet: String,
    pub settings: EmbedSettings,
    /// What became of what was asked for last.
    pub said: &'static str,
}

/// What a person does in the dialog.
#[derive(Clone, Debug, PartialEq)]
pub enum ShareAct {
    Open,
    Closed,
    CopyLink,
    CopySnippet,
    Set(EmbedSettings),
    Save(Export),
    Said(&'static str),
    StartFresh,
}

pub fn share_dialog(sharing: &Sharing, node: &NodeRef, act: &Callback<ShareAct>) -> Html {
    html! {
        <dialog class="share" ref={node.clone()} aria-labelledby="share-title" closedby="any"
            onclose={act.reform(|_| ShareAct::Closed)}>
            { dialog_head(node, "share-title", "Share") }
            <p class="share-said" role="status">{ sharing.said }</p>
            { link(sharing, act) }
            { frame(sharing, act) }
            <h3>{ "Save" }</h3>
            <div class="share-files">
                { for Export::ALL.into_iter().map(|export| html! {
                    <button onclick={on_click(act, ShareAct::Save(export))}>{ export.label() }</button>
                }) }
            </div>
            <p class="note">
                { "Nothing leaves this browser. It remembers the scenario that was open last. " }
                <button class="plain" onclick={on_click(act, ShareAct::StartFresh)}>{ "Start fresh" }</button>
            </p>
        </dialog>
    }
}

fn link(sharing: &Sharing, act: &Callback<ShareAct>) -> Html {
    html! {
        <>
            <h3>{ "Link to this moment" }</h3>
            <div class="share-line">
                <input readonly=true aria-label="Link" value={sharing.link.clone()} />
                <button class="primary" onclick={on_click(act, ShareAct::CopyLink)}>{ "Copy link" }</button>
            </div>
            <p class="note">{ format!("{} characters: the scenario, what was done so far, and what you look at", sharing.link.len()) }</p>
        </>
    }
}

fn frame(sharing: &Sharing, act: &Callback<ShareAct>) -> Html {
    let settings = sharing.settings;
    let playing = settings.play == Playback::Playing;
    let play = if playing { Playback::Paused } else { Playback::Playing };
    let speeds: Options = Speed::all().map(|speed| (speed.label().into(), speed.label().into())).collect();
    let themes: Options = THEMES.into_iter().map(|(_, name)| (name.into(), name.into())).collect();
    let theme = THEMES.into_iter().find(|(theme, _)| *theme == settings.theme).map_or("", |(_, name)| name);
    let set_speed = act.reform(move |label: String| {
        let speed = Speed::all().find(|speed| speed.label() == label).unwrap_or(settings.speed);
        ShareAct::Set(EmbedSettings { speed, ..settings })
    });
    let set_theme = act.reform(move |name: String| {
        let theme = THEMES.into_iter().find(|(_, known)| *known == name).and_then(|(theme, _)| theme);
        ShareAct::Set(EmbedSettings { theme, ..settings })
    });
    html! {
        <>
            <h3>{ "Frame for an article" }</h3>
            <div class="share-line">
                <label>
                    <input type="checkbox" checked={playing} onchange={act.reform(move |_: Event| ShareAct::Set(EmbedSettings { play, ..settings }))} />
                    { "Plays by itself" }
                </label>
                <Select label="Speed of the frame" groups={vec![("", speeds)]} chosen={settings.speed.label()} on_choose={set_speed} />
                <Select label="Theme of the frame" groups={vec![("", themes)]} chosen={theme} on_choose={set_theme} />
            </div>
            <div class="share-line">
                <textarea readonly=true rows="3" aria-label="HTML of the frame" value={sharing.snippet.clone()} />
                <button onclick={on_click(act, ShareAct::CopySnippet)}>{ "Copy HTML" }</button>
            </div>
        </>
    }
}

const THEMES: [(Option<Theme>, &str); 3] =
    [(None, "Reader's theme"), (Some(Theme::Light), "Light"), (Some(Theme::Dark), "Dark")];
