/** /time — what time it is for somebody (XEP-0202). */
import { cleanIdentifier, cleanLine, dateTime, defineCommand, safe } from '../api.js';

export default defineCommand({
  name: 'time',
  group: 'people',
  summary: 'Ask what time it is for somebody; alone, for you',
  args: { who: { type: 'target', optional: true, help: 'nick in this room, or an address' } },
  examples: ['/time', '/time nemo'],
  async run({ api, args }) {
    if (args.who === undefined) {
      api.ui.notice(safe`It is ${dateTime(api.now())}.`);
      return;
    }
    const jid = api.store.contact(args.who)?.best?.jid ?? args.who;
    const { at, offset } = await api.time.of(jid);
    const local = new Date(at + offset * 60_000).toISOString().slice(0, 16).replace('T', ' ');
    api.ui.notice(safe`For ${cleanIdentifier(jid)} it is ${cleanLine(local)}.`);
  },
});
