/** The tab of a one-to-one chat. */
import { cleanIdentifier, composers, defineTab, plain, rowOf, safe, showWord, span } from '../api.js';

export default defineTab({
  kind: 'direct',
  title: ({ chat }) => chat?.title ?? safe`chat`,
  topic: ({ api, chat }) => {
    if (chat === undefined) return [];
    const contact = api.store.contact(chat.id);
    const status = contact?.best?.status;
    return rowOf(
      ['text.address', cleanIdentifier(chat.id)],
      ...(status === undefined ? [] : [span('text.dim', safe`  ${status}`)]),
    );
  },
  view: ({ chat }) =>
    chat === undefined
      ? { type: 'text', rows: [plain(safe`This chat is closed.`)] }
      : { type: 'log', log: chat.log, readSeq: chat.readSeq },
  status: ({ api, chat }) => {
    if (chat?.kind !== 'direct') return [];
    const contact = api.store.contact(chat.id);
    const typing =
      api.config.get('typing.show', chat.id) === false || composers(chat).length === 0 ? undefined : safe`typing …`;
    const there =
      chat.network === true
        ? safe`network of IRC: what you type here goes to it as it stands`
        : contact === undefined
          ? safe`not in your contacts`
          : contact.best !== undefined
            ? showWord(contact.best.show)
            : contact.subscription === 'both' || contact.subscription === 'to'
              ? safe`not there`
              : safe`presence unknown`;
    const gone = chat.chatState === 'gone' ? safe`, has closed the chat` : safe``;
    return rowOf(
      ['bar.strong', chat.title],
      ['bar.dim', safe` ${there}${gone}`],
      ...(typing === undefined ? [] : [span('bar.normal', safe`  ${typing}`)]),
    );
  },
});
