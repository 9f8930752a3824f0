/** /next — the next tab. */
import { defineCommand } from '../api.js';

export default defineCommand({
  name: 'next',
  group: 'tabs',
  summary: 'Go to the next tab',
  run({ api }) {
    api.tabs.go('next');
  },
});
