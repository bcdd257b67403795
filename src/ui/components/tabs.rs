//! A row of tabs, as assistive technology and the keyboard know them.

use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct Props {
    /// What the tabs are about.
    pub label: AttrValue,
    pub names: Vec<&'static str>,
    pub chosen: usize,
    pub choose: Callback<usize>,
}

/// Tabs whose panels have the ids `panel-` and the tab's name in small letters.
#[component]
pub fn Tabs(props: &Props) -> Html {
    let count = props.names.len().max(1);
    let onkeydown = {
        let (choose, chosen) = (props.choose.clone(), props.chosen);
        Callback::from(move |event: KeyboardEvent| match event.key().as_str() {
            "ArrowRight" => choose.emit((chosen + 1) % count),
            "ArrowLeft" => choose.emit((chosen + count - 1) % count),
            _ => {}
        })
    };
    html! {
        <div class="tabs" role="tablist" aria-label={props.label.clone()} {onkeydown}>
            { for props.names.iter().enumerate().map(|(place, name)| {
                let on = place == props.chosen;
                html! {
                    <button role="tab" aria-selected={on.to_string()} aria-controls={panel_id(name)}
                        tabindex={if on { "0" } else { "-1" }} onclick={props.choose.reform(move |_| place)}>
                        { *name }
                    </button>
                }
            }) }
        </div>
    }
}

/// The id of the panel of a tab.
pub fn panel_id(name: &str) -> String {
    format!("panel-{}", name.to_lowercase().replace(' ', "-"))
}
