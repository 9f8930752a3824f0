/** /search — everything that is kept, as you type. */
import { type Api, defineCommand, type HistoryHit, type SearchPage } from '../api.js';

/** Goes to the message in its chat, or shows it between its neighbours if it is too far up. */
function open(api: Api, hit: HistoryHit): void {
  const kind = hit.entry.sender.jid?.startsWith(`${hit.chat}/`) === true ? 'room' : undefined;
  const chat =
    api.store.chat(hit.chat) ?? (hit.entry.stored === undefined ? undefined : api.chats.open(hit.chat, kind));
  const seq = api.history.bring(hit);
  if (seq === undefined || chat === undefined) {
    api.tabs.open('context', hit);
    return;
  }
  api.tabs.openChat(chat.id);
  api.ui.screen.reveal(seq);
}

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
        if (hit !== undefined) open(api, hit);
      } else if (what === '-more') page.more();
      else if (what === '-archive') page.archive();
      return;
    }
    api.tabs.open('search');
    api.ui.screen.input.set(what);
  },
});
