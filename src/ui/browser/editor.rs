//! The manifest editor: a Yew component around the CodeMirror bundle in `editor/`.
//! Owns the loading of the bundle, and the field that stands in for it until it is there.
//! Knows text, lines and columns; must not know what a Job is.

use crate::api::problem::{Position, Problem, Severity};
use serde::Serialize;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{HtmlElement, HtmlTextAreaElement};
use yew::prelude::*;

const LABEL: &str = "Manifest";
const DESCRIPTION: &str = "Control with ] or [ indents.";

#[derive(Properties, PartialEq)]
pub struct Props {
    /// The text. A change of it replaces what the editor holds, unless that is the same already,
    /// so feed back what `on_change` says.
    pub doc: AttrValue,
    /// What is wrong with it, marked at its places.
    pub problems: Rc<[Problem]>,
    /// The line (from 1) to light within the editor, wherever the page is scrolled to.
    #[prop_or_default]
    pub lit_line: Option<u32>,
    /// The line (from 1) to light and to scroll to.
    #[prop_or_default]
    pub highlight_line: Option<u32>,
    /// Called with the whole text when the person, not the program, has changed it.
    pub on_change: Callback<String>,
    /// Called on Ctrl+Enter or Cmd+Enter.
    pub on_apply: Callback<()>,
}

/// A text box named "Manifest": a plain one until the bundle has come (or for good, if it does not
/// come), then CodeMirror, with whatever was typed meanwhile.
pub struct Editor {
    host: NodeRef,
    plain: NodeRef,
    text: AttrValue,
    code_mirror: Option<CodeMirror>,
}

pub enum Msg {
    Loaded(Result<JsValue, JsValue>),
    Changed(String),
    Applied,
}

impl Component for Editor {
    type Message = Msg;
    type Properties = Props;

    fn create(ctx: &Context<Self>) -> Self {
        ctx.link().send_future(async { Msg::Loaded(load().await) });
        Self { host: NodeRef::default(), plain: NodeRef::default(), text: ctx.props().doc.clone(), code_mirror: None }
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        match msg {
            Msg::Loaded(Ok(bundle)) => self.start(ctx, &bundle),
            // The console has the browser's own word on it; the plain field stays.
            Msg::Loaded(Err(_)) => false,
            Msg::Changed(text) => {
                self.text = text.clone().into();
                ctx.props().on_change.emit(text);
                false
            }
            Msg::Applied => {
                ctx.props().on_apply.emit(());
                false
            }
        }
    }

    fn changed(&mut self, ctx: &Context<Self>, old: &Props) -> bool {
        let props = ctx.props();
        if props.doc != old.doc {
            self.text = props.doc.clone();
        }
        if let Some(code_mirror) = &self.code_mirror {
            code_mirror.show(props, Some(old));
        }
        self.code_mirror.is_none()
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        html! {
            <>
                <div class="editor" ref={&self.host} />
                if self.code_mirror.is_none() {
                    { self.plain_field(ctx) }
                }
            </>
        }
    }
}

impl Editor {
    /// Puts CodeMirror in the plain field's place. Returns whether there is something to redraw.
    fn start(&mut self, ctx: &Context<Self>, bundle: &JsValue) -> bool {
        let Some(host) = self.host.cast::<HtmlElement>() else {
            return false;
        };
        let Some(code_mirror) = CodeMirror::start(ctx, bundle, &host, &self.text) else {
            return false;
        };
        code_mirror.show(ctx.props(), None);
        if self.plain_has_focus() {
            code_mirror.view.focus();
        }
        self.code_mirror = Some(code_mirror);
        true
    }

    fn plain_has_focus(&self) -> bool {
        let active = gloo_utils::document().active_element();
        active.is_some() && active == self.plain.cast()
    }

    fn plain_field(&self, ctx: &Context<Self>) -> Html {
        let oninput = ctx
            .link()
            .callback(|event: InputEvent| Msg::Changed(event.target_unchecked_into::<HtmlTextAreaElement>().value()));
        let onkeydown = ctx.link().batch_callback(|event: KeyboardEvent| {
            let apply = event.key() == "Enter" && (event.ctrl_key() || event.meta_key());
            apply.then_some(Msg::Applied)
        });
        html! {
            <textarea class="editor-plain" aria-label={LABEL} spellcheck="false" ref={&self.plain}
                value={self.text.clone()} {oninput} {onkeydown} />
        }
    }
}

/// The running CodeMirror and the closures that it calls; dropping it removes it from the page.
struct CodeMirror {
    view: View,
    _on_change: Closure<dyn Fn(String)>,
    _on_apply: Closure<dyn Fn()>,
}

impl CodeMirror {
    fn start(ctx: &Context<Editor>, bundle: &JsValue, host: &HtmlElement, doc: &str) -> Option<Self> {
        let (changed, applied) = (ctx.link().clone(), ctx.link().clone());
        let on_change = Closure::new(move |text| changed.send_message(Msg::Changed(text)));
        let on_apply = Closure::new(move || applied.send_message(Msg::Applied));
        let view = create(bundle, host, doc, LABEL, DESCRIPTION, &on_change, &on_apply);
        Some(Self { view: view.ok()?, _on_change: on_change, _on_apply: on_apply })
    }

    /// Brings the view to `props`, as far as they differ from `old`.
    fn show(&self, props: &Props, old: Option<&Props>) {
        if let Some(old) = old
            && old.doc != props.doc
        {
            self.view.set_doc(&props.doc);
        }
        if old.is_none_or(|old| old.problems != props.problems) {
            self.view.set_diagnostics(&json(&props.problems));
        }
        if old.is_none_or(|old| old.lit_line != props.lit_line) {
            self.view.light_line(props.lit_line);
        }
        if old.is_none_or(|old| old.highlight_line != props.highlight_line) {
            self.view.highlight_line(props.highlight_line);
        }
    }
}

impl Drop for CodeMirror {
    fn drop(&mut self) {
        self.view.destroy();
    }
}

/// A problem as the bundle takes it. Without `to` it reaches to the end of its line; a place outside the text is moved into
/// it.
#[derive(Serialize)]
struct Diagnostic<'a> {
    from: Place,
    to: Option<Place>,
    severity: &'static str,
    message: &'a str,
}

/// Lines and columns count from 1, columns in characters.
#[derive(Serialize)]
struct Place {
    line: usize,
    column: usize,
}

fn json(problems: &[Problem]) -> JsValue {
    let place = |at: Position| Place { line: at.line, column: at.column };
    let mut diagnostics = Vec::new();
    for Problem { severity, start, end, message, .. } in problems {
        let severity = match severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "info",
        };
        diagnostics.push(Diagnostic { from: place(*start), to: end.map(place), severity, message });
    }
    let text = serde_json::to_string(&diagnostics).unwrap_or_default();
    js_sys::JSON::parse(&text).unwrap_or_else(|_| js_sys::Array::new().into())
}

// The bundle is fetched when the page already runs, from beside the page, wherever that is.
#[wasm_bindgen(inline_js = r#"
export const load = () => import(new URL("editor.js", document.baseURI).href);
export const create = (bundle, parent, doc, label, description, onChange, onApply) =>
    bundle.create(parent, { doc, label, description, onChange, onApply });
"#)]
extern "C" {
    #[wasm_bindgen(catch)]
    async fn load() -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch)]
    fn create(
        bundle: &JsValue,
        parent: &HtmlElement,
        doc: &str,
        label: &str,
        description: &str,
        on_change: &Closure<dyn Fn(String)>,
        on_apply: &Closure<dyn Fn()>,
    ) -> Result<View, JsValue>;
}

#[wasm_bindgen]
extern "C" {
    type View;

    #[wasm_bindgen(method, js_name = setDoc)]
    fn set_doc(this: &View, doc: &str);
    #[wasm_bindgen(method, js_name = setDiagnostics)]
    fn set_diagnostics(this: &View, diagnostics: &JsValue);
    #[wasm_bindgen(method, js_name = lightLine)]
    fn light_line(this: &View, line: Option<u32>);
    #[wasm_bindgen(method, js_name = highlightLine)]
    fn highlight_line(this: &View, line: Option<u32>);
    #[wasm_bindgen(method)]
    fn focus(this: &View);
    #[wasm_bindgen(method)]
    fn destroy(this: &View);
}
