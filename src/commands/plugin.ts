/** /plugin — load, unload and look at plugins. */
import { cleanIdentifier, cleanLine, defineCommand, plain, type Row, rowOf, safe, span, UserError } from '../api.js';

export default defineCommand({
  name: 'plugin',
  aliases: ['plugins', 'script'],
  group: 'plugins',
  summary: 'Show, load, unload or reload plugins',
  description:
    'A plugin is a program with your rights: load only what you trust. What it registered is taken back when it is unloaded.',
  args: {
    action: {
      type: 'choice',
      optional: true,
      choices: ['list', 'load', 'unload', 'reload', 'help'],
      help: 'default: list',
    },
    plugin: { type: 'plugin', optional: true, help: 'its name' },
  },
  examples: ['/plugin', '/plugin load hello', '/plugin reload bell', '/plugin help bell'],
  async run({ api, args }) {
    const { plugins } = api;
    if (args.action === undefined || args.action === 'list') {
      const rows: Row[] = plugins.list.map(one =>
        rowOf(
          ['text.key', cleanLine(one.name.padEnd(16))],
          [
            one.state === 'loaded' ? 'notice.success' : one.state === 'available' ? 'text.dim' : 'notice.error',
            cleanLine(one.state.padEnd(10)),
          ],
          cleanLine(one.summary),
          ...(one.faults > 0 ? [span('notice.warning', safe` ${one.faults} faults`)] : []),
          ...(one.slowestMs > 50 ? [span('notice.warning', safe` slowest call ${Math.round(one.slowestMs)} ms`)] : []),
          ...(one.error === undefined ? [] : [span('notice.error', safe` ${one.error}`)]),
        ),
      );
      api.ui.notice(rows.length > 0 ? rows : [plain(safe`There are no plugins.`)], { level: 'help' });
      return;
    }
    const name = args.plugin;
    if (name === undefined) throw new UserError('Which plugin?', `/plugin ${args.action} name; /plugin lists them.`);
    const known = plugins.list.find(one => one.name === name);
    if (known === undefined && args.action !== 'load') {
      throw new UserError(`There is no plugin ${cleanIdentifier(name)}.`, '/plugin lists them.');
    }
    if (args.action === 'help') return api.ui.notice(api.commands.help(`plugin ${name}`), { level: 'help' });
    if (args.action !== 'load' && known?.state === 'loaded') await plugins.unload(name);
    else if (args.action === 'unload') throw new UserError(`${cleanIdentifier(name)} is not loaded.`);
    if (args.action !== 'unload') await plugins.load(name);
    api.ui.notice(safe`${cleanIdentifier(name)} is ${args.action === 'unload' ? safe`unloaded` : safe`loaded`}.`);
  },
});
