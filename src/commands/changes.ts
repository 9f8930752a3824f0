/** /changes — the options that are not as shipped. */
import { cleanIdentifier, defineCommand, plain, rowOf, safe } from '../api.js';

export default defineCommand({
  name: 'changes',
  group: 'settings',
  summary: 'Show the options you have set',
  run({ api, chat }) {
    const rows = [...api.config.options.keys()].flatMap(name => {
      const here = chat !== undefined && api.config.isSet(name, chat.id);
      if (!here && !api.config.isSet(name)) return [];
      return [
        rowOf(
          ['text.key', cleanIdentifier(name)],
          safe` = `,
          ['form.value', api.config.show(name, chat?.id)],
          ['text.dim', here ? safe` (in this chat)` : safe``],
        ),
      ];
    });
    api.ui.notice(rows.length > 0 ? rows : [plain(safe`Everything is as shipped. /set shows the options.`)], {
      level: 'help',
    });
  },
});
