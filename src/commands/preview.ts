/** /preview — what a room is about and who may enter, before entering it (XEP-0045 §6.4). */
import {
  asRoom,
  cleanIdentifier,
  count,
  defineCommand,
  domainOf,
  joinSafe,
  plain,
  quote,
  type Row,
  rowOf,
  type Safe,
  safe,
  UserError,
} from '../api.js';

export default defineCommand({
  name: 'preview',
  group: 'rooms',
  needs: 'online',
  summary: 'Show what a room is about without entering it',
  args: { room: { type: 'room', optional: true, help: 'default: this room' } },
  examples: ['/preview chat@muc.example.org'],
  async run({ api, args, chat }) {
    const room = args.room?.jid ?? asRoom(chat).id;
    const name = cleanIdentifier(room);
    const { facts, subject, occupants, language } = await api.muc.preview(room).catch(() => {
      throw new UserError(`${name} tells nothing to those outside.`, `/list ${domainOf(room)} shows public rooms.`);
    });
    const rows: Row[] = [
      rowOf(
        ['text.address', name],
        facts.name === undefined ? safe`` : safe`  ${facts.name}`,
        occupants === undefined ? safe`` : safe`  ${count(occupants, 'person', 'people')}`,
        language === undefined ? safe`` : safe`  language ${language}`,
      ),
    ];
    if (subject !== undefined) rows.push(plain(safe`Topic: ${subject}`));
    if (facts.description !== undefined) rows.push(plain(facts.description));
    const words: Safe[] = [
      facts.nonAnonymous === true ? safe`Everybody there sees your address.` : safe`Only moderators see your address.`,
      ...(facts.features?.has('urn:xmpp:mam:2') === true ? [safe`The room keeps what is said.`] : []),
      ...(facts.membersOnly === true ? [safe`Members only.`] : []),
      ...(facts.password === true ? [safe`It wants a password.`] : []),
      ...(facts.moderated === true ? [safe`Moderated: moderators decide who may talk.`] : []),
    ];
    rows.push(plain(joinSafe(words, safe` `), 'text.dim'));
    if (api.store.room(room)?.state !== 'joined') {
      rows.push(rowOf(['text.key', cleanIdentifier(`/join ${quote(room)}`)], safe` enters.`));
    }
    api.ui.notice(rows, { level: 'help' });
  },
});
