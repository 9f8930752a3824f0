/** /lockdown — close a room under attack, and open it again as it was. */
import {
  type Api,
  asRoom,
  cleanIdentifier,
  cleanLine,
  closing,
  count,
  dateTime,
  defineCommand,
  fieldNamed,
  isOn,
  joinSafe,
  opening,
  plain,
  type Room,
  refusal,
  type Safe,
  safe,
  shortName,
  UserError,
} from '../api.js';

async function close(api: Api, room: Room, level: 'newcomers' | 'members'): Promise<void> {
  const strangers = [...room.occupants.values()].filter(one => one.affiliation === 'none').length;
  if (level === 'members' && strangers > 0) {
    const people = count(strangers, 'person', 'people');
    if (!(await api.ui.confirm(safe`Members only: ${people} without affiliation must leave ${room.title}. Close it?`)))
      return;
  }
  const form = await api.mucAdmin.configForm(room.id);
  const { values, changed } = closing(form, level);
  if (changed.length === 0) throw new UserError(`${room.title} is closed already.`, '/configure shows its settings.');
  const before = api.desk.lockdown(room.id);
  // Kept before it is done: a crash in between leaves something to undo. What an earlier lockdown found stays the truth.
  const known = new Set(before?.changed.map(one => one.name));
  const all = [...(before?.changed ?? []), ...changed.filter(one => !known.has(one.name))];
  api.desk.setLockdown(room.id, { at: before?.at ?? api.now(), changed: all });
  try {
    await api.mucAdmin.submitConfig(room.id, form, values);
  } catch (error) {
    api.desk.setLockdown(room.id, before);
    throw error;
  }
  const names = changed.map(({ name, to }) => {
    const field = form.fields.find(one => one.var === name);
    const value = field?.type === 'boolean' ? (isOn(to) ? 'on' : 'off') : to.join(' ');
    return cleanLine(`${field === undefined ? name : shortName(field)} ${value}`);
  });
  const moderated = fieldNamed(form, 'moderatedroom') !== undefined;
  const words: Safe =
    level === 'members'
      ? safe`${room.title} is closed to all but members.`
      : moderated
        ? safe`${room.title} is closed: newcomers may only read, who talks already may go on.`
        : safe`${room.title} is closed as far as it can be.`;
  api.ui.notice([
    plain(words, 'notice.success'),
    plain(safe`Changed: ${joinSafe(names, safe`, `)}. /lockdown off restores what was before.`, 'text.dim'),
  ]);
}

async function open(api: Api, room: Room): Promise<void> {
  const lockdown = api.desk.lockdown(room.id);
  if (lockdown === undefined) {
    throw new UserError(`${room.title} was not closed from here.`, '/configure changes its settings.');
  }
  const form = await api.mucAdmin.configForm(room.id);
  const { values, restored, kept } = opening(form, lockdown);
  if (restored.length > 0) await api.mucAdmin.submitConfig(room.id, form, values);
  else await api.mucAdmin.cancelConfig(room.id);
  api.desk.setLockdown(room.id, undefined);
  api.ui.notice([
    plain(safe`${room.title} is open again, with the settings it had.`, 'notice.success'),
    ...(kept.length === 0
      ? []
      : [plain(safe`Somebody changed these meanwhile, so they stay: ${cleanLine(kept.join(', '))}.`, 'text.dim')]),
    plain(safe`Who may only read now still may: /voice nick, or they come in again.`, 'text.dim'),
  ]);
}

export default defineCommand({
  name: 'lockdown',
  group: 'moderation',
  where: 'room',
  needs: 'online',
  summary: 'Close this room under attack, or open it again as it was',
  description:
    'on: newcomers may only read and write to nobody in private, who talks already may go on. -members: only members may be in it at all; the others must leave, which is asked first. off restores the settings as they were; for accounts they are kept on disk, so that this works after a crash too. Only owners may.',
  args: {
    members: { type: 'flag', help: 'only members' },
    what: { type: 'choice', optional: true, choices: ['on', 'off'], help: 'default: say how it is' },
  },
  examples: ['/lockdown on', '/lockdown -members on', '/lockdown off'],
  async run({ api, args, chat }) {
    const room = asRoom(chat);
    if (args.what === undefined && !args.members) {
      const since = api.desk.lockdown(room.id)?.at;
      api.ui.notice(
        since === undefined
          ? safe`${cleanIdentifier(room.id)} is not closed. /lockdown on lets newcomers only read.`
          : safe`${cleanIdentifier(room.id)} is closed since ${dateTime(since)}. /lockdown off opens it.`,
      );
      return;
    }
    try {
      if (args.what === 'off') await open(api, room);
      else await close(api, room, args.members ? 'members' : 'newcomers');
    } catch (error) {
      throw refusal(error, {
        forbidden: ['Only owners may close a room.', '/names shows them (~); /quiet works for moderators.'],
        'not-allowed': ['Only owners may close a room.', '/names shows them (~); /quiet works for moderators.'],
        'not-acceptable': ['The room does not accept this.', '/configure shows its settings.'],
      });
    }
  },
});
