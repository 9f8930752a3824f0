/** /register — register with a service, or in a room (XEP-0077). */
import {
  bareOf,
  cleanIdentifier,
  conditionOf,
  defineCommand,
  domainOf,
  type Jid,
  localOf,
  parseJid,
  plain,
  rowOf,
  safe,
  UserError,
} from '../api.js';

export default defineCommand({
  name: 'register',
  group: 'service',
  summary: 'Register: a nick in this room, with a service, or how to get an account',
  description:
    'In a room it asks the room to keep your nick for you (you become a member). With an address it registers there. -remove ends the registration; with your own server it deletes your account, after asking.',
  args: {
    remove: { type: 'flag', help: 'end the registration' },
    service: { type: 'jid', optional: true, help: 'address of the service; default: this room' },
  },
  examples: ['/register', '/register gateway.example.org', '/register -remove gateway.example.org'],
  async run({ api, args, chat }) {
    const service: Jid | undefined = args.service ?? (chat?.kind === 'room' ? chat.id : undefined);
    if (service === undefined) {
      const server =
        api.session.facts.domain ?? (api.session.facts.jid === undefined ? undefined : domainOf(api.session.facts.jid));
      const home = server === undefined ? undefined : parseJid(server);
      const choose = rowOf(
        safe`Choose a server at `,
        ['text.link', safe`https://providers.xmpp.net`],
        safe` and make an account there; then `,
        ['text.key', safe`/login you@server`],
        safe`.`,
      );
      const why = plain(safe`With an account people can answer you later, and you have contacts and bookmarks.`);
      const gateway =
        home === undefined
          ? []
          : [rowOf(['text.key', safe`/register address`], safe` registers with a service, such as a gateway.`)];
      api.ui.notice([why, choose, ...gateway], { level: 'help' });
      return;
    }
    if (args.remove) {
      const { anonymous, jid } = api.session.facts;
      if (!anonymous && jid !== undefined && (service === domainOf(jid) || service === bareOf(jid))) {
        const own = bareOf(jid);
        api.ui.notice(safe`This deletes ${cleanIdentifier(own)} with everything in it, for good.`, {
          level: 'warning',
        });
        const typed = await api.ui.ask({ text: safe`Type the address to delete it:` });
        if (typed?.trim() !== own) throw new UserError('Nothing was deleted.');
        await api.register.deleteAccount();
        api.ui.notice(safe`The account ${cleanIdentifier(own)} is deleted.`, { level: 'warning' });
        return;
      }
      if (!(await api.ui.confirm(safe`End the registration with ${cleanIdentifier(service)}?`))) return;
      await api.register.unregister(service);
      api.ui.notice(safe`You are not registered with ${cleanIdentifier(service)} any more.`);
      return;
    }
    const { form, registered } = await api.register.form(service).catch((error: unknown) => {
      if (localOf(service) !== undefined || conditionOf(error) === undefined) throw error;
      throw new UserError(
        `${cleanIdentifier(service)} does not register anybody from here.`,
        'Many servers make accounts on their web page only: https://providers.xmpp.net',
      );
    });
    const title = registered ? safe`registration` : safe`register`;
    const answer = await api.ui.form({ form, from: service, title, actions: [registered ? 'change' : 'register'] });
    if (answer.action === 'cancel') return;
    await api.register.submit(service, form, answer.values);
    api.ui.notice(safe`You are registered with ${cleanIdentifier(service)}.`);
  },
});
