/** hello — the smallest plugin: a command, an option and an event. */
import { defineCommand, definePlugin, safe } from '../src/api.js';

export default definePlugin({
  name: 'hello',
  api: 1,
  help: 'Adds /hello, and greets who joins a room. An example to start from.\n\nOption plugins.hello.greet: greet people who join (off by default).',
  settings: { greet: { type: 'boolean', default: false, help: 'show a greeting when somebody joins' } },
  setup(api) {
    const hello = defineCommand({
      name: 'hello',
      group: 'plugins',
      summary: 'Say hello to yourself',
      run: ({ api: own }) => own.ui.notice(safe`Hello!`),
    });
    api.commands.add(hello);
    api.on('occupant:joined', ({ room, occupant }) => {
      if (api.settings.get('greet')) api.ui.notice(safe`Hello, ${occupant.name}!`, { chat: room.id });
    });
  },
});
