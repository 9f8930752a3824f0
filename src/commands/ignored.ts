/** /ignored — who is ignored. */
import { cleanIdentifier, defineCommand, plain, type Row, rowOf, safe, span } from '../api.js';

export default defineCommand({
  name: 'ignored',
  group: 'people',
  summary: 'Show who is ignored',
  run({ api }) {
    const rows: Row[] = api.chats.ignored.map(rule =>
      rowOf(
        ['text.strong', cleanIdentifier(rule.nick ?? rule.jid ?? '')],
        rule.room === undefined ? safe` everywhere` : safe` in ${cleanIdentifier(rule.room)}`,
        ...(rule.occupantId === undefined ? [] : [span('text.dim', safe` (whatever the nick)`)]),
      ),
    );
    api.ui.notice(rows.length > 0 ? rows : [plain(safe`Nobody is ignored. /ignore nick does it.`)]);
  },
});
