/** /echo — show a text here, to yourself only. */
import { cleanBody, cleanLine, defineCommand, plain } from '../api.js';

export default defineCommand({
  name: 'echo',
  aliases: ['print'],
  group: 'help',
  summary: 'Show a text to yourself',
  args: { text: { type: 'rest', help: 'the text' } },
  examples: ['/echo this is not sent'],
  run({ api, args }) {
    api.ui.notice(
      cleanBody(args.text)
        .split('\n')
        .map(line => plain(cleanLine(line))),
    );
  },
});
