/** /prompt — put text into the input line, to be finished by hand. */
import { defineCommand } from '../api.js';

export default defineCommand({
  name: 'prompt',
  aliases: ['type'],
  group: 'tabs',
  summary: 'Put text into the input line, to be finished by hand',
  description: 'For key bindings. A command gets a blank at its end.',
  args: { text: { type: 'rest', help: 'the text' } },
  examples: ['/bind alt-j /prompt /win', '/prompt /join'],
  run({ api, args }) {
    api.ui.screen.input.set(args.text.startsWith('/') ? `${args.text} ` : args.text);
  },
});
