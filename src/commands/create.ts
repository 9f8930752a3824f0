/** /create — make a new room. */
import { cleanIdentifier, defineCommand, fieldNamed, initialValues, quote, safe, setValue, UserError } from '../api.js';

/** A group is for people who know each other, a channel for everybody. */
const GROUP = { membersonly: '1', publicroom: '0', persistentroom: '1', whois: 'anyone', moderatedroom: '0' } as const;
const CHANNEL = { membersonly: '0', publicroom: '1', persistentroom: '1', whois: 'moderators' } as const;

export default defineCommand({
  name: 'create',
  group: 'rooms',
  needs: 'online',
  summary: 'Make a new room',
  description:
    '-group: hidden, for members only, everybody sees all addresses. -channel: public, only moderators see addresses. -configure opens the whole form. Default: as the service makes rooms.',
  args: {
    group: { type: 'flag', help: 'for people who know each other' },
    channel: { type: 'flag', help: 'for everybody' },
    configure: { type: 'flag', help: 'open the form of settings' },
    room: { type: 'room', help: 'room@service[/nick]' },
  },
  examples: ['/create -group friends@muc.example.org', '/create -channel tea@muc.example.org'],
  async run({ api, args }) {
    const { jid, nick } = args.room;
    if (args.group && args.channel) throw new UserError('A room is a group or a channel.', '/help create');
    if (api.store.room(jid)?.state === 'joined') {
      throw new UserError(`You are in ${cleanIdentifier(jid)} already.`, '/configure changes what it is.');
    }
    let created = false;
    const undo = api.on('room:joined', event => {
      if (event.room.id === jid) created = event.created;
    });
    try {
      await api.commands.run(`/join -new ${quote(nick === undefined ? jid : `${jid}/${nick}`)}`);
    } finally {
      undo();
    }
    const room = api.store.room(jid);
    // What went wrong was said by /join.
    if (room?.state !== 'joined') return;
    if (!created) {
      throw new UserError(
        `${cleanIdentifier(jid)} existed already, so nothing of it was changed.`,
        '/create with another name makes a new one.',
      );
    }
    const wanted = args.group ? GROUP : args.channel ? CHANNEL : undefined;
    if (wanted !== undefined) {
      const form = await api.mucAdmin.configForm(jid);
      let values = initialValues(form);
      for (const [name, value] of Object.entries(wanted)) {
        const field = fieldNamed(form, name);
        if (field !== undefined) values = setValue(form, values, field.var, [value]);
      }
      await api.mucAdmin.submitConfig(jid, form, values);
      api.ui.notice(
        args.group
          ? safe`A group: hidden, for members only, and everybody in it sees all addresses. /invite makes people members.`
          : safe`A channel: everybody may find and enter it, and only moderators see addresses.`,
        { chat: jid },
      );
    }
    if (args.configure) await api.commands.run('/configure', api.tabs.openChat(jid));
  },
});
