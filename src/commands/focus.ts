/** /focus — choose a message with the keyboard; /reply, /react, /copy and others then mean this one. */
import { defineCommand } from '../api.js';

const WHERE = ['previous', 'next', 'none'] as const;

export default defineCommand({
  name: 'focus',
  group: 'talk',
  where: 'chat',
  summary: 'Choose a message; Enter then shows what can be done with it',
  description:
    'While a message is chosen, /reply, /react, /correct, /retract and /copy mean this one. Enter in an empty line lists the actions with their keys, Esc leaves.',
  args: { where: { type: 'choice', choices: [...WHERE], optional: true, help: 'default: previous' } },
  examples: ['/focus', '/focus none'],
  run({ api, args }) {
    api.ui.screen.focus((args.where ?? 'previous') as (typeof WHERE)[number]);
  },
});
