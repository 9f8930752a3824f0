/** /search — everything that is kept, as you type. */
import { defineCommand, type SearchPage } from '../api.js';

export default defineCommand({
  name: 'search',
  group: 'talk',
  summary: 'Search everything that was ever said here',
  description:
    'Opens a tab that searches the history on this disk while you type, or what is in the tabs if none is kept. Words are found in any place, also inside others. from:nick, in:room, since: and before: (2026-11-22, 2026-11, yesterday, 3d, 2w) narrow it. Enter goes to the message. Servers whose archive finds words are asked too when nothing is here.',
  args: {
    what: {
      type: 'rest',
      optional: true,
      help: 'words, from:nick, in:room, since:date, before:date',
      complete: () => ['from:', 'in:', 'since:', 'before:'],
    },
  },
  examples: ['/search release', '/search from:juliet balcony since:2026-11', '/search in:lobby "good morning"'],
  run({ api, args, tab }) {
    const what = args.what ?? '';
    if (tab.kind === 'search' && what.startsWith('-')) {
      const page = tab.data as SearchPage;
      const chosen = /^-open (\d+)$/.exec(what);
      if (chosen !== null) {
        const hit = page.hits[Number(chosen[1])];
        if (hit !== undefined) api.history.show(hit);
      } else if (what === '-more') page.more();
      else if (what === '-archive') page.archive();
      return;
    }
    api.tabs.open('search');
    api.ui.screen.input.set(what);
  },
});
