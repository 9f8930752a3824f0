/** /back — say that you are there again. */
import { defineCommand } from '../api.js';

export default defineCommand({
  name: 'back',
  group: 'people',
  summary: 'Say that you are there again',
  async run({ api }) {
    await api.commands.run('/status available');
  },
});
