//! The page: what it shows ([`view_model`], [`words`]), what it remembers and does ([`state`], [`player`], [`lists`]), and
//! how it is drawn. Only the drawing knows Yew, and only `browser` knows the browser.

pub mod export;
pub mod lists;
pub mod player;
pub mod query;
pub mod share;
pub mod shortcut;
pub mod state;
pub mod turns;
pub mod twin;
pub mod view_model;
pub mod words;

#[cfg(target_arch = "wasm32")]
pub mod app;
#[cfg(target_arch = "wasm32")]
pub mod browser;
#[cfg(target_arch = "wasm32")]
pub mod components;
#[cfg(target_arch = "wasm32")]
mod embed;
#[cfg(target_arch = "wasm32")]
mod page;
