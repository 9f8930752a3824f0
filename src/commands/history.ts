/** /history — what is kept of this chat and where; asks archives for what is missing. */
import { cleanLine, count, defineCommand, plain, safe, UserError } from '../api.js';

export default defineCommand({
  name: 'history',
  group: 'talk',
  summary: 'What is kept on this disk; fill what is missing',
  description:
    'Without a word: where the history is and how much it holds. fill: asks the archives again for what may be missing. older: loads what is above the first line.',
  args: {
    what: { type: 'choice', choices: ['fill', 'older'], optional: true, help: 'fill or older' },
  },
  examples: ['/history', '/history fill'],
  run({ api, args, chat }) {
    if (args.what === 'fill') {
      const places = api.history.fill();
      api.ui.notice(places === 0 ? safe`Nothing is known to be missing.` : safe`Asking ${count(places, 'archive')} …`);
      return;
    }
    if (args.what === 'older') {
      if (chat === undefined) throw new UserError('This tab is no chat.');
      api.history.older(chat.id);
      return;
    }
    const { folder } = api.history;
    if (folder === undefined) {
      api.ui.notice(safe`Nothing of this run is kept on disk.`);
      return;
    }
    const kept = api.config.get('history.log', chat?.id) === true;
    api.ui.notice([
      plain(safe`The history is in ${cleanLine(folder)}; its logs are plain text.`),
      plain(safe`It holds ${count(api.history.count(), 'message')}.`),
      ...(chat === undefined ? [] : [plain(safe`Of ${chat.title}: ${count(api.history.count(chat.id), 'message')}.`)]),
      ...(api.history.writable && kept
        ? []
        : [
            plain(
              safe`Nothing is added ${kept ? safe`now: another Causette writes there` : safe`here: history.log is off`}.`,
            ),
          ]),
      plain(safe`/search finds words in it, /set history.log off ends it (with -chat for this chat alone).`),
    ]);
  },
});
