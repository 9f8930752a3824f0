/** /info — what the client said. */
import { defineCommand } from '../api.js';

export default defineCommand({
  name: 'info',
  aliases: ['notices'],
  group: 'help',
  summary: 'Show everything the client said',
  run({ api }) {
    api.tabs.open('info');
  },
});
