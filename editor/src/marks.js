// What is drawn over the text: diagnostics under it, and one line lit.
// Places come in as lines and columns counted from 1; anything outside the text is moved into it.
import { setDiagnostics } from "@codemirror/lint";
import { StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView } from "@codemirror/view";

/** The transaction that shows `list` of { from, to?, severity, message } in place of what was shown. */
export function diagnosticsOf(state, list) {
  return setDiagnostics(
    state,
    list.map(({ from, to, severity, message }) => ({ ...span(state.doc, from, to), severity, message })),
  );
}

/** Without an end, the rest of the line from `from` on is meant; never less than one character if there is one. */
function span(doc, from, to) {
  const line = lineAt(doc, from.line);
  const start = offset(line, from.column);
  let end = to ? offset(lineAt(doc, to.line), to.column) : line.from + line.text.trimEnd().length;
  if (end <= start) end = Math.min(start + 1, line.to);
  return end > start ? { from: start, to: end } : { from: line.from, to: line.to };
}

function lineAt(doc, number) {
  return doc.line(Math.min(Math.max(number, 1), doc.lines));
}

/** Columns count code points, CodeMirror counts UTF-16 units. */
function offset(line, column) {
  const before = Array.from(line.text).slice(0, Math.max(column - 1, 0)).join("");
  return line.from + before.length;
}

const setLine = StateEffect.define();
const lit = Decoration.line({ class: "cm-lit-line" });

/** The transaction that lights line `number` and scrolls it into view; null puts the light out. */
export function showLine(state, number) {
  if (number === null) return { effects: setLine.of(null) };
  const { from } = lineAt(state.doc, number);
  return { effects: [setLine.of(from), EditorView.scrollIntoView(from, { y: "nearest", yMargin: 40 })] };
}

/** Lights line `number` and brings it into the editor's own view, without moving the page; null puts the light out. */
export function lightLine(view, number) {
  if (number === null) return view.dispatch({ effects: setLine.of(null) });
  const { from } = lineAt(view.state.doc, number);
  view.dispatch({ effects: setLine.of(from) });
  const { scrollDOM } = view;
  const { top, bottom } = view.lineBlockAt(from);
  if (top < scrollDOM.scrollTop || bottom > scrollDOM.scrollTop + scrollDOM.clientHeight) {
    scrollDOM.scrollTop = top - scrollDOM.clientHeight / 2;
  }
}

export const lineHighlight = StateField.define({
  create: () => Decoration.none,
  update(lines, transaction) {
    let next = lines.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (effect.is(setLine)) {
        next = effect.value === null ? Decoration.none : Decoration.set([lit.range(effect.value)]);
      }
    }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});
