//! Lanes of very many pods, a dot for each on one canvas. Only the dots that have changed are painted again. It knows what
//! a canvas says about itself in its `data-` attributes, and nothing of pods.

use wasm_bindgen::prelude::*;
use web_sys::MouseEvent;

#[wasm_bindgen(inline_js = r#"
const SIDE = 10;
const painted = new WeakMap();
const numbers = ({ filled, places, columns, chosen }) => [filled, places, columns, chosen].map(Number);
export const paint_dots = () => {
    const { theme } = document.documentElement.dataset;
    for (const canvas of document.querySelectorAll("canvas.dots")) {
        const [filled, places, columns, chosen] = numbers(canvas.dataset);
        const last = painted.get(canvas);
        const same = last && last.places === places && last.columns === columns && last.theme === theme;
        if (same && last.filled === filled && last.chosen === chosen) continue;
        if (!same) [canvas.width, canvas.height] = [columns * SIDE, Math.max(1, Math.ceil(places / columns)) * SIDE];
        const style = same ? last.style : getComputedStyle(canvas);
        const colours = same ? last.colours
            : { dot: style.color, seat: style.getPropertyValue("--seat"), edge: style.getPropertyValue("--ink") };
        const context = canvas.getContext("2d");
        const paint = (from, to, colour, alpha) => {
            context.globalAlpha = alpha;
            context.fillStyle = colour;
            context.beginPath();
            for (let place = from; place < to; place++) {
                const x = (place % columns) * SIDE, y = Math.floor(place / columns) * SIDE;
                context.clearRect(x, y, SIDE, SIDE);
                context.roundRect(x + 1, y + 1, SIDE - 2, SIDE - 2, Number(canvas.dataset.round));
            }
            context.fill();
        };
        const was = same ? last.filled : 0;
        paint(Math.min(was, filled), filled, colours.dot, 1);
        paint(filled, same ? Math.max(was, filled) : places, colours.seat, 0.55);
        for (const place of same ? [last.chosen] : []) {
            if (place >= 0) paint(place, place + 1, place < filled ? colours.dot : colours.seat, place < filled ? 1 : 0.55);
        }
        if (chosen >= 0) paint(chosen, chosen + 1, colours.edge, 1);
        painted.set(canvas, { filled, places, columns, chosen, theme, style, colours });
    }
};
export const dot_at = ({ target, clientX, clientY }) => {
    const box = target.getBoundingClientRect(), { columns } = target.dataset;
    const column = Math.floor((clientX - box.left) / box.width * columns);
    return Math.floor((clientY - box.top) / box.height * target.height / SIDE) * columns + column;
};
export const name_dot = ({ target }, name) => { target.title = name; };
"#)]
extern "C" {
    /// Paints what has changed on all canvases of dots.
    pub fn paint_dots();

    /// The place of the dot under the pointer, from 0.
    pub fn dot_at(event: &MouseEvent) -> u32;

    /// Says what the dot under the pointer stands for.
    pub fn name_dot(event: &MouseEvent, name: &str);
}
