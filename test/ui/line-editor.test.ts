import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { EDIT_KEYS } from '../../src/model/editing.js';
import { editorRows } from '../../src/ui/editor-rows.js';
import { createEditorState, type EditorState, offsetOf, setText, textOf } from '../../src/ui/editor-state.js';
import { createLineEditor } from '../../src/ui/line-editor.js';

/** `ab|cd`: the text with the cursor in it. */
const show = (state: EditorState): string => {
  const text = textOf(state);
  const at = offsetOf(state);
  return `${text.slice(0, at)}|${text.slice(at)}`;
};

function edit(start: string, ...chords: string[]): string {
  const editor = createLineEditor();
  const state = createEditorState();
  const at = start.indexOf('|');
  setText(state, start.replace('|', ''), at);
  for (const chord of chords) assert.ok(editor.key(state, chord), chord);
  return show(state);
}

const CASES: [name: string, start: string, chords: string[], end: string][] = [
  ['left and right', 'ab|c', ['left', 'left', 'left', 'right'], 'a|bc'],
  ['a family is one step', '👨‍👩‍👧|', ['left'], '|👨‍👩‍👧'],
  ['start and end', 'a|bc', ['ctrl-a'], '|abc'],
  ['words', 'one two-three| four', ['alt-b', 'alt-b'], 'one |two-three four'],
  ['word right', '|one two', ['alt-f'], 'one| two'],
  ['delete a cluster', 'xe\u0301|', ['backspace'], 'x|'],
  ['delete right', '|ab', ['ctrl-d'], '|b'],
  ['kill a word left', 'one two-three|', ['alt-backspace'], 'one two-|'],
  ['kill to the space', 'one two-three|', ['ctrl-w'], 'one |'],
  ['kill to the end and yank', 'one| two', ['ctrl-k', 'ctrl-a', 'ctrl-y'], ' two|one'],
  ['kills in a row are one', 'a b c|', ['ctrl-w', 'ctrl-w', 'ctrl-y'], 'a b c|'],
  ['yank-pop takes the kill before', 'one two|', ['ctrl-w', 'left', 'right', 'ctrl-u', 'ctrl-y', 'alt-y'], 'two|'],
  ['transpose', 'ab|', ['ctrl-t'], 'ba|'],
  ['transpose words', 'one| two', ['alt-t'], 'two one|'],
  ['upper case', '|straße x', ['alt-u'], 'STRASSE| x'],
  ['capital', '|éCOLE', ['alt-c'], 'École|'],
  ['undo', 'abc|', ['ctrl-u', 'ctrl-_'], 'abc|'],
  ['redo', 'abc|', ['ctrl-u', 'ctrl-_', 'alt-_'], '|'],
  ['a new line', 'ab|', ['alt-enter'], 'ab\n|'],
  ['up in a text of lines', 'abc\nde|f', ['up'], 'ab|c\ndef'],
  ['down in a text of lines', 'abc|\nd', ['down'], 'abc\nd|'],
  ['home is of the line', 'abc\nde|f', ['home'], 'abc\n|def'],
];
for (const [name, start, chords, end] of CASES) test(name, () => assert.equal(edit(start, ...chords), end));

test('typed marks join the cluster before', () => {
  const editor = createLineEditor();
  const state = createEditorState();
  editor.type(state, 'e');
  editor.type(state, '\u0301');
  assert.equal(state.cells.length, 1);
  assert.equal(textOf(state), 'e\u0301');
});

test('undo takes typed words back', () => {
  const editor = createLineEditor();
  const state = createEditorState();
  for (const letter of 'one two') editor.type(state, letter);
  editor.key(state, 'ctrl-_');
  assert.equal(textOf(state), 'one');
  editor.key(state, 'ctrl-_');
  assert.equal(textOf(state), '');
});

test('the history keeps the draft and what was changed in it', () => {
  const editor = createLineEditor();
  const state = createEditorState({ history: ['first', 'second'] });
  editor.type(state, 'draft');
  editor.key(state, 'up');
  assert.equal(show(state), 'second|');
  editor.type(state, '!');
  editor.key(state, 'up');
  assert.equal(show(state), 'first|');
  editor.key(state, 'down');
  assert.equal(show(state), 'second!|');
  editor.key(state, 'down');
  assert.equal(show(state), 'draft|');
  assert.equal(editor.submit(state), 'draft');
  assert.deepEqual(state.history, ['first', 'second', 'draft']);
  assert.equal(textOf(state), '');
});

test('ctrl-r finds, goes on, and gives back what was there', () => {
  const editor = createLineEditor();
  const state = createEditorState({ history: ['/join room', 'hello', '/join other'] });
  editor.type(state, 'draft');
  editor.key(state, 'ctrl-r');
  editor.type(state, 'jo');
  assert.equal(show(state), '/|join other');
  editor.key(state, 'ctrl-r');
  assert.equal(show(state), '/|join room');
  editor.key(state, 'ctrl-r');
  assert.equal(state.search?.failed, true);
  editor.key(state, 'ctrl-g');
  assert.equal(show(state), 'draft|');
  editor.key(state, 'ctrl-r');
  editor.type(state, 'hell');
  assert.equal(editor.key(state, 'enter'), false);
  assert.equal(editor.submit(state), 'hello');
});

test('a secret is masked and kept nowhere', () => {
  const editor = createLineEditor();
  const state = createEditorState({ secret: true });
  editor.type(state, 'hunter2');
  assert.equal(
    editorRows(state, 20)
      .rows[0]?.map(c => c.s)
      .join(''),
    '•••••••',
  );
  editor.key(state, 'ctrl-u');
  editor.key(state, 'ctrl-_');
  assert.equal(editor.submit(state), 'hunter2');
  assert.deepEqual(state.history, []);
  assert.deepEqual(state.undo, []);
  const other = createEditorState();
  editor.key(other, 'ctrl-y');
  assert.equal(textOf(other), '');
});

test('what is shown commands nothing, what is sent is what was pasted', () => {
  const editor = createLineEditor();
  const state = createEditorState();
  editor.paste(state, 'a\u202eb\u009bc');
  assert.equal(textOf(state), 'a\u202eb\u009bc');
  assert.doesNotMatch(
    editorRows(state, 20)
      .rows[0]?.map(c => c.s)
      .join('') ?? '',
    /[\u202e\u0080-\u009f]/,
  );
});

test('rows are broken at the width and tell where the cursor is', () => {
  const state = createEditorState();
  setText(state, 'abcde\nf');
  const { rows, cursor } = editorRows(state, 4, 2);
  assert.deepEqual(
    rows.map(row => row.map(c => c.s).join('')),
    ['ab', 'cde', 'f'],
  );
  assert.deepEqual(cursor, { x: 1, y: 2 });
});

test('no order of keys makes it lose its footing', () => {
  const key = fc.oneof(
    fc.constantFrom(...Object.keys(EDIT_KEYS), 'escape', 'ctrl-s'),
    fc.constantFrom('T:a', 'T: ', 'T:é', 'T:漢', 'T:👍🏽', 'T:\u0301', 'T:\n', 'S'),
  );
  fc.assert(
    fc.property(fc.array(key, { maxLength: 60 }), keys => {
      const editor = createLineEditor();
      const state = createEditorState({ history: ['one', 'two words'] });
      for (const k of keys) {
        if (k === 'S') editor.submit(state);
        else if (k.startsWith('T:')) editor.type(state, k.slice(2));
        else editor.key(state, k);
        assert.ok(state.cursor >= 0 && state.cursor <= state.cells.length, k);
        editorRows(state, 7);
      }
    }),
    { numRuns: 300 },
  );
});

test('killing to the left goes on over line breaks', () => {
  const editor = createLineEditor();
  const state = createEditorState();
  editor.paste(state, 'one\ntwo');
  for (const left of ['one\n', 'one', '', '']) {
    editor.key(state, 'ctrl-u');
    assert.equal(textOf(state), left);
  }
  editor.key(state, 'ctrl-y');
  assert.equal(textOf(state), 'one\ntwo');
});
