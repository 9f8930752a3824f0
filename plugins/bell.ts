/** bell — ring when somebody means you, and tell another program if you like. */
import { bareOf, definePlugin, errorText } from '../src/api.js';

export default definePlugin({
  name: 'bell',
  api: 1,
  help: [
    'Rings the bell of the terminal when somebody says your name or writes to you alone. Never for history.',
    '',
    'plugins.bell.rooms    ring for rooms too, not only for people (on)',
    'plugins.bell.seconds  ring at most once in so many seconds (2)',
    'plugins.bell.program  program and arguments to run as well, without a shell. It gets JSON on its standard',
    '                      input: account, chat, kind, from, body, at. Example: /set plugins.bell.program ["notify-me", "--chat"]',
  ].join('\n'),
  settings: {
    rooms: { type: 'boolean', default: true, help: 'ring when you are named in a room' },
    seconds: { type: 'integer', default: 2, min: 0, max: 3600, help: 'ring at most once in so many seconds' },
    program: {
      type: 'list',
      default: [],
      help: 'program and arguments that get the message as JSON on standard input',
    },
  },
  setup(api) {
    let rangAt = Number.NEGATIVE_INFINITY;
    api.on('message:highlighted', ({ chat, message }) => {
      if (message.source !== 'live' || message.self) return;
      if (chat.kind === 'room' && api.settings.get('rooms') === false) return;
      if (api.now() - rangAt < Number(api.settings.get('seconds')) * 1000) return;
      rangAt = api.now();
      api.ui.bell();
      const argv = api.settings.get('program');
      if (!Array.isArray(argv) || argv.length === 0) return;
      // What strangers write goes to the program as data, never as an argument.
      const { sender, body, at } = message;
      const { jid } = api.session.facts;
      const account = jid === undefined ? undefined : bareOf(jid);
      const data = JSON.stringify({ account, chat: chat.id, kind: chat.kind, from: sender.name, body, at });
      api.exec(argv, `${data}\n`).catch(error => api.log.debug(`bell: ${errorText(error)}`));
    });
  },
});
