/** /time — what time it is for somebody (XEP-0202). */
import { cleanIdentifier, cleanLine, dateTime, defineCommand, refusal, safe } from '../api.js';

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
    const silent = [
      `${cleanIdentifier(jid)} does not tell what time it is there.`,
      '/whois shows what is known.',
    ] as const;
    const { at, offset } = await api.time.of(jid).catch((error: unknown) => {
      throw refusal(error, { 'service-unavailable': silent, forbidden: silent, 'feature-not-implemented': silent });
    });
    const local = new Date(at + offset * 60_000).toISOString().slice(0, 16).replace('T', ' ');
    api.ui.notice(safe`For ${cleanIdentifier(jid)} it is ${cleanLine(local)}.`);
  },
});
