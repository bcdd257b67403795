//! What the page needs of the browser. Nothing outside this folder names web_sys, js_sys or gloo, and nothing in here
//! knows what a Job is.

mod address;
mod dots;
pub mod editor;
mod files;
mod flip;
mod focus;
mod frames;
mod keys;
mod root;
mod zones;

pub use address::{copy, fragment, on_fragment_change, page_address, query, set_fragment};
pub use dots::{dot_at, name_dot, paint_dots};
pub use files::{keep, recalled, save_png, save_text};
pub use flip::{Places, play_moves, pod_places};
pub use focus::{give_focus_back, keep_focus, show_answer, watch_focus};
pub use frames::{Frame, Later, later, next_frame, now_ms};
pub use keys::{Listener, on_shortcut};
pub use root::{
    RootState, attribute, choose, close_dialog, focus, input_value, is_dark, is_projector, new_seed, open_dialog,
    range_value, reveal, scroll_to_last, scroll_top, select_value, show_on_root, toggle_projector, toggle_theme,
};
pub use zones::{load_zones, zone_name};
