//! The page's small pictures, drawn in the colour of the text around them.

use yew::prelude::*;

pub fn brand() -> Html {
    html! {
        <svg width="22" height="22" viewBox="0 0 22 22" aria-hidden="true">
            <circle cx="11" cy="11" r="9" fill="none" stroke="var(--accent)" stroke-width="2.4"
                stroke-dasharray="38 60" transform="rotate(-90 11 11)" />
            <rect x="7.5" y="7.5" width="7" height="7" rx="2" fill="var(--accent)" />
        </svg>
    }
}

pub fn play() -> Html {
    path("M5 3v10l8-5z")
}

pub fn pause() -> Html {
    path("M4 3h3v10H4zM9 3h3v10H9z")
}

pub fn step() -> Html {
    path("M3 3v10l7-5zM11 3h2v10h-2z")
}

pub fn step_back() -> Html {
    path("M13 3v10L6 8zM3 3h2v10H3z")
}

pub fn skip() -> Html {
    path("M1 3v10l6-5zM7 3v10l6-5zM13 3h2v10h-2z")
}

pub fn back() -> Html {
    path("M10 3v10L4 8z")
}

pub fn on() -> Html {
    path("M6 3v10l6-5z")
}

pub fn restart() -> Html {
    path("M8 3V.8L4.4 4 8 7.2V5a3.5 3.5 0 1 1-3.5 3.5h-2A5.5 5.5 0 1 0 8 3z")
}

pub fn theme() -> Html {
    path("M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1zm0 1.6v10.8A5.4 5.4 0 0 1 8 2.6z")
}

pub fn projector() -> Html {
    path("M1 2h14v9H1zm1.6 1.6v5.8h10.8V3.6zM7.2 11h1.6v1.6l2.6 2.4H9.1L8 13.9 6.9 15H4.6l2.6-2.4z")
}

pub fn dice() -> Html {
    path(
        "M3 2h10a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H3a1 1 0 0 1-1-1V3a1 1 0 0 1 1-1zm2 2a1 1 0 1 0 0 2 1 1 0 0 0 0-2zm3 3a1 1 0 1 0 0 2 1 1 0 0 0 0-2zm3 3a1 1 0 1 0 0 2 1 1 0 0 0 0-2z",
    )
}

pub fn close() -> Html {
    path("M4.2 3 8 6.8 11.8 3 13 4.2 9.2 8l3.8 3.8-1.2 1.2L8 9.2 4.2 13 3 11.8 6.8 8 3 4.2z")
}

fn path(shape: &'static str) -> Html {
    html! {
        <svg class="icon" width="16" height="16" viewBox="0 0 16 16" fill="currentColor" fill-rule="evenodd" aria-hidden="true">
            <path d={shape} />
        </svg>
    }
}
