/** /topic — show or set the subject of a room. */
import { asRoom, cleanBody, dateTime, defineCommand, rowOf, safe, span } from '../api.js';

export default defineCommand({
  name: 'topic',
  aliases: ['t', 'subject'],
  group: 'rooms',
  where: 'room',
  summary: 'Show or set the subject of this room',
  description: 'Tab puts the present subject in the line, to be edited. -clear removes it.',
  args: {
    clear: { type: 'flag', optional: true, help: 'remove the subject' },
    text: {
      type: 'rest',
      optional: true,
      help: 'the new subject',
      complete: ({ chat }) => (chat?.kind === 'room' && chat.subject !== undefined ? [chat.subject.text] : []),
    },
  },
  examples: ['/topic', '/topic Ask and stay a few minutes', '/topic -clear'],
  async run({ api, args, chat }) {
    const room = asRoom(chat);
    if (args.clear || args.text !== undefined) {
      await api.muc.setSubject(room.id, args.clear ? '' : (args.text ?? ''));
      return;
    }
    const { subject } = room;
    if (subject === undefined || subject.text === '') {
      api.ui.notice(safe`This room has no subject.`);
      return;
    }
    const by = subject.name === undefined ? safe`` : safe` by ${subject.name}`;
    const at = subject.at === undefined ? safe`` : safe` on ${dateTime(subject.at)}`;
    const rows = cleanBody(subject.text)
      .split('\n')
      .map(line => rowOf(['room.subject', cleanBody(line)]));
    api.ui.notice([...rows, ...(by === '' && at === '' ? [] : [[span('text.dim', safe`set${by}${at}`)]])]);
  },
});
