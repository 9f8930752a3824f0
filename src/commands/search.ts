/** /search — everything that is kept, as you type. */
import { defineCommand, type HistoryHit, UserError } from '../api.js';

export default defineCommand({
  name: 'search',
  group: 'talk',
  summary: 'Search everything that was ever said here',
  description:
    'Opens a tab that searches the history on this disk while you type. Words are found in any place, also inside others. from:nick, in:room, since: and before: (2026-11-22, 2026-11, yesterday, 3d, 2w) narrow it. Enter goes to the message.',
  args: {
    what: {
      type: 'rest',
      optional: true,
      help: 'words, from:nick, in:room, since:date, before:date',
      complete: () => ['from:', 'in:', 'since:', 'before:'],
    },
  },
  examples: ['/search release', '/search from:juliet balcony since:2026-11', '/search in:lobby "good morning"'],
  async run({ api, args, tab }) {
    const chosen = /^-open (\d+)$/.exec(args.what ?? '');
    if (chosen !== null && tab.kind === 'search') {
      const { hits } = tab.data as { readonly hits: readonly HistoryHit[] };
      const hit = hits[Number(chosen[1])];
      if (hit === undefined) return;
      const kind = hit.entry.sender.jid?.startsWith(`${hit.chat}/`) === true ? 'room' : undefined;
      const chat = api.store.chat(hit.chat) ?? api.chats.open(hit.chat, kind);
      const seq = api.history.bring(hit);
      if (seq === undefined) {
        api.tabs.open('context', hit);
        return;
      }
      api.tabs.openChat(chat.id);
      api.ui.screen.reveal(seq);
      return;
    }
    if (api.history.folder === undefined) {
      throw new UserError(
        'No history is kept here.',
        '/lastlog searches what is in memory. Accounts keep a history, guests with /set history.guests on.',
      );
    }
    api.tabs.open('search');
    const what = args.what ?? '';
    api.ui.screen.input.set(what);
  },
});
