//! Frames, delays, and the clock that measures them.

use gloo_render::{AnimationFrame, request_animation_frame};
use gloo_timers::callback::Timeout;

/// A frame that was asked for; dropping it takes that back.
pub struct Frame {
    _handle: AnimationFrame,
}

/// Calls back once before the browser next draws, with the time in milliseconds.
pub fn next_frame(call: impl FnOnce(f64) + 'static) -> Frame {
    Frame { _handle: request_animation_frame(call) }
}

/// Something that is to happen later; dropping it takes that back.
pub struct Later {
    _handle: Timeout,
}

/// Calls back once after `delay_ms` milliseconds.
pub fn later(delay_ms: u32, call: impl FnOnce() + 'static) -> Later {
    Later { _handle: Timeout::new(delay_ms, call) }
}

/// Milliseconds since the page was opened.
pub fn now_ms() -> f64 {
    web_sys::window().and_then(|window| window.performance()).map_or(0.0, |performance| performance.now())
}
