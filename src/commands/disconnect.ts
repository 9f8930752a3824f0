/** /disconnect — leave the server and stay in the program. */
import { defineCommand } from '../api.js';

export default defineCommand({
  name: 'disconnect',
  group: 'connection',
  summary: 'Disconnect and stay in the program',
  args: { reason: { type: 'rest', optional: true, help: 'said to the rooms' } },
  async run({ api, args }) {
    await api.session.disconnect(args.reason);
  },
});
