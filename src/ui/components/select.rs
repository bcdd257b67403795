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

/// The list. Drawing the page anew leaves alone where a person is in it.
pub struct Select {
    node: NodeRef,
}

impl Component for Select {
    /// What the person has chosen.
    type Message = String;
    type Properties = Props;

    fn create(_ctx: &Context<Self>) -> Self {
        Self { node: NodeRef::default() }
    }

    fn update(&mut self, ctx: &Context<Self>, chosen: String) -> bool {
        ctx.props().on_choose.emit(chosen);
        false
    }

    fn changed(&mut self, ctx: &Context<Self>, old: &Props) -> bool {
        let props = ctx.props();
        (&props.chosen, &props.options) != (&old.chosen, &old.options)
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let props = ctx.props();
        let onchange = ctx.link().callback(|event: Event| browser::select_value(&event));
        html! {
            <select ref={&self.node} class={props.class.clone()} aria-label={props.label.clone()} {onchange}>
                { for props.options.iter().map(|(value, name)| html! {
                    <option value={value.clone()}>{ name.clone() }</option>
                }) }
            </select>
        }
    }

    fn rendered(&mut self, ctx: &Context<Self>, _first_render: bool) {
        browser::choose(&self.node, &ctx.props().chosen);
    }
}
