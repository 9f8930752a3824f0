/** /idle — since when somebody is away, or a server runs (XEP-0012). */
import {
  type Api,
  cleanIdentifier,
  defineCommand,
  duration,
  isFull,
  type Jid,
  localOf,
  refusal,
  safe,
  UserError,
} from '../api.js';

const SILENT = ['That is not told, or only to contacts.', '/whois shows what is known here.'] as const;

async function tell(api: Api, jid: Jid): Promise<void> {
  const { seconds, status } = await api.lastActivity.of(jid);
  const name = cleanIdentifier(jid);
  const since = duration(seconds * 1000);
  if (localOf(jid) === undefined) api.ui.notice(safe`${name} has been running for ${since}.`);
  else if (isFull(jid)) api.ui.notice(safe`${name} has been idle for ${since}.`);
  else if (seconds === 0) api.ui.notice(safe`${name} is there.`);
  else api.ui.notice(safe`${name} was last there ${since} ago${status === undefined ? safe`` : safe`: ${status}`}.`);
}

export default defineCommand({
  name: 'idle',
  aliases: ['last_activity', 'lastactivity', 'uptime', 'seen'],
  group: 'people',
  needs: 'online',
  summary: 'Ask since when somebody is away or idle, or a server runs',
  description: 'Without an argument whom you talk to, elsewhere your server. Contacts tell it, others mostly do not.',
  args: { who: { type: 'target', optional: true, help: 'nick in this room, or an address' } },
  examples: ['/idle', '/idle ana@example.org', '/uptime example.org'],
  async run({ api, args, chat }) {
    const jid = args.who ?? (chat === undefined || chat.kind === 'room' ? api.session.facts.domain : chat.id);
    if (jid === undefined) throw new UserError('Who?', '/idle nick, or /idle someone@server');
    try {
      await tell(api, jid as Jid);
    } catch (error) {
      throw refusal(error, {
        'service-unavailable': SILENT,
        forbidden: SILENT,
        'not-authorized': SILENT,
        'subscription-required': SILENT,
      });
    }
  },
});
