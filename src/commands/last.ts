/** /last — the tab you came from. */
import { defineCommand } from '../api.js';

export default defineCommand({
  name: 'last',
  group: 'tabs',
  summary: 'Go to the tab you came from',
  run({ api }) {
    api.tabs.go('last');
  },
});
