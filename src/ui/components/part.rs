//! A part of the page that is drawn anew only when it is told to: what it is given with the same stamp as before is not
//! looked at.

use yew::prelude::*;

#[derive(Properties)]
pub struct Props {
    pub html: Html,
    /// Grows when the part is to be drawn anew.
    pub stamp: u32,
}

impl PartialEq for Props {
    fn eq(&self, other: &Self) -> bool {
        self.stamp == other.stamp
    }
}

pub struct Part;

impl Component for Part {
    type Message = ();
    type Properties = Props;

    fn create(_ctx: &Context<Self>) -> Self {
        Self
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        ctx.props().html.clone()
    }
}
