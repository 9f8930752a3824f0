/** /color — the colour of a nick. */
import {
  type Chat,
  type Colored,
  cleanIdentifier,
  colorWords,
  defineCommand,
  plain,
  type Row,
  safe,
  span,
  UserError,
} from '../api.js';

/** Somebody here, or just a name. */
function personNamed(chat: Chat | undefined, nick: string): Colored {
  if (chat?.kind === 'room') {
    const occupant = chat.occupants.get(nick) ?? chat.departed.get(nick)?.occupant;
    if (occupant !== undefined) {
      const { name, occupantId } = occupant;
      return occupantId === undefined ? { name } : { name, occupantId };
    }
  }
  return { name: cleanIdentifier(nick) };
}

export default defineCommand({
  name: 'color',
  aliases: ['colour'],
  group: 'people',
  summary: 'Choose the colour of a nick, or give it back its own',
  description:
    'A name of a colour or #rrggbb; auto is the colour that comes from the nick and is the same in all clients (XEP-0392). It is made lighter or darker if it could not be read. It lasts, and follows the person to another nick where the room gives occupant ids; otherwise it belongs to the nick, wherever it is seen. Without an argument it lists what was chosen.',
  args: {
    what: {
      type: 'rest',
      optional: true,
      help: `nick, then ${colorWords.join(', ')}, #rrggbb, or auto`,
      complete: ({ chat, typed }) => {
        const nick = /^(.*\S)\s/s.exec(typed)?.[1];
        if (nick !== undefined) return [...colorWords, 'auto'].map(word => `${nick} ${word}`);
        return chat?.kind === 'room' ? [...chat.occupants.keys()] : [];
      },
    },
  },
  examples: ['/color nemo orange', '/color nemo #7fd0ff', '/color nemo auto', '/color'],
  run({ api, args, chat }) {
    const what = args.what?.trim() ?? '';
    if (what === '') {
      const rows: Row[] = api.colors.list.map(rule => [
        span('nick.other', cleanIdentifier(rule.name), api.colors.hueOf(rule)),
        span('text.normal', safe` ${cleanIdentifier(rule.color)}`),
        ...(rule.occupantId === undefined ? [] : [span('text.dim', safe` (whatever the nick)`)]),
      ]);
      api.ui.notice(
        rows.length > 0 ? rows : [plain(safe`All nicks have their own colour. /color nick red chooses one.`)],
      );
      return;
    }
    // A nick may have blanks, a colour has none.
    const [, nick, color] = /^(.*\S)\s+(\S+)$/s.exec(what) ?? [];
    if (nick === undefined || color === undefined) {
      throw new UserError(
        'Which colour?',
        `/color ${cleanIdentifier(what)} orange, or one of: ${colorWords.join(', ')}, #rrggbb, auto.`,
      );
    }
    const person = personNamed(chat, nick.replace(/^"(.*)"$/s, '$1'));
    if (color === 'auto') {
      if (!api.colors.remove(person))
        throw new UserError(`No colour was chosen for ${person.name}.`, '/color lists them.');
    } else api.colors.set({ ...person, color });
    api.ui.notice([
      [
        span('nick.other', cleanIdentifier(person.name), api.colors.hueOf(person)),
        span('text.normal', color === 'auto' ? safe` has its own colour again.` : safe` looks like this from now on.`),
      ],
    ]);
  },
});
