/** /suspend — give the terminal back to the shell until `fg`. */
import { defineCommand } from '../api.js';

export default defineCommand({
  name: 'suspend',
  group: 'tabs',
  summary: 'Give the terminal back to the shell; fg comes back',
  run({ api }) {
    api.ui.screen.suspend();
  },
});
