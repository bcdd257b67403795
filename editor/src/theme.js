// How the editor looks: every colour is one of the page's tokens, so both themes follow the page.
import { HighlightStyle, syntaxHighlighting, syntaxTree } from "@codemirror/language";
import { Prec, RangeSetBuilder } from "@codemirror/state";
import { Decoration, EditorView, ViewPlugin } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const muted = "var(--ink-2)";

export const colours = syntaxHighlighting(
  HighlightStyle.define([
    { tag: tags.definition(tags.propertyName), color: "var(--accent)" },
    { tag: [tags.string, tags.special(tags.string), tags.content], color: "var(--succeeded)" },
    { tag: [tags.keyword, tags.labelName, tags.typeName, tags.attributeValue], color: "var(--terminating)" },
    { tag: [tags.separator, tags.punctuation, tags.squareBracket, tags.brace], color: "var(--ink)" },
    { tag: tags.meta, color: muted },
    { tag: tags.lineComment, color: muted, fontStyle: "italic" },
  ]),
);

// Plain scalars that YAML reads as numbers, booleans or null: the grammar calls all of them literals.
const typed = /^(?:[-+]?(?:0x[\da-f]+|0o[0-7]+|(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?|\.inf)|\.nan|true|false|null|~)$/i;
const typedMark = Decoration.mark({ class: "cm-typed-scalar" });

function markTyped(view) {
  const marks = new RangeSetBuilder();
  for (const { from, to } of view.visibleRanges) {
    syntaxTree(view.state).iterate({
      from,
      to,
      enter(node) {
        if (node.name !== "Literal" || node.matchContext(["Key"])) return;
        if (typed.test(view.state.sliceDoc(node.from, node.to))) marks.add(node.from, node.to, typedMark);
      },
    });
  }
  return marks.finish();
}

// Above the highlighter, so that the inner element, whose colour shows, is this one's.
export const typedScalars = Prec.highest(
  ViewPlugin.fromClass(
    class {
      constructor(view) {
        this.tree = syntaxTree(view.state);
        this.decorations = markTyped(view);
      }
      update(update) {
        const tree = syntaxTree(update.state);
        if (update.docChanged || update.viewportChanged || tree !== this.tree) {
          this.tree = tree;
          this.decorations = markTyped(update.view);
        }
      }
    },
    { decorations: (plugin) => plugin.decorations },
  ),
);

const waved = (colour) => ({
  backgroundImage: "none",
  textDecoration: `underline wavy ${colour}`,
  textDecorationSkipInk: "none",
  textUnderlineOffset: "3px",
});

const field = {
  font: "inherit",
  color: "var(--ink)",
  background: "var(--surface)",
  border: "1px solid var(--line)",
  borderRadius: "var(--r-s)",
};

export const theme = EditorView.theme({
  "&": { height: "100%", color: "var(--ink)", backgroundColor: "var(--surface)", fontSize: "12.5px" },
  "&.cm-focused": { outline: "2px solid var(--accent)", outlineOffset: "-2px" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.6", overflow: "auto" },
  ".cm-content": { padding: "10px 0", caretColor: "var(--ink)" },
  // Not "break-spaces", at which some tools lose the spaces that lines begin with.
  ".cm-content.cm-lineWrapping": { whiteSpace: "pre-wrap" },
  // What a long line goes on with stands a little to the right of where lines begin.
  ".cm-line": { padding: "0 4px 0 calc(6px + 2ch)", textIndent: "-2ch" },
  ".cm-cursor, .cm-dropCursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { color: muted, backgroundColor: "var(--surface)", border: "none" },
  ".cm-lineNumbers .cm-gutterElement": { minWidth: "34px", padding: "0 4px 0 0" },
  ".cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--accent) 5%, transparent)" },
  ".cm-activeLineGutter": { color: "var(--ink)", backgroundColor: "transparent" },
  ".cm-lit-line": { backgroundColor: "var(--accent-soft)", boxShadow: "inset 3px 0 var(--accent)" },
  ".cm-typed-scalar": { color: "var(--backoff)" },
  "& > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground":
    { background: "color-mix(in srgb, var(--accent) 25%, transparent)" },
  ".cm-selectionMatch, &.cm-focused .cm-matchingBracket": {
    backgroundColor: "color-mix(in srgb, var(--accent) 15%, transparent)",
  },
  ".cm-searchMatch": { backgroundColor: "var(--backoff-soft)", outline: "1px solid var(--backoff)" },
  ".cm-searchMatch-selected": { backgroundColor: "color-mix(in srgb, var(--backoff) 45%, transparent)" },
  ".cm-lintRange-error": waved("var(--failed)"),
  ".cm-lintRange-warning": waved("var(--backoff)"),
  ".cm-lintRange-info": waved("var(--running)"),
  ".cm-gutter-lint": { width: "12px" },
  ".cm-gutter-lint .cm-gutterElement": { padding: "0 1px" },
  ".cm-lint-marker": {
    content: "none !important",
    width: "8px",
    height: "8px",
    margin: "6px auto",
    borderRadius: "50%",
    backgroundColor: "var(--running)",
  },
  ".cm-lint-marker-error": { backgroundColor: "var(--failed)" },
  ".cm-lint-marker-warning": { backgroundColor: "var(--backoff)", borderRadius: "2px" },
  ".cm-tooltip": { ...field, boxShadow: "var(--shadow-high)", maxWidth: "44ch" },
  ".cm-diagnostic": { padding: "6px 10px", borderLeft: "3px solid var(--running)" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--failed)" },
  ".cm-diagnostic-warning": { borderLeftColor: "var(--backoff)" },
  ".cm-panels": { color: "var(--ink)", backgroundColor: "var(--sunken)" },
  ".cm-panels-bottom": { borderTop: "1px solid var(--line)" },
  ".cm-panel.cm-panel-lint ul [aria-selected], .cm-panel.cm-panel-lint ul:focus [aria-selected]": {
    color: "var(--ink)",
    backgroundColor: "var(--accent-soft)",
  },
  ".cm-textfield": field,
  ".cm-button": { ...field, backgroundImage: "none" },
  ".cm-panel.cm-search [name=close], .cm-panel.cm-panel-lint [name=close]": { color: "var(--ink-2)" },
});
