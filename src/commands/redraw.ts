/** /redraw — draw the whole screen anew. */
import { defineCommand } from '../api.js';

export default defineCommand({
  name: 'redraw',
  group: 'tabs',
  summary: 'Draw the whole screen anew',
  run({ api }) {
    api.ui.screen.redraw();
  },
});
