//! What the page needs of the browser. Nothing outside this folder names web_sys, js_sys or gloo.

pub mod editor;
