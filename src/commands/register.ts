/** /register — make an account, or register with a service or in a room (XEP-0077). */
import {
  type Api,
  type BareJid,
  bareOf,
  cleanIdentifier,
  cleanLine,
  conditionOf,
  defineCommand,
  domainOf,
  errorText,
  type Form,
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
  summary: 'Make an account, or register a nick in this room or with a service',
  description:
    'With you@server it makes that account, if the server lets people do so, and logs in. In a room it asks the room to keep your nick for you (you become a member). With the address of a service it registers there. -remove ends the registration; with your own server it deletes your account, after asking.',
  args: {
    remove: { type: 'flag', help: 'end the registration' },
    service: {
      type: 'jid',
      optional: true,
      help: 'the account to make, or the address of a service; default: this room',
    },
  },
  examples: [
    '/register you@example.org',
    '/register',
    '/register gateway.example.org',
    '/register -remove gateway.example.org',
  ],
  async run({ api, args, chat }) {
    const service: Jid | undefined = args.service ?? (chat?.kind === 'room' ? chat.id : undefined);
    if (service === undefined) {
      const server =
        api.session.facts.domain ?? (api.session.facts.jid === undefined ? undefined : domainOf(api.session.facts.jid));
      const home = server === undefined ? undefined : parseJid(server);
      const choose = rowOf(
        safe`Choose a server at `,
        ['text.link', safe`https://providers.xmpp.net`],
        safe`, then `,
        ['text.key', safe`/register you@server`],
        safe` makes an account there, or its web page does and `,
        ['text.key', safe`/login you@server`],
        safe` logs in.`,
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
    if (await isNewAccount(api, service)) return makeAccount(api, bareOf(service));
    const { form: asked, registered } = await api.register.form(service).catch((error: unknown) => {
      if (conditionOf(error) === 'registration-required') {
        throw new UserError(
          `${cleanIdentifier(service)} keeps nicks for its members only.`,
          'Ask a member or a moderator to make you one.',
        );
      }
      if (localOf(service) !== undefined || conditionOf(error) === undefined) throw error;
      throw new UserError(
        `${cleanIdentifier(service)} does not register anybody from here.`,
        'Many servers make accounts on their web page only: https://providers.xmpp.net',
      );
    });
    // The nick we have there is the one to keep.
    const nick = chat?.kind === 'room' && chat.id === service ? chat.nick : '';
    const fields = asked.fields.map(field =>
      field.var === 'muc#register_roomnick' && field.values.length === 0 && nick !== ''
        ? { ...field, values: [nick] }
        : field,
    );
    const form = { ...asked, fields };
    const title = registered ? safe`registration` : safe`register`;
    const answer = await api.ui.form({ form, from: service, title, actions: [registered ? 'change' : 'register'] });
    if (answer.action === 'cancel') return;
    await api.register.submit(service, form, answer.values);
    api.ui.notice(safe`You are registered with ${cleanIdentifier(service)}.`);
  },
});

/** An address with a name is an account, unless it is a room; without a connection a server is one to join. */
async function isNewAccount(api: Api, service: Jid): Promise<boolean> {
  const { status } = api.session.facts;
  if (localOf(service) === undefined) return status !== 'online';
  if (api.store.room(bareOf(service)) !== undefined) return false;
  const host = parseJid(domainOf(service));
  if (status !== 'online' || host === undefined) return true;
  // Rooms that we have not entered look like accounts; their service knows better.
  const info = await api.disco.info(host).catch(() => undefined);
  return info?.identities.some(one => one.category === 'conference') !== true;
}

async function makeAccount(api: Api, address: BareJid): Promise<void> {
  const server = cleanIdentifier(domainOf(address));
  api.ui.notice(safe`Asking ${server} what it wants to know …`);
  const made = await api.session.newAccount(address);
  try {
    let kept: ReadonlyMap<string, readonly string[]> = new Map();
    for (;;) {
      const form = await made.form().catch((error: unknown) => {
        if (conditionOf(error) === undefined) throw error;
        throw new UserError(
          `${server} makes no accounts from here.`,
          'Many servers do so on their web page only: https://providers.xmpp.net',
        );
      });
      const answer = await api.ui.form({
        form: filledIn(form, localOf(address), kept),
        from: parseJid(domainOf(address)) ?? address,
        title: safe`new account`,
        actions: ['register'],
      });
      if (answer.action === 'cancel') return;
      try {
        await made.submit(form, answer.values);
      } catch (error) {
        const condition = conditionOf(error);
        if (condition === undefined) throw error;
        const why = condition === 'conflict' ? safe`This name is taken at ${server}.` : cleanLine(errorText(error));
        api.ui.notice(safe`${why} Change your answers, or press Esc.`, { level: 'error' });
        kept = answer.values;
        continue;
      }
      const local = answer.values.get('username')?.[0] ?? localOf(address);
      const account = parseJid(`${local}@${domainOf(address)}`);
      const password = answer.values.get('password')?.[0];
      api.ui.notice(safe`The account is made.`);
      if (account === undefined) return;
      made.close();
      await api.session.connect({ jid: bareOf(account), ...(password !== undefined && { password }) });
      if (String(api.config.get('account.jid')) === '')
        api.ui.notice(safe`To log in at every start: /set account.jid ${cleanIdentifier(account)}`);
      return;
    }
  } finally {
    made.close();
  }
}

/** What the person typed already: the name in the address, and the answers that were refused, but no answer to a riddle. */
function filledIn(form: Form, username: string | undefined, kept: ReadonlyMap<string, readonly string[]>): Form {
  const given = (name: string): readonly string[] | undefined =>
    name === 'ocr'
      ? undefined
      : (kept.get(name) ?? (name === 'username' && username !== undefined ? [username] : undefined));
  return {
    ...form,
    fields: form.fields.map(field =>
      field.type === 'hidden' || field.type === 'fixed'
        ? field
        : { ...field, values: given(field.var) ?? field.values },
    ),
  };
}
