// What the console takes of CodeMirror, as one global: Editor.create.
import {autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap} from "@codemirror/autocomplete"
import {defaultKeymap, history, historyKeymap} from "@codemirror/commands"
import {SQLDialect, PostgreSQL, sql} from "@codemirror/lang-sql"
import {bracketMatching, indentOnInput, syntaxHighlighting} from "@codemirror/language"
import {Compartment, EditorState, Prec} from "@codemirror/state"
import {drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers, placeholder} from "@codemirror/view"
import {classHighlighter} from "@lezer/highlight"

// DuckDB is close to PostgreSQL; these are the words that it adds.
const more = "pivot unpivot qualify exclude replace asof positional anti semi summarize describe macro sample list_agg"
const dialect = SQLDialect.define({...PostgreSQL.spec, keywords: PostgreSQL.spec.keywords + " " + more})

// create puts an editor into parent. Options: doc, hint, nonce (for the styles, which the page's
// policy refuses otherwise), label, run(text) on Ctrl-Enter, changed(text).
export function create(parent, options) {
	const language = new Compartment()
	const run = {key: "Mod-Enter", run: view => { options.run(view.state.doc.toString()); return true }}
	const view = new EditorView({
		parent,
		state: EditorState.create({
			doc: options.doc,
			extensions: [
				Prec.highest(keymap.of([run])),
				lineNumbers(), history(), drawSelection(), indentOnInput(), bracketMatching(), closeBrackets(),
				autocompletion({activateOnTyping: true}), highlightActiveLine(), EditorView.lineWrapping,
				// No Tab: it has to lead out of the editor.
				keymap.of([...closeBracketsKeymap, ...completionKeymap, ...defaultKeymap, ...historyKeymap]),
				syntaxHighlighting(classHighlighter),
				language.of(sql({dialect})),
				placeholder(options.hint),
				EditorView.cspNonce.of(options.nonce),
				EditorView.contentAttributes.of({"aria-label": options.label}),
				EditorView.updateListener.of(u => { if (u.docChanged) options.changed(u.state.doc.toString()) }),
			],
		}),
	})
	return {
		text: () => view.state.doc.toString(),
		set: text => view.dispatch({changes: {from: 0, to: view.state.doc.length, insert: text}, selection: {anchor: text.length}}),
		insert: text => { view.dispatch(view.state.replaceSelection(text)); view.focus() },
		focus: () => view.focus(),
		// schema is {table: [column, …]}, for completion.
		schema: schema => view.dispatch({effects: language.reconfigure(sql({dialect, schema, upperCaseKeywords: true}))}),
	}
}
