/** /invites — who wants you: invitations into rooms and contact requests. */
import { defineCommand } from '../api.js';

export default defineCommand({
  name: 'invites',
  aliases: ['invitations', 'requests'],
  group: 'people',
  summary: 'Show invitations and contact requests',
  description: 'Enter accepts, Delete refuses. /accept and /deny do the same by address.',
  run({ api }) {
    api.tabs.open('invites');
  },
});
