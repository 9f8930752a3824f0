/** /keymap — the keys of another client. */
import { cleanIdentifier, cleanLine, defineCommand, plain, type Row, rowOf, type Safe, safe } from '../api.js';

const NAMES = ['default', 'irssi', 'poezio', 'weechat'] as const;

export default defineCommand({
  name: 'keymap',
  group: 'settings',
  summary: 'Use the keys of irssi, Poezio or WeeChat',
  description:
    'Where they differ from ours; default goes back. What you bind yourself with /bind goes before. Saved; /keys shows all keys.',
  args: { name: { type: 'choice', choices: [...NAMES], optional: true, help: 'whose' } },
  examples: ['/keymap', '/keymap weechat', '/keymap default'],
  run({ api, args }) {
    if (args.name !== undefined) api.config.set('input.keymap', args.name);
    const name = cleanIdentifier(String(api.config.get('input.keymap')));
    const other = [...api.keys.list].filter(([, one]) => one.by === 'keymap');
    const yours = [...api.keys.list.values()].filter(one => one.by === 'user').length;
    const rows: Row[] = other.map(([chord, { line }]) =>
      rowOf(['text.key', cleanIdentifier(chord).padEnd(16) as Safe], cleanLine(line)),
    );
    const what = name === 'default' ? safe`Our own keys` : safe`The keys of ${name}`;
    const own = yours === 0 ? safe`` : safe` What you bound yourself stays.`;
    api.ui.notice([plain(safe`${what} are in use.${own} /keys shows all.`), ...rows], { level: 'help' });
  },
});
