// The manifest editor: CodeMirror 6 for YAML behind a few functions.
// It knows text, lines and columns, and nothing of Jobs or of the page around it.
import { closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, indentOnInput, indentUnit } from "@codemirror/language";
import { lintGutter, lintKeymap } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { Annotation, EditorState, Prec } from "@codemirror/state";
import {
  EditorView,
  drawSelection,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { diagnosticsOf, lightLine, lineHighlight, showLine } from "./marks.js";
import { colours, theme, typedScalars } from "./theme.js";

// Marks a change made by the program, which onChange must not hear of.
const fromProgram = Annotation.define();

/**
 * Puts an editor into `parent`.
 * options: { doc, label, description?, onChange(text), onApply() }
 * Lines and columns count from 1; columns count characters (code points).
 */
export function create(parent, options) {
  const view = new EditorView({
    parent,
    state: EditorState.create({ doc: options.doc, extensions: extensions(options) }),
  });
  return {
    getDoc: () => view.state.doc.toString(),
    setDoc: (doc) => setDoc(view, doc),
    setDiagnostics: (list) => view.dispatch(diagnosticsOf(view.state, list)),
    lightLine: (line) => lightLine(view, line ?? null),
    highlightLine: (line) => view.dispatch(showLine(view.state, line ?? null)),
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  };
}

function setDoc(view, doc) {
  const { state } = view;
  if (state.doc.toString() === doc) return;
  const anchor = Math.min(state.selection.main.anchor, doc.length);
  view.dispatch({
    changes: { from: 0, to: state.doc.length, insert: doc },
    selection: { anchor },
    annotations: fromProgram.of(true),
  });
}

function extensions({ label, description, onChange, onApply }) {
  return [
    // The page's policy lets only style elements with this nonce in (index.html).
    EditorView.cspNonce.of("editor"),
    Prec.highest(keymap.of([{ key: "Mod-Enter", run: () => (onApply(), true) }])),
    Prec.high(EditorView.contentAttributes.of(names(label, description))),
    EditorView.updateListener.of((update) => heard(update, onChange)),
    lineNumbers(),
    lintGutter(),
    highlightActiveLineGutter(),
    highlightActiveLine(),
    highlightSpecialChars(),
    highlightSelectionMatches(),
    drawSelection(),
    EditorView.lineWrapping,
    history(),
    yaml(),
    indentUnit.of("  "),
    indentOnInput(),
    bracketMatching(),
    closeBrackets(),
    lineHighlight,
    typedScalars,
    colours,
    theme,
    // Tab leaves the field, as everywhere on the page; Ctrl+] and Ctrl+[ indent.
    keymap.of([
      ...closeBracketsKeymap,
      ...defaultKeymap,
      ...searchKeymap,
      ...historyKeymap,
      ...lintKeymap,
    ]),
  ];
}

function names(label, description) {
  // It takes the focus anyway; the tab index says so to those who look for what scrolls without a keyboard.
  const name = { "aria-label": label, tabindex: "0" };
  return description ? { ...name, "aria-description": description } : name;
}

function heard(update, onChange) {
  if (!update.docChanged) return;
  if (update.transactions.some((each) => each.annotation(fromProgram))) return;
  onChange(update.state.doc.toString());
}
