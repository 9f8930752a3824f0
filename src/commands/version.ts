/** /version — which program somebody uses (XEP-0092). */
import {
  type Api,
  type Chat,
  cleanIdentifier,
  cleanLine,
  defineCommand,
  type Jid,
  refusal,
  safe,
  UserError,
} from '../api.js';

/** The client to ask: of a contact the one to write to. */
function clientOf(api: Api, chat: Chat | undefined, typed: Jid | undefined): Jid | undefined {
  if (typed !== undefined) return api.store.contact(typed)?.best?.jid ?? typed;
  if (chat?.kind === 'direct') return api.store.contact(chat.id)?.best?.jid;
  return chat?.kind === 'private' ? chat.id : undefined;
}

export default defineCommand({
  name: 'version',
  group: 'people',
  summary: 'Ask which program somebody, or a server, uses',
  description: 'Without an argument in a chat that person, elsewhere this program.',
  args: { who: { type: 'target', optional: true, help: 'nick in this room, or an address' } },
  examples: ['/version', '/version nemo', '/version example.org'],
  async run({ api, args, chat }) {
    const jid = clientOf(api, chat, args.who);
    if (jid === undefined) {
      api.ui.notice(safe`This is ${cleanIdentifier(api.program.name)} ${cleanIdentifier(api.program.version)}.`);
      return;
    }
    const silent = [
      `${cleanIdentifier(jid)} does not tell which program that is.`,
      '/disco shows what it can do.',
    ] as const;
    const { name, version, os } = await api.version.of(jid).catch((error: unknown) => {
      throw refusal(error, { 'service-unavailable': silent, forbidden: silent, 'feature-not-implemented': silent });
    });
    const words = [name, version, os].filter(part => part !== undefined && part !== '').join(' ');
    if (words === '') throw new UserError(`${cleanIdentifier(jid)} does not tell.`);
    api.ui.notice(safe`${cleanIdentifier(jid)}: ${cleanLine(words)}`);
  },
});
