/** /debug — look inside the program. */
import { cleanIdentifier, cleanLine, defineCommand, fact, safe } from '../api.js';

export default defineCommand({
  name: 'debug',
  group: 'help',
  summary: 'Show facts for a report of a fault',
  description: 'No names, no messages, no passwords are in it.',
  args: { what: { type: 'word', optional: true, help: 'default: all facts' } },
  run({ api, args }) {
    if (args.what === 'crash') {
      // Keeps the way out of a crash tested: terminal restored, crash file written. Not offered by completion.
      setImmediate(() => {
        throw new Error('crashed on demand by /debug crash');
      });
      return;
    }
    const memory = process.memoryUsage();
    const { facts } = api.session;
    api.ui.notice(
      [
        fact(safe`program`, safe`${cleanIdentifier(api.program.name)} ${cleanIdentifier(api.program.version)}`),
        fact(safe`node`, cleanLine(`${process.version} ${process.platform} ${process.arch}`)),
        fact(
          safe`terminal`,
          cleanLine(`${process.env['TERM'] ?? '?'} ${api.ui.screen.size().columns}×${api.ui.screen.size().rows}`),
        ),
        fact(
          safe`connection`,
          cleanLine(
            `${facts.status}${facts.anonymous ? ', guest' : ''} ${facts.tls?.protocol ?? 'no TLS'} ${facts.tls?.mechanism ?? ''}`,
          ),
        ),
        fact(
          safe`memory`,
          cleanLine(`${Math.round(memory.rss / 1048576)} MB, heap ${Math.round(memory.heapUsed / 1048576)} MB`),
        ),
        fact(
          safe`open`,
          cleanLine(`${api.tabs.list.length} tabs, ${api.store.chats.size} chats, ${api.store.roster.size} contacts`),
        ),
        fact(
          safe`plugins`,
          cleanLine(
            api.plugins.list
              .filter(one => one.state === 'loaded')
              .map(one => one.name)
              .join(' '),
          ),
        ),
        fact(safe`debug file`, cleanIdentifier(api.program.debugFile ?? 'none; start with --debug FILE')),
      ],
      { level: 'help' },
    );
  },
});
