/** /mode — the modes of IRC, translated to what a room of XMPP has. */
import {
  type Api,
  asRoom,
  cleanIdentifier,
  cleanLine,
  conditionOf,
  defineCommand,
  type Form,
  type FormField,
  fieldNamed,
  initialValues,
  inTurn,
  isIrcChannel,
  joinSafe,
  plain,
  quote,
  type Room,
  type Row,
  readIrcAddress,
  refusal,
  rowOf,
  type Safe,
  safe,
  setValue,
  type Tab,
  UserError,
} from '../api.js';

/** Modes of a person: the command that does it. */
const PERSON: Readonly<Record<string, readonly [plus: string, minus: string]>> = {
  q: ['affiliation NICK owner', 'affiliation NICK none'],
  a: ['affiliation NICK admin', 'affiliation NICK none'],
  o: ['role NICK moderator', 'role NICK participant'],
  h: ['role NICK moderator', 'role NICK participant'],
  v: ['role NICK participant', 'role NICK visitor'],
  b: ['ban NICK', 'unban NICK'],
  I: ['affiliation NICK member', 'affiliation NICK none'],
};

interface RoomMode {
  /** Names of the setting in the room's form, the usual one first. */
  readonly fields: readonly string[];
  /** Values for plus and minus; `argument`: what follows. */
  readonly on: string | 'argument';
  readonly off: string;
  readonly words: readonly [on: Safe, off: Safe];
}
const ROOM: Readonly<Record<string, RoomMode>> = {
  m: {
    fields: ['moderatedroom'],
    on: '1',
    off: '0',
    words: [safe`moderated: moderators decide who may talk`, safe`not moderated: everybody may talk`],
  },
  i: {
    fields: ['membersonly'],
    on: '1',
    off: '0',
    words: [safe`for members only`, safe`open to everybody`],
  },
  s: {
    fields: ['publicroom'],
    on: '0',
    off: '1',
    words: [safe`hidden from the list of rooms`, safe`shown in the list of rooms`],
  },
  t: {
    fields: ['changesubject', 'allow_subject_change'],
    on: '0',
    off: '1',
    words: [safe`only moderators change the subject`, safe`everybody may change the subject`],
  },
  k: {
    fields: ['roomsecret'],
    on: 'argument',
    off: '',
    words: [safe`entered with a password`, safe`entered without a password`],
  },
  l: {
    fields: ['maxusers'],
    on: 'argument',
    off: 'none',
    words: [safe`limited in people`, safe`not limited in people`],
  },
  P: {
    fields: ['persistentroom'],
    on: '1',
    off: '0',
    words: [safe`kept when everybody has left`, safe`gone when everybody has left`],
  },
};
const SAME: Readonly<Record<string, string>> = { p: 's', r: 'i', R: 'i', M: 'm' };

/** What the room said about itself, as IRC would. */
function shown(room: Room): readonly Row[] {
  const { facts } = room;
  const set: readonly (readonly [string, boolean | undefined, Safe])[] = [
    ['m', facts.moderated, safe`moderated`],
    ['i', facts.membersOnly, safe`members only`],
    ['k', facts.password, safe`password`],
    ['s', facts.hidden, safe`hidden`],
    ['P', facts.persistent, safe`persistent`],
  ];
  const on = set.filter(([, is]) => is === true);
  const letters = on.map(([letter]) => letter).join('');
  return [
    rowOf(
      ['text.strong', cleanLine(`+${letters}`)],
      on.length === 0
        ? safe` nothing special`
        : safe` ${joinSafe(
            on.map(([, , words]) => words),
            safe`, `,
          )}`,
    ),
    plain(
      safe`Rooms have no modes; +o -v +b +m +i +k +l +s +t are translated. /configure shows all settings.`,
      'text.dim',
    ),
  ];
}

interface Change {
  readonly letter: string;
  readonly plus: boolean;
}

/** `+o-v` as its letters with their signs. */
function changesOf(modes: string): readonly Change[] {
  const changes: Change[] = [];
  let plus = true;
  for (const letter of modes) {
    if (letter === '+' || letter === '-') plus = letter === '+';
    else changes.push({ letter: SAME[letter] ?? letter, plus });
  }
  return changes;
}

/** The longest nick of somebody here at the start of the words, else one word. */
function takePerson(room: Room, words: string[]): string | undefined {
  for (let length = words.length; length > 1; length--) {
    const nick = words.slice(0, length).join(' ');
    if (room.occupants.has(nick) || room.departed.has(nick)) {
      words.splice(0, length);
      return nick;
    }
  }
  return words.shift();
}

/** `*!*@host` means the host. */
const withoutMask = (who: string): string => who.replace(/^\*!(?:\*@)?/, '').replace(/!\*@\*$/, '');

async function configure(
  api: Api,
  room: Room,
  wanted: readonly { readonly change: Change; readonly argument: string | undefined }[],
): Promise<void> {
  let form: Form;
  try {
    form = await api.mucAdmin.configForm(room.id);
    let values = initialValues(form);
    const done: Safe[] = [];
    for (const { change, argument } of wanted) {
      const mode = ROOM[change.letter];
      if (mode === undefined) continue;
      const field = mode.fields.map(name => fieldNamed(form, name)).find((one): one is FormField => one !== undefined);
      if (field === undefined) {
        throw new UserError(
          `This room has no setting for ${change.plus ? '+' : '-'}${change.letter}.`,
          '/configure shows those it has.',
        );
      }
      if (change.plus && mode.on === 'argument' && argument === undefined)
        throw new UserError(`+${change.letter} needs a value.`, `/mode +${change.letter} value`);
      values = setValue(form, values, field.var, [
        change.plus ? (mode.on === 'argument' ? (argument ?? '') : mode.on) : mode.off,
      ]);
      const guard = change.letter === 'k' ? fieldNamed(form, 'passwordprotectedroom') : undefined;
      if (guard !== undefined) values = setValue(form, values, guard.var, [change.plus ? '1' : '0']);
      done.push(mode.words[change.plus ? 0 : 1]);
    }
    await api.mucAdmin.submitConfig(room.id, form, values);
    api.ui.notice(safe`${room.title} is now ${joinSafe(done, safe`, `)}.`);
  } catch (error) {
    if (conditionOf(error) === undefined) throw error;
    throw refusal(error, {
      forbidden: ['Only owners change what a room is.', '/names shows them (~).'],
      'not-allowed': ['Only owners change what a room is.', '/names shows them (~).'],
      'not-acceptable': ['The room does not accept this.', '/configure shows its settings.'],
    });
  }
}

async function act(api: Api, tab: Tab, change: Change, who: string | undefined): Promise<void> {
  const lines = PERSON[change.letter];
  if (lines === undefined) return;
  if (who === undefined) {
    if (change.letter === 'b') return void (await api.commands.run('/bans', tab));
    if (change.letter === 'I') return void (await api.commands.run('/affiliation', tab));
    throw new UserError(`${change.plus ? '+' : '-'}${change.letter} needs a nick.`, `/mode +${change.letter} nick`);
  }
  const unmasked = change.letter === 'b' ? withoutMask(who) : who;
  // A whole host stays one: its name alone would be a nick.
  const person = who !== unmasked && who.endsWith(`@${unmasked}`) ? `@${unmasked}` : unmasked;
  await api.commands.run(`/${(lines[change.plus ? 0 : 1] ?? '').replace('NICK', () => quote(person))}`, tab);
}

export default defineCommand({
  name: 'mode',
  group: 'moderation',
  where: 'room',
  needs: 'online',
  summary: 'Change this room or a person with the modes of IRC',
  description:
    'Persons: +o moderator, +v may talk, -v may only read, +b ban, +a admin, +q owner, +I member. Room: +m moderated, +i members only, +k password, +l limit of people, +s hidden, +t subject locked, +P persistent. What was done is printed. In a channel behind a gateway the line goes to IRC as it is.',
  args: {
    modes: { type: 'word', optional: true, help: 'letters with + or -; default: show what is set' },
    rest: {
      type: 'rest',
      optional: true,
      help: 'nicks and values for them',
      complete: ({ chat }) => (chat?.kind === 'room' ? [...chat.occupants.keys()] : []),
    },
  },
  examples: ['/mode', '/mode +m', '/mode +o nemo', '/mode +k s3cret', '/mode +b nemo'],
  async run({ api, args, chat, tab, line }) {
    const room = asRoom(chat);
    if (isIrcChannel(room)) {
      const channel = readIrcAddress(room.id)?.name ?? '';
      const rest = line.replace(/^\S+\s*/, '');
      await api.commands.run(`/quote MODE ${/^[#&!]/.test(rest) ? '' : `${channel} `}${rest}`, tab);
      return;
    }
    if (args.modes === undefined) {
      api.ui.notice(shown(room));
      return;
    }
    // `/mode #room +m`, as on IRC.
    const words = (args.rest ?? '').split(/\s+/).filter(word => word !== '');
    const modes = /^[+-]/.test(args.modes)
      ? args.modes
      : /^[+-]/.test(words[0] ?? '')
        ? (words.shift() ?? '')
        : args.modes;
    const changes = changesOf(modes);
    const unknown = changes.find(({ letter }) => PERSON[letter] === undefined && ROOM[letter] === undefined);
    if (unknown !== undefined || changes.length === 0) {
      throw new UserError(
        `There is nothing like the mode ${cleanIdentifier(unknown?.letter ?? modes)} in a room.`,
        '/configure shows what can be set.',
      );
    }
    const config: { readonly change: Change; readonly argument: string | undefined }[] = [];
    for (const change of changes) {
      if (PERSON[change.letter] !== undefined) await act(api, tab, change, takePerson(room, words));
      else {
        const takes = change.plus && ROOM[change.letter]?.on === 'argument';
        config.push({ change, argument: takes ? words.shift() : undefined });
      }
    }
    if (config.length > 0) await inTurn(api.store, room.id, () => configure(api, room, config));
  },
});
