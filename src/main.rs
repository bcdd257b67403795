//! The entry of the page.

#[cfg(target_arch = "wasm32")]
fn main() {
    yew::Renderer::<jobscope::ui::app::App>::new().render();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!("The page runs in a browser: cargo xtask serve. Natively: cargo run --example run.");
}
