//! A list to choose one from. What is chosen is told from outside, also when the person has chosen something else before.

use crate::ui::browser;
use yew::prelude::*;

/// Values and what they are called.
pub type Options = Vec<(AttrValue, AttrValue)>;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub label: AttrValue,
    #[prop_or_default]
    pub class: Classes,
    /// Groups: what each is called (nothing, when it is none), and its options.
    pub groups: Vec<(&'static str, Options)>,
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
        (&props.chosen, &props.groups) != (&old.chosen, &old.groups)
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let props = ctx.props();
        let onchange = ctx.link().callback(|event: Event| browser::select_value(&event));
        html! {
            <select ref={&self.node} class={props.class.clone()} aria-label={props.label.clone()} {onchange}>
                { for props.groups.iter().map(|(label, options)| match *label {
                    "" => options.iter().map(option).collect::<Html>(),
                    label => html! { <optgroup {label}>{ for options.iter().map(option) }</optgroup> },
                }) }
            </select>
        }
    }

    fn rendered(&mut self, ctx: &Context<Self>, _first_render: bool) {
        browser::choose(&self.node, &ctx.props().chosen);
    }
}

fn option((value, name): &(AttrValue, AttrValue)) -> Html {
    html! { <option value={value.clone()}>{ name.clone() }</option> }
}
