//! The app's part in sharing: the dialog, copies, files, and what this device remembers.

use super::{App, Msg};
use crate::cluster::gallery;
use crate::cluster::link;
use crate::ui::browser;
use crate::ui::components::header::SHARE_ID;
use crate::ui::components::share_dialog::{ShareAct, Sharing};
use crate::ui::export::{Export, Form, Theme, export};
use crate::ui::query::Layout;
use crate::ui::share::EmbedSettings;
use crate::ui::state::{Action, Shared, State, split_kept};
use std::rc::Rc;
use yew::prelude::*;

const NOT_COPIED: &str = "The browser did not let it be copied. Select the text and copy it yourself.";

/// The page as it opens: with the link of the address, else (unless it stands in another page) with what this device
/// remembers, else as ever.
pub fn open(layout: Layout) -> State {
    let fragment = browser::fragment();
    let recalled = if fragment.is_empty() && layout == Layout::Page { browser::recalled() } else { None };
    let Some(recalled) = recalled.filter(|kept| link::decode(split_kept(kept).0).is_ok()) else {
        return State::open(&fragment);
    };
    State::open(&recalled)
}

/// The run, how many commands it has, and the text in the editor.
pub type Remembered = (u32, usize, Rc<str>);

/// What tells whether there is something new to remember.
pub fn what_to_remember(state: &State) -> Remembered {
    (state.run, state.cluster().scenario().commands.len(), state.manifest.clone())
}

/// The address of the whole page for what is embedded.
pub fn whole_page() -> String {
    browser::page_address() + &browser::fragment()
}

impl App {
    /// Keeps the scenario, and the text that is not applied yet, on this device when they are others than before.
    pub(super) fn remember(&mut self) {
        let remembered = what_to_remember(&self.state);
        if self.layout == Layout::Page && self.remembered != remembered {
            self.remembered = remembered;
            browser::keep(&self.state.to_keep());
        }
    }

    pub(super) fn share(&mut self, ctx: &Context<Self>, act: ShareAct) {
        match act {
            ShareAct::Open => self.open_dialog(),
            ShareAct::Closed => {
                self.sharing = None;
                self.focus_back = true;
            }
            ShareAct::Set(settings) => self.set(settings),
            ShareAct::CopyLink => self.copy(ctx, Shared::Link),
            ShareAct::CopySnippet => self.copy(ctx, Shared::Frame),
            ShareAct::Save(wanted) => self.save(ctx, wanted),
            ShareAct::Said(sentence) => {
                self.sharing.iter_mut().for_each(|sharing| sharing.said = sentence);
            }
            ShareAct::StartFresh => {
                browser::close_dialog(&self.dialog);
                self.act(Action::ChooseScenario(gallery::entries()[0].id.to_owned()));
                self.remembered = what_to_remember(&self.state);
                browser::keep("");
            }
        }
    }

    /// Shows the dialog; once it is gone, the focus goes back to the button that opened it.
    pub(super) fn show_dialog(&mut self) {
        browser::open_dialog(&self.dialog);
        if std::mem::take(&mut self.focus_back) {
            browser::focus(SHARE_ID);
        }
    }

    /// The link stands in the address bar from then on, too.
    fn open_dialog(&mut self) {
        let fragment = link::encode(self.state.cluster().scenario(), &self.state.link_view());
        browser::set_fragment(&fragment);
        let link = browser::page_address() + &fragment;
        self.sharing = Some(Sharing { link, snippet: String::new(), settings: EmbedSettings::default(), said: "" });
        self.set(EmbedSettings::default());
    }

    fn set(&mut self, settings: EmbedSettings) {
        let Some(sharing) = &mut self.sharing else { return };
        let (page, fragment) = sharing.link.split_once('#').unwrap_or((&sharing.link, ""));
        let subject = self.state.settings_name().unwrap_or_else(|| "Jobscope".into());
        sharing.snippet = settings.snippet(page, &format!("#{fragment}"), &format!("Jobscope: {subject}"));
        sharing.settings = settings;
    }

    fn copy(&mut self, ctx: &Context<Self>, what: Shared) {
        let Some(sharing) = &self.sharing else { return };
        let text = match what {
            Shared::Link => sharing.link.clone(),
            Shared::Frame => sharing.snippet.clone(),
        };
        let (length, link, dialog) = (text.chars().count(), ctx.link().clone(), self.dialog.clone());
        browser::copy(text, move |was_copied| {
            if was_copied {
                browser::close_dialog(&dialog);
                link.send_message(Msg::Act(Action::Copied { what, length }));
            } else {
                link.send_message(Msg::Share(ShareAct::Said(NOT_COPIED)));
            }
        });
    }

    fn save(&mut self, ctx: &Context<Self>, wanted: Export) {
        let theme = if browser::is_dark() { Theme::Dark } else { Theme::Light };
        let file = export(wanted, &self.state, theme);
        match file.form {
            Form::Text => {
                browser::save_text(&file.name, file.media_type, &file.text);
                self.share(ctx, ShareAct::Said("The file is saved."));
            }
            Form::Png => {
                let link = ctx.link().clone();
                browser::save_png(file.name, file.text, move |saved| {
                    let said = if saved { "The picture is saved." } else { "The browser could not draw the picture." };
                    link.send_message(Msg::Share(ShareAct::Said(said)));
                });
            }
        }
    }
}
