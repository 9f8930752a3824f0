/** /reconnect — connect again, now. */
import { defineCommand } from '../api.js';

export default defineCommand({
  name: 'reconnect',
  group: 'connection',
  summary: 'Connect again now, without waiting',
  description: 'Useful when the countdown is long, or when the line is dead and nobody has noticed yet.',
  args: { now: { type: 'choice', optional: true, choices: ['now'], help: 'it is always now' } },
  async run({ api }) {
    const { status } = api.session.facts;
    if (status === 'offline') await api.session.connect();
    else await api.session.reconnect();
  },
});
