/** /bookmark — keep a room in the account (XEP-0402), and say how. */
import {
  type Api,
  asRoom,
  type BareJid,
  type Bookmark,
  cleanIdentifier,
  defineCommand,
  type Form,
  type FormField,
  isOn,
  type NotifyLevel,
  safe,
  UserError,
} from '../api.js';

const LEVELS = [
  ['default', safe`as everywhere`],
  ['all', safe`every message`],
  ['mention', safe`what concerns you`],
  ['none', safe`nothing`],
] as const;

function formFor(room: BareJid, known: Bookmark | undefined, nick: string | undefined): Form {
  const field = (
    name: string,
    label: FormField['label'],
    value: string | undefined,
    type: FormField['type'] = 'text-single',
    options: FormField['options'] = [],
  ): FormField => ({
    var: name,
    type,
    label,
    required: false,
    values: value === undefined ? [] : [value],
    options,
  });
  return {
    type: 'form',
    instructions: [safe`How ${cleanIdentifier(room)} is kept, for all your clients.`],
    fields: [
      field('name', safe`Name`, known?.name),
      field('nick', safe`Your nick there`, known?.nick ?? nick),
      field('password', safe`Password of the room`, known?.password, 'text-private'),
      field('autojoin', safe`Enter it at login`, known?.autojoin === false ? '0' : '1', 'boolean'),
      field(
        'notify',
        safe`What counts as news`,
        known?.notify ?? 'default',
        'list-single',
        LEVELS.map(([value, label]) => ({ value, label })),
      ),
    ],
  };
}

/** Lets the person change all of it in a form. */
async function edit(api: Api, room: BareJid): Promise<boolean> {
  const known = (await api.bookmarks.list()).find(one => one.room === room);
  const form = formFor(room, known, api.store.room(room)?.nick || undefined);
  const answer = await api.ui.form({ form, from: room, title: safe`bookmark`, actions: ['save'] });
  if (answer.action === 'cancel') return false;
  const word = (name: string): string => answer.values.get(name)?.[0]?.trim() ?? '';
  const notify = word('notify');
  await api.bookmarks.add({
    room,
    name: word('name'),
    nick: word('nick'),
    password: answer.values.get('password')?.[0] ?? '',
    autojoin: isOn(answer.values.get('autojoin')),
    notify: LEVELS.some(([level]) => level === notify) ? (notify as NotifyLevel | 'default') : 'default',
  });
  if (notify === 'default') api.config.reset('rooms.notify', room);
  else if (notify !== '') api.config.set('rooms.notify', notify, room);
  return true;
}

export default defineCommand({
  name: 'bookmark',
  group: 'rooms',
  needs: 'account',
  summary: 'Keep a room among your bookmarks',
  description:
    'It is entered when you log in, from all your clients; with -manual it is only kept. -edit opens a form with name, nick, password and what counts as news; -remove forgets it.',
  args: {
    manual: { type: 'flag', help: 'do not enter it at login' },
    edit: { type: 'flag', help: 'change name, nick, password and level of news' },
    remove: { type: 'flag', help: 'forget it' },
    room: { type: 'room', optional: true, help: 'default: this room' },
  },
  examples: ['/bookmark', '/bookmark -manual chat@muc.example.org', '/bookmark -edit', '/bookmark -remove'],
  async run({ api, args, chat, tab }) {
    const room = args.room?.jid ?? asRoom(chat).id;
    const shown = cleanIdentifier(room);
    if (args.edit && args.remove) throw new UserError('Change it or forget it?', '/help bookmark');
    if (args.remove) {
      await api.bookmarks.remove(room);
      api.ui.notice(safe`${shown} is not bookmarked any more.`);
    } else if (args.edit) {
      if (!(await edit(api, room))) return;
      api.ui.notice(safe`The bookmark of ${shown} is kept.`);
    } else {
      const nick = args.room?.nick ?? api.store.room(room)?.nick;
      const password = args.room?.password;
      const named = (await api.bookmarks.list()).find(one => one.room === room)?.name !== undefined;
      const name = named ? undefined : api.store.room(room)?.facts.name;
      await api.bookmarks.add({
        room,
        autojoin: !args.manual,
        ...(nick === undefined || nick === '' ? {} : { nick }),
        ...(password === undefined ? {} : { password }),
        ...(name === undefined ? {} : { name }),
      });
      api.ui.notice(safe`${shown} is bookmarked${args.manual ? safe`` : safe` and entered at login`}.`);
    }
    if (tab.kind === 'bookmarks') await api.commands.run('/bookmarks');
  },
});
