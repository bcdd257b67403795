//! Writing SVG: a drawing that shapes and texts are added to. It knows no pods; all text that comes in is escaped.

use super::palette::{Palette, Theme};
use crate::ui::words::decimal;

/// A drawing, as wide as was said and as high as it turns out.
pub struct Drawing {
    body: String,
}

/// The corners of a shape, in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Area {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

impl Drawing {
    pub fn new() -> Self {
        Self { body: String::new() }
    }

    /// A rectangle with round corners.
    pub fn rect(&mut self, class: &str, area: Area, radius: f64) {
        let Area { x, y, width, height } = area;
        self.open("rect", class);
        for (name, value) in [("x", x), ("y", y), ("width", width), ("height", height), ("rx", radius)] {
            self.number(name, value);
        }
        self.body.push_str("/>");
    }

    /// A line from one place to another.
    pub fn line(&mut self, class: &str, from: (f64, f64), to: (f64, f64)) {
        self.open("line", class);
        for (name, value) in [("x1", from.0), ("y1", from.1), ("x2", to.0), ("y2", to.1)] {
            self.number(name, value);
        }
        self.body.push_str("/>");
    }

    /// A text whose line begins, or has its middle or its end, at a place; `class` has `middle` or `end` then.
    pub fn text(&mut self, class: &str, x: f64, y: f64, text: &str) {
        self.open("text", class);
        self.number("x", x);
        self.number("y", y);
        self.body.push('>');
        push_escaped(text, &mut self.body);
        self.body.push_str("</text>");
    }

    /// A group that tells what it is when it is pointed at; close it with [`end`](Self::end).
    pub fn titled(&mut self, title: &str) {
        self.body.push_str("<g><title>");
        push_escaped(title, &mut self.body);
        self.body.push_str("</title>");
    }

    pub fn end(&mut self) {
        self.body.push_str("</g>");
    }

    /// The whole file.
    pub fn finish(self, title: &str, width: f64, height: f64, theme: Theme) -> String {
        let (width, height) = (decimal(width), decimal(height));
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" role=\"img\"><title>"
        );
        push_escaped(title, &mut svg);
        svg.push_str("</title><style>");
        svg.push_str(&Palette::of(theme).style());
        svg.push_str(SHAPES);
        svg.push_str("</style>");
        svg.push_str(PATTERNS);
        svg.push_str("<rect class=\"fill-surface\" width=\"100%\" height=\"100%\"/>");
        svg.push_str(&self.body);
        svg.push_str("</svg>\n");
        svg
    }

    fn open(&mut self, element: &str, class: &str) {
        self.body.extend(["<", element, " class=\"", class, "\""]);
    }

    fn number(&mut self, name: &str, value: f64) {
        self.body.extend([" ", name, "=\"", &decimal(value), "\""]);
    }
}

/// How shapes are drawn that are told apart by more than their colour.
const SHAPES: &str = ".middle{text-anchor:middle}.end{text-anchor:end}.edge{stroke-width:2}.thin{stroke-width:1}\
    .dashed{stroke-dasharray:4 3}.dotted{stroke-dasharray:1.5 2.5}.none{fill:none}.faint{opacity:.7}\
    .hatch{fill:url(#hatch)}.stripes{fill:url(#stripes)}\
    .crosses{fill:url(#crosses)}.dots{fill:url(#dots)}.bands{fill:url(#bands)}";

const PATTERNS: &str = "<defs>\
    <pattern id=\"hatch\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">\
    <rect class=\"fill-backoff\" width=\"2\" height=\"5\"/></pattern>\
    <pattern id=\"stripes\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\">\
    <rect class=\"fill-terminating\" width=\"3\" height=\"5\"/></pattern>\
    <pattern id=\"crosses\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">\
    <path class=\"none thin line-failed\" d=\"M0 2h5M2 0v5\"/></pattern>\
    <pattern id=\"dots\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\">\
    <circle class=\"fill-backoff\" cx=\"2.5\" cy=\"2.5\" r=\"1.5\"/></pattern>\
    <pattern id=\"bands\" width=\"5\" height=\"4\" patternUnits=\"userSpaceOnUse\">\
    <rect class=\"fill-running\" width=\"5\" height=\"2\"/></pattern></defs>";

/// The text as XML has it. What XML cannot hold at all becomes a replacement character.
fn push_escaped(text: &str, into: &mut String) {
    for char in text.chars() {
        match char {
            '&' => into.push_str("&amp;"),
            '<' => into.push_str("&lt;"),
            '>' => into.push_str("&gt;"),
            '"' => into.push_str("&quot;"),
            '\t' | '\n' | '\r' => into.push(' '),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => into.push('\u{fffd}'),
            char => into.push(char),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_text_holds_stays_text() {
        let mut drawing = Drawing::new();
        drawing.text("b", 1.0, 2.5, "</text><script>&\"\u{1}\n");
        let svg = drawing.finish("a & b", 10.0, 20.0, Theme::Dark);
        assert!(svg.contains("x=\"1\" y=\"2.5\">&lt;/text&gt;&lt;script&gt;&amp;&quot;\u{fffd} </text>"), "{svg}");
        assert!(svg.contains("<title>a &amp; b</title>") && !svg.contains("<script"));
    }
}
