/** /ctcp — what IRC asks of a client by CTCP, asked as XMPP does. */
import { defineCommand, quote, UserError } from '../api.js';

/** What is asked → the command that asks it. */
const ASKED: Readonly<Record<string, string>> = {
  version: 'version',
  clientinfo: 'disco',
  time: 'time',
  ping: 'ping',
  finger: 'whois',
  userinfo: 'vcard',
};

export default defineCommand({
  name: 'ctcp',
  group: 'people',
  summary: 'Ask for version, time, ping or more as on IRC',
  description: 'XMPP has commands of their own for that: /version, /time, /ping, /disco, /whois, /vcard.',
  args: {
    who: { type: 'target', help: 'nick in this room, or an address' },
    what: { type: 'word', help: `what to ask: ${Object.keys(ASKED).join(', ')}`, complete: () => Object.keys(ASKED) },
    more: { type: 'rest', optional: true, help: 'not sent' },
  },
  examples: ['/ctcp nemo version', '/ctcp nemo ping'],
  async run({ api, args, tab }) {
    const command = ASKED[args.what.toLowerCase()];
    if (command === undefined) {
      throw new UserError(
        'There is no CTCP in XMPP; nothing was sent.',
        `These are understood: ${Object.keys(ASKED).join(', ')}.`,
      );
    }
    await api.commands.run(`/${command} ${quote(args.who)}`, tab);
  },
});
