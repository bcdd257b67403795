//! The page: what it shows ([`view_model`], [`words`]), what it remembers and does ([`state`], [`player`]), and how it is
//! drawn. Only the drawing knows Yew, and only `browser` knows the browser.

pub mod player;
pub mod state;
pub mod view_model;
pub mod words;
