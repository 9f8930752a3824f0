/** All key bindings, also those of the input line; Enter puts one in the input line, to be changed. */
import { cleanIdentifier, cleanLine, defineTab, EDIT_KEYS, plain, safe } from '../api.js';

export default defineTab({
  kind: 'keys',
  title: () => safe`keys`,
  topic: () => plain(safe`Keys. Type to narrow the list; Enter binds one anew; /unbind frees it.`),
  view: ({ api }) => ({
    type: 'table',
    filterable: true,
    columns: [{ title: safe`key`, width: 18 }, { title: safe`runs` }, { title: safe`from`, width: 8 }],
    rows: [
      ...[...api.keys.list].map(([chord, { line, by }]) => ({
        chord,
        line,
        by: by === 'keymap' ? String(api.config.get('input.keymap')) : by,
      })),
      // A key of ours that is bound to a command as well edits only where the command has nothing to do.
      ...Object.entries(EDIT_KEYS)
        .filter(([chord]) => !api.keys.list.has(chord))
        .map(([chord, action]) => ({ chord, line: `/input ${action}`, by: 'line' })),
    ]
      .sort((a, b) => a.chord.localeCompare(b.chord, 'en', { numeric: true }))
      .map(({ chord, line, by }) => ({
        id: chord,
        cells: [plain(cleanIdentifier(chord), 'text.key'), plain(cleanLine(line)), plain(cleanLine(by), 'text.dim')],
        command: `/prompt /bind ${chord} ${line}`,
        search: `${chord} ${line}`,
      })),
    empty: [plain(safe`No key matches.`)],
  }),
});
