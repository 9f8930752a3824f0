/** /prev — the tab before. */
import { defineCommand } from '../api.js';

export default defineCommand({
  name: 'prev',
  aliases: ['previous'],
  group: 'tabs',
  summary: 'Go to the previous tab',
  run({ api }) {
    api.tabs.go('previous');
  },
});
