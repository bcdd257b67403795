//! A small field for a number. It calls back when the person is done with it, not at each key.

use crate::ui::browser;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub label: AttrValue,
    pub value: AttrValue,
    pub min: AttrValue,
    #[prop_or_default]
    pub max: Option<AttrValue>,
    #[prop_or(AttrValue::Static("any"))]
    pub step: AttrValue,
    pub on_change: Callback<f64>,
}

#[component]
pub fn NumberField(props: &Props) -> Html {
    let onchange = {
        let on_change = props.on_change.clone();
        Callback::from(move |event: Event| {
            if let Some(number) = browser::input_value(&event).parse::<f64>().ok().filter(|number| number.is_finite()) {
                on_change.emit(number);
            }
        })
    };
    html! {
        <input class="number" type="number" aria-label={props.label.clone()} value={props.value.clone()}
            min={props.min.clone()} max={props.max.clone()} step={props.step.clone()} {onchange} />
    }
}
