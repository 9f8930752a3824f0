/** /notice — IRC has notices, XMPP has none. */
import { defineCommand, UserError } from '../api.js';

export default defineCommand({
  name: 'notice',
  group: 'talk',
  summary: 'XMPP has no notices; says so',
  args: { text: { type: 'rest', optional: true, help: 'not sent' } },
  run() {
    throw new UserError('There are no notices in XMPP; nothing was sent.', '/msg nick text sends a private message.');
  },
});
