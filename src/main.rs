//! The entry of the page.

#[cfg(target_arch = "wasm32")]
mod page {
    //! A first page with the editor on it.

    use jobscope::ui::browser::editor::{Diagnostic, Editor, Place, Severity};
    use std::rc::Rc;
    use yew::prelude::*;

    const FIRST: &str = "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: parallel # a name\nspec:\n  parallelism: 5\n  suspend: false\n  template:\n    spec:\n      containers:\n      - name: kuard\n        args: [\"--keygen-enable\"]\n      restartPolicy: Always\n";

    #[component]
    pub fn App() -> Html {
        let doc = use_state(|| AttrValue::from(FIRST));
        let applied = use_state(|| 0_u32);
        let on_change = Callback::from({
            let doc = doc.clone();
            move |text: String| doc.set(text.into())
        });
        let on_apply = Callback::from({
            let applied = applied.clone();
            move |()| applied.set(*applied + 1)
        });
        let again = on_apply.reform(|_: MouseEvent| ());
        let reset = Callback::from({
            let doc = doc.clone();
            move |_: Event| doc.set(FIRST.into())
        });
        let diagnostics: Rc<[Diagnostic]> = doc
            .lines()
            .zip(1..)
            .filter(|(line, _)| line.ends_with("Always"))
            .map(|(_, line)| Diagnostic {
                from: Place { line, column: 7 },
                to: None,
                severity: Severity::Error,
                message: "restartPolicy must be OnFailure or Never".to_owned(),
            })
            .collect();
        html! {
            <main>
                <h1>{ "Jobscope" }</h1>
                <label>{ "Scenario " }<select onchange={reset}><option>{ "First" }</option><option>{ "Second" }</option></select></label>
                <label><input type="radio" name="speed" />{ "Max" }</label>
                <button onclick={again}>{ "Apply" }</button>
                <div style="height: 420px; width: 372px; display: flex; flex-direction: column">
                    <Editor doc={(*doc).clone()} {diagnostics} highlight_line={6} {on_change} {on_apply} />
                </div>
                <section aria-label="Job" data-applied={applied.to_string()}>{ doc.len() }</section>
            </main>
        }
    }
}

#[cfg(target_arch = "wasm32")]
fn main() {
    yew::Renderer::<page::App>::new().render();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!("The page runs in a browser: cargo xtask serve. Natively: cargo run --example run.");
}
