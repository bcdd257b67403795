//! A small field for a number, a date and time, or a short text. It calls back when the person is done with it, not at each
//! key.

use crate::ui::browser;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub label: AttrValue,
    pub value: AttrValue,
    #[prop_or_default]
    pub min: Option<AttrValue>,
    #[prop_or_default]
    pub max: Option<AttrValue>,
    #[prop_or(AttrValue::Static("any"))]
    pub step: AttrValue,
    #[prop_or(AttrValue::Static("number"))]
    pub kind: AttrValue,
    #[prop_or_default]
    pub on_change: Callback<f64>,
    /// Called with what stands in the field.
    #[prop_or_default]
    pub on_text: Callback<String>,
}

/// The field. Drawing the page anew leaves alone what a person is typing, until the number changes from outside.
pub struct NumberField;

impl Component for NumberField {
    /// What stands in the field when the person is done with it.
    type Message = String;
    type Properties = Props;

    fn create(_ctx: &Context<Self>) -> Self {
        Self
    }

    fn update(&mut self, ctx: &Context<Self>, text: String) -> bool {
        if let Some(number) = crate::sim::parse_decimal(text.trim()) {
            ctx.props().on_change.emit(number);
        }
        ctx.props().on_text.emit(text);
        true
    }

    fn changed(&mut self, ctx: &Context<Self>, old: &Props) -> bool {
        let props = ctx.props();
        (&props.value, &props.label) != (&old.value, &old.label)
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let props = ctx.props();
        let onchange = ctx.link().callback(|event: Event| browser::input_value(&event));
        html! {
            <input class="number" type={props.kind.clone()} aria-label={props.label.clone()} value={props.value.clone()}
                min={props.min.clone()} max={props.max.clone()} step={props.step.clone()} {onchange} />
        }
    }
}
