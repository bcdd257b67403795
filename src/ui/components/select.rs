//! A list to choose one from. What is chosen is told from outside, also when the person has chosen something else before.

use crate::ui::browser;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub label: AttrValue,
    #[prop_or_default]
    pub class: Classes,
    /// Values and what they are called.
    pub options: Vec<(AttrValue, AttrValue)>,
    pub chosen: AttrValue,
    pub on_choose: Callback<String>,
}

#[component]
pub fn Select(props: &Props) -> Html {
    let node = use_node_ref();
    use_effect_with((props.chosen.clone(), props.options.clone()), {
        let node = node.clone();
        move |(chosen, _)| browser::choose(&node, chosen)
    });
    let onchange = props.on_choose.reform(|event: Event| browser::select_value(&event));
    html! {
        <select ref={node} class={props.class.clone()} aria-label={props.label.clone()} {onchange}>
            { for props.options.iter().map(|(value, name)| html! {
                <option value={value.clone()}>{ name.clone() }</option>
            }) }
        </select>
    }
}
