/** All key bindings; Enter puts one in the input line, to be changed. */
import { cleanIdentifier, cleanLine, defineTab, plain, safe } from '../api.js';

export default defineTab({
  kind: 'keys',
  title: () => safe`keys`,
  topic: () => plain(safe`Keys. Type to narrow the list; Enter binds one anew; /unbind frees it.`),
  view: ({ api }) => ({
    type: 'table',
    filterable: true,
    columns: [{ title: safe`key`, width: 18 }, { title: safe`runs` }, { title: safe`from`, width: 8 }],
    rows: [...api.keys.list]
      .sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
      .map(([chord, binding]) => ({
        id: chord,
        cells: [
          plain(cleanIdentifier(chord), 'text.key'),
          plain(cleanLine(binding.line)),
          plain(cleanLine(binding.by), 'text.dim'),
        ],
        command: `/prompt /bind ${chord} ${binding.line}`,
        search: `${chord} ${binding.line}`,
      })),
    empty: [plain(safe`No key matches.`)],
  }),
});
