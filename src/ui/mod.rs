//! The page.

pub mod words;
