//! A row of tabs, as assistive technology knows them; `browser::watch_focus` lets arrows lead from one to the next.

use yew::prelude::*;

/// Tabs about what `label` says, whose panels have the ids `panel-` and the tab's name in small letters.
pub fn tabs(label: &'static str, names: &'static [&'static str], chosen: usize, choose: &Callback<usize>) -> Html {
    html! {
        <div class="tabs" role="tablist" aria-label={label}>
            { for names.iter().enumerate().map(|(place, name)| {
                let on = place == chosen;
                html! {
                    <button role="tab" aria-selected={on.to_string()} aria-controls={panel_id(name)}
                        tabindex={if on { "0" } else { "-1" }} onclick={choose.reform(move |_| place)}>
                        { name }
                    </button>
                }
            }) }
        </div>
    }
}

/// The id of the panel of a tab.
pub fn panel_id(name: &str) -> String {
    format!("panel-{}", name.to_ascii_lowercase().replace(' ', "-"))
}
