/** /roster — your contacts. */
import { defineCommand } from '../api.js';

export default defineCommand({
  name: 'roster',
  aliases: ['contacts'],
  group: 'people',
  summary: 'Show your contacts',
  run({ api }) {
    api.tabs.open('roster');
  },
});
