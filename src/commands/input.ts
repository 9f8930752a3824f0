/** /input — an action of the input line, for a key. */
import { defineCommand, EDIT_ACTIONS, UserError } from '../api.js';

export default defineCommand({
  name: 'input',
  group: 'settings',
  summary: 'Edit the input line; for keys',
  description: 'Bound to a key it does what the line editor does with the keys of readline: /keys shows them.',
  args: { action: { type: 'choice', choices: [...EDIT_ACTIONS], help: 'what' } },
  examples: ['/bind alt-r /input kill-all', '/bind ctrl-j /input newline'],
  run({ api, args }) {
    if (!api.ui.screen.input.act(args.action)) throw new UserError('There is no line to edit here.');
  },
});
