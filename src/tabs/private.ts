/** The tab of private messages with an occupant of a room. */
import {
  cleanIdentifier,
  composers,
  defineTab,
  isIrcChannel,
  plain,
  rowOf,
  type Safe,
  safe,
  signOf,
  span,
  typingWords,
} from '../api.js';

export default defineTab({
  kind: 'private',
  title: ({ chat }) => chat?.title ?? safe`private`,
  topic: ({ api, chat }) => {
    if (chat?.kind !== 'private') return [];
    const room = api.store.room(chat.room);
    return rowOf(
      safe`Private, through the room `,
      ['text.address', cleanIdentifier(chat.room)],
      ...(room?.facts.nonAnonymous === true && !isIrcChannel(room)
        ? [span('text.dim', safe` where everybody sees addresses`)]
        : []),
    );
  },
  view: ({ chat }) =>
    chat === undefined
      ? { type: 'text', rows: [plain(safe`This chat is closed.`)] }
      : { type: 'log', log: chat.log, readSeq: chat.readSeq },
  status: ({ api, chat }) => {
    if (chat?.kind !== 'private') return [];
    const name = cleanIdentifier(chat.nick);
    if (chat.gone) return plain(safe`${name} is not in the room any more`, 'bar.warning');
    const occupant = api.store.occupant(chat.id);
    const typing = api.config.get('typing.show', chat.id) === false ? undefined : typingWords(composers(chat));
    const sign = occupant === undefined ? safe`` : (signOf(occupant).trim() as Safe);
    return rowOf(
      ['bar.strong', safe`${sign}${name}`],
      ['bar.dim', safe` of ${api.store.room(chat.room)?.title ?? cleanIdentifier(chat.room)}`],
      ...(typing === undefined ? [] : [span('bar.normal', safe`  ${typing} …`)]),
    );
  },
});
