/** /ping — how long an answer takes (XEP-0199). */
import { cleanIdentifier, defineCommand, safe } from '../api.js';

export default defineCommand({
  name: 'ping',
  aliases: ['lag'],
  group: 'people',
  needs: 'online',
  summary: 'Measure how long an answer takes',
  args: { who: { type: 'target', optional: true, help: 'nick in this room, or an address; default: your server' } },
  examples: ['/ping', '/ping nemo', '/ping example.org'],
  async run({ api, args }) {
    const jid = args.who === undefined ? undefined : (api.store.contact(args.who)?.best?.jid ?? args.who);
    const ms = await api.ping.ping(jid);
    api.ui.notice(
      safe`${jid === undefined ? safe`Your server` : cleanIdentifier(jid)} answered after ${Math.round(ms)} ms.`,
    );
  },
});
