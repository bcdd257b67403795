//! The focus among many: arrows lead from a pod, a card or a tab to the one beside it, so that one of them is enough for the
//! Tab key; a pod that goes to another lane takes the focus along; and a pod's card that is closed gives it back to what
//! had it before. What is asked for from far down the page comes into view. It knows classes, not what they stand for.

use wasm_bindgen::prelude::*;

#[wasm_bindgen(inline_js = r#"
const ITEMS = ".tiles button, .job-card, .taken .item, .log .ask, .start, [role=tab]";
const GROUPS = ".stage, .job-cards, .taken, .log, .starts, .tabs";
const STOPS = ".tiles, .job-cards, .taken, .log, .starts, .tabs";
const WAYS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };
let last, stops, held = false, card, beforeCard;
const beside = (item, [x, y]) => {
    const here = item.getBoundingClientRect();
    let best, least = Infinity;
    for (const other of item.closest(GROUPS).querySelectorAll(ITEMS)) {
        const there = other.getBoundingClientRect();
        const right = there.left - here.left, down = there.top - here.top;
        const along = right * x + down * y, across = Math.abs(right * y) + Math.abs(down * x);
        if (there.width && along > 2 && along + 4 * across < least) {
            [best, least] = [other, along + 4 * across];
        }
    }
    return best;
};
export const watch_focus = () => {
    addEventListener("keydown", (event) => {
        const way = WAYS[event.key], item = event.target;
        if (!way || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || !item.matches?.(ITEMS)) return;
        const next = beside(item, way);
        if (!next) return;
        event.preventDefault();
        next.focus();
        if (next.role === "tab") next.click();
    }, true);
    addEventListener("focusin", ({ target, relatedTarget }) => {
        const within = target.closest(".pod-card");
        if (within && within !== card) beforeCard = relatedTarget;
        card = within;
        held = target.matches(ITEMS);
        if (!held) return;
        [last, stops] = [target, target.closest(STOPS)];
        stops.querySelectorAll(ITEMS).forEach((item) => { item.tabIndex = item === last ? 0 : -1; });
    });
    addEventListener("pointerdown", () => { held = false; });
};
export const keep_focus = () => {
    if (card && !card.isConnected) {
        card = null;
        give_focus_back(beforeCard?.isConnected ? beforeCard : last);
    }
    if (!last || last.isConnected) return;
    const again = last.dataset.pod && document.querySelector(`[data-pod="${last.dataset.pod}"]`);
    const left = stops.querySelector("[tabindex='0']") ?? stops.querySelector(ITEMS);
    if (left) left.tabIndex = 0;
    last = again || left;
    if (held) give_focus_back();
};
export const give_focus_back = (to = last) => {
    if (document.activeElement === document.body) to?.focus({ preventScroll: true });
};
export const show_answer = () => { document.querySelector(".why")?.scrollIntoView({ block: "nearest" }); };
"#)]
extern "C" {
    /// Lets arrows lead from one to the next, from now on.
    pub fn watch_focus();

    /// Gives the focus back when what had it has been drawn anew elsewhere.
    pub fn keep_focus();

    /// Gives the focus back to what had it before a dialog or a card that is gone.
    pub fn give_focus_back();

    /// Brings the answer into view, unless it is there.
    pub fn show_answer();
}
