/** /ignored — who is ignored. */
import {
  cleanIdentifier,
  defineCommand,
  type IgnoreRule,
  plain,
  type Row,
  rowOf,
  type Safe,
  safe,
  span,
} from '../api.js';

const nameOf = ({ who, says, nick, jid }: IgnoreRule): Safe =>
  who !== undefined || says !== undefined
    ? safe`/${cleanIdentifier(who ?? says ?? '')}/`
    : cleanIdentifier(nick ?? jid ?? '');

export default defineCommand({
  name: 'ignored',
  group: 'people',
  summary: 'Show who is ignored',
  run({ api }) {
    const rows: Row[] = api.chats.ignored.map(rule =>
      rowOf(
        ['text.strong', nameOf(rule)],
        rule.room === undefined ? safe` everywhere` : safe` in ${cleanIdentifier(rule.room)}`,
        ...(rule.occupantId === undefined ? [] : [span('text.dim', safe` (whatever the nick)`)]),
        ...(rule.who === undefined ? [] : [span('text.dim', safe` (nicks and addresses)`)]),
        ...(rule.says === undefined ? [] : [span('text.dim', safe` (what is said)`)]),
      ),
    );
    api.ui.notice(rows.length > 0 ? rows : [plain(safe`Nobody is ignored. /ignore nick does it.`)]);
  },
});
