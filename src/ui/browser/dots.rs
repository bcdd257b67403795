//! Lanes of very many pods, a dot for each on one canvas. Only the dots that have changed are painted again. It knows what
//! a canvas says about itself in its `data-` attributes, and nothing of pods.

use wasm_bindgen::prelude::*;
use web_sys::MouseEvent;

#[wasm_bindgen(inline_js = r#"
const SIDE = 10, ROWS_MORE = 5;
const painted = new WeakMap();
const numbers = ({ filled, places, columns, chosen }) => [filled, places, columns, chosen].map(Number);
const colours_of = (canvas) => {
    const style = getComputedStyle(canvas);
    return { dot: style.color, seat: style.getPropertyValue("--seat"), edge: style.getPropertyValue("--ink") };
};
export const paint_dots = () => {
    const { theme } = document.documentElement.dataset;
    for (const canvas of document.querySelectorAll("canvas.dots")) {
        const [filled, places, columns, chosen] = numbers(canvas.dataset);
        const before = painted.get(canvas);
        // Room for some more: another size is costly, as the page is then laid out anew and all dots are painted again.
        const rows = Math.max(before?.rows ?? 0, ROWS_MORE * Math.max(1, Math.ceil(places / columns / ROWS_MORE)));
        // Asking for colours is costly, as the browser then lays out the page at once.
        const colours = before?.theme === theme ? before.colours : colours_of(canvas);
        const kept = before?.theme === theme && before.columns === columns && before.rows === rows;
        const was = kept ? before : { filled: 0, places: 0, chosen: -1 };
        if (kept && was.filled === filled && was.places === places && was.chosen === chosen) continue;
        if (!kept) [canvas.width, canvas.height] = [columns * SIDE, rows * SIDE];
        const context = canvas.getContext("2d");
        const paint = (from, to, colour, alpha) => {
            context.globalAlpha = alpha;
            context.fillStyle = colour;
            context.beginPath();
            for (let place = from; place < to; place++) {
                const x = (place % columns) * SIDE, y = Math.floor(place / columns) * SIDE;
                context.clearRect(x, y, SIDE, SIDE);
                if (place < places) context.roundRect(x + 1, y + 1, SIDE - 2, SIDE - 2, Number(canvas.dataset.round));
            }
            context.fill();
        };
        const dots = (from, to) => paint(from, to, colours.dot, 1);
        const seats = (from, to) => paint(from, to, colours.seat, 0.55);
        dots(Math.min(was.filled, filled), filled);
        seats(filled, was.filled);
        seats(Math.max(filled, Math.min(was.places, places)), Math.max(was.places, places));
        if (was.chosen >= 0) (was.chosen < filled ? dots : seats)(was.chosen, was.chosen + 1);
        if (chosen >= 0) paint(chosen, chosen + 1, colours.edge, 1);
        painted.set(canvas, { filled, places, columns, rows, chosen, theme, colours });
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
