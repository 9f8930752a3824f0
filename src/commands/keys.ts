/** /keys — all keys and what they do. */
import { defineCommand } from '../api.js';

export default defineCommand({
  name: 'keys',
  aliases: ['bindings'],
  group: 'settings',
  summary: 'Show all keys and what they do',
  run({ api }) {
    api.tabs.open('keys');
  },
});
