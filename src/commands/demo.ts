/** /demo — how to try everything without a network. */
import { cleanIdentifier, defineCommand, rowOf, safe } from '../api.js';

export default defineCommand({
  name: 'demo',
  group: 'help',
  summary: 'Say how to try everything without a network',
  run({ api }) {
    const name = cleanIdentifier(api.program.name);
    api.ui.notice(
      [
        rowOf(safe`The demo is a start of its own, with rooms and people that answer: `, [
          'text.key',
          safe`${name} --demo`,
        ]),
      ],
      { level: 'help' },
    );
  },
});
