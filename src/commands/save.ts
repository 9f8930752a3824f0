/** /save — settings save themselves. */
import { defineCommand, safe } from '../api.js';

export default defineCommand({
  name: 'save',
  group: 'settings',
  summary: 'Settings are saved by themselves; says so',
  run({ api }) {
    api.ui.notice(safe`Settings are saved when they are changed; there is nothing to do.`);
  },
});
