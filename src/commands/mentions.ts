/** /mentions — what concerned us in all rooms. */
import {
  type Api,
  defineCommand,
  type HistoryHit,
  type Mention,
  type MentionsPage,
  parseJid,
  UserError,
} from '../api.js';

/** The tab of its room is closed: what is kept has it. */
function show(api: Api, { room, message }: Mention): void {
  let hit: HistoryHit | undefined;
  const query = { words: [], in: room, since: message.at, before: message.at + 1 };
  api.history.search(query, (hits, done) => {
    if (hit !== undefined) return;
    hit = hits.find(one => one.chat === room && one.entry.sender.name === message.sender.name);
    if (hit !== undefined) api.history.show(hit);
    else if (done)
      api.ui.error(
        new UserError('The tab of this room was closed, and the message with it.', `/join ${room} enters it again.`),
      );
  });
}

export default defineCommand({
  name: 'mentions',
  aliases: ['highlights', 'hl'],
  group: 'talk',
  summary: 'Show what concerns you in all rooms, newest first',
  description:
    'Messages with your nick or a word of rooms.highlight, also those that were missed and fetched later. Unread ones have a !; Enter goes to the message in its room. Where a history is kept, the last row looks for older ones.',
  args: {
    more: { type: 'flag', help: 'older ones out of what is kept' },
    open: { type: 'flag', help: 'one whose tab is closed' },
    kept: { type: 'flag', help: 'one of the older ones' },
    which: { type: 'rest', optional: true, help: 'which one, for the rows of the list' },
  },
  examples: ['/mentions'],
  run({ api, args }) {
    const tab = api.tabs.open('mentions');
    const { look, older } = tab.data as MentionsPage;
    if (args.more) return look();
    if (args.kept) {
      const hit = older[Number(args.which)];
      if (hit !== undefined) api.history.show(hit);
      return;
    }
    if (!args.open) return;
    const [, seq, address] = /^#(\d+) "?(.*?)"?$/s.exec(args.which ?? '') ?? [];
    const mention = api.store.mentions.find(one => one.room === parseJid(address) && one.message.seq === Number(seq));
    if (mention === undefined) return;
    show(api, mention);
  },
});
