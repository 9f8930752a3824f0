/** /unignore — show again what somebody says. */
import { cleanIdentifier, defineCommand, type IgnoreRule, parseJid, safe, UserError } from '../api.js';

const nameOf = (rule: IgnoreRule): string => rule.who ?? rule.says ?? rule.nick ?? rule.jid ?? rule.occupantId ?? '';

export default defineCommand({
  name: 'unignore',
  group: 'people',
  summary: 'Show again what somebody says',
  args: {
    who: {
      type: 'rest',
      help: 'nick, address or pattern as /ignored shows it',
      complete: ({ api }) => api.chats.ignored.map(nameOf),
    },
  },
  examples: ['/unignore nemo'],
  run({ api, args, chat }) {
    const who = args.who.trim();
    // A pattern may stand between the slashes in which /ignored shows it.
    const pattern = /^\/(.+)\/i?$/su.exec(who)?.[1];
    const jid = parseJid(who);
    const rules = api.chats.ignored.filter(
      rule =>
        nameOf(rule) === who ||
        (pattern !== undefined && nameOf(rule) === pattern) ||
        (jid !== undefined && rule.jid === jid),
    );
    const here = rules.filter(rule => rule.room === chat?.id);
    const meant = here.length > 0 ? here : rules;
    if (meant.length === 0) throw new UserError(`${cleanIdentifier(who)} is not ignored.`, '/ignored shows who is.');
    for (const rule of meant) api.chats.unignore(rule);
    api.ui.notice(safe`${cleanIdentifier(who)} is shown again.`);
  },
});
