/** /editor — write the line in $EDITOR. */
import { defineCommand } from '../api.js';

export default defineCommand({
  name: 'editor',
  aliases: ['edit'],
  group: 'talk',
  summary: 'Write what is in the input line with your editor',
  description: 'Uses $VISUAL or $EDITOR. Chat goes on meanwhile; what you save comes back into the input line.',
  async run({ api }) {
    const { screen } = api.ui;
    // Called by its name, the line is only this command.
    const before = screen.input.get().line.replace(/^\/(?:editor|edit)\s*/, '');
    const after = await screen.outside(() => api.edit(before));
    if (after !== undefined) screen.input.set(after.replace(/\n+$/, ''));
  },
});
