/** /interrupt — empty the input line; if it is empty, offer to quit. Bound to Ctrl-c, so that nobody leaves by accident. */
import { defineCommand } from '../api.js';

export default defineCommand({
  name: 'interrupt',
  group: 'tabs',
  summary: 'Empty the input line, or offer /quit if it is empty',
  run({ api }) {
    const { input } = api.ui.screen;
    input.set(input.get().line === '' ? '/quit' : '');
  },
});
