/** /irc — IRC through a gateway: which one, your networks, and their settings. */
import {
  type Api,
  type BareJid,
  bareOf,
  type Chat,
  cleanIdentifier,
  cleanLine,
  defineCommand,
  domainOf,
  isIrcChannel,
  joinSafe,
  networkOf,
  parseJid,
  plain,
  quote,
  type Row,
  readIrcAddress,
  rowOf,
  type Safe,
  safe,
  UserError,
  writeIrcAddress,
} from '../api.js';

const ACTIONS = ['status', 'configure', 'channels', 'info', 'disconnect', 'register'] as const;

/** What is known of a gateway. */
interface Found {
  readonly jid: BareJid;
  readonly name?: Safe;
}

/** Gateways to IRC that our server offers, as they say themselves. */
async function offered(api: Api): Promise<readonly Found[]> {
  const { jid, domain } = api.session.facts;
  const server = parseJid(domain ?? (jid === undefined ? undefined : domainOf(jid)));
  if (server === undefined) return [];
  const { items } = await api.disco.items(server);
  const asked = await Promise.all(
    items.slice(0, 50).map(async (item): Promise<Found | undefined> => {
      try {
        const { identities } = await api.disco.info(item.jid);
        const one = identities.find(
          ({ category, type }) => type === 'irc' && (category === 'conference' || category === 'gateway'),
        );
        if (one === undefined) return undefined;
        return { jid: bareOf(item.jid), ...(one.name === undefined ? {} : { name: one.name }) };
      } catch {
        api.log.debug(`no disco#info from ${item.jid}`);
        return undefined;
      }
    }),
  );
  return asked.filter(one => one !== undefined);
}

/** The gateway of this tab or of the settings, else the one the server offers; it is kept in the settings then. */
async function gatewayOf(api: Api, chat: Chat | undefined): Promise<BareJid> {
  const here = networkOf(chat, api.store.chats.values())?.gateway;
  const known = parseJid(here ?? String(api.config.get('irc.gateway')).trim());
  if (known !== undefined) return bareOf(known);
  const found = await offered(api);
  const [first] = found;
  if (first === undefined) {
    throw new UserError('Your server offers no gateway to IRC.', '/set irc.gateway NAME takes one of another server.');
  }
  if (found.length > 1) {
    const names = joinSafe(
      found.map(one => cleanIdentifier(one.jid)),
      safe`, `,
    );
    throw new UserError(
      `There are several gateways to IRC: ${names}.`,
      `/set irc.gateway ${first.jid} takes the first.`,
    );
  }
  api.config.set('irc.gateway', first.jid);
  api.ui.notice(
    safe`${first.name ?? safe`A gateway to IRC`} was found: ${cleanIdentifier(first.jid)} is now in your settings.`,
  );
  return first.jid;
}

/** What we are in, network by network. */
function networkRows(api: Api, gateway: BareJid): readonly Row[] {
  const networks = new Map<string, { nick: string; readonly channels: Safe[] }>();
  for (const chat of api.store.chats.values()) {
    if (chat.kind !== 'room' || !isIrcChannel(chat) || domainOf(chat.id) !== gateway) continue;
    const address = readIrcAddress(chat.id);
    if (address === undefined) continue;
    const network = networks.get(address.network) ?? { nick: '', channels: [] };
    if (chat.state === 'joined') network.nick = chat.nick;
    network.channels.push(chat.state === 'joined' ? chat.title : safe`${chat.title} (not in)`);
    networks.set(address.network, network);
  }
  return [...networks].map(([name, { nick, channels }]) =>
    rowOf(
      ['text.strong', cleanIdentifier(name)],
      nick === '' ? safe`  ` : safe`  as ${cleanIdentifier(nick)}: `,
      joinSafe(channels, safe` `),
    ),
  );
}

/** `network`, `#channel`, `#channel network`, or what the tab is about. */
function placeOf(gateway: BareJid, chat: Chat | undefined, api: Api, words: readonly string[]): BareJid {
  const here = networkOf(chat, api.store.chats.values());
  const channel = words.find(word => /^[#&+!]/.test(word)) ?? '';
  const network = words.find(word => word !== channel) ?? here?.network;
  if (network === undefined || network === '') {
    throw new UserError('Of which network?', '/irc configure irc.libera.chat');
  }
  const address = writeIrcAddress({ name: channel.toLowerCase(), network: network.toLowerCase(), gateway });
  if (address === undefined) throw new UserError(`“${cleanIdentifier(network)}” is not the name of a network.`);
  return address;
}

export default defineCommand({
  name: 'irc',
  group: 'service',
  needs: 'online',
  summary: 'IRC through a gateway: your networks, and their settings',
  description:
    'Alone it finds the gateway of your server, and shows your networks and channels. configure opens the settings of a network (port, TLS, nick, password), of a channel, or with “gateway” of the gateway itself; channels lists those of a network; info tells about the connection; disconnect leaves networks; register registers with the gateway. /join #channel network enters a channel, /quote sends a line as it stands.',
  args: {
    action: { type: 'choice', choices: ACTIONS, optional: true, help: 'what to do' },
    place: {
      type: 'rest',
      optional: true,
      help: 'network, #channel, #channel network, or gateway; default: the network of this tab',
    },
  },
  examples: ['/irc', '/irc configure irc.libera.chat', '/irc configure #debian irc.oftc.net', '/irc channels'],
  async run({ api, args, chat }) {
    const gateway = await gatewayOf(api, chat);
    const words = (args.place ?? '').split(/\s+/).filter(word => word !== '');
    switch (args.action) {
      case 'configure': {
        const place = words[0] === 'gateway' ? gateway : placeOf(gateway, chat, api, words);
        await api.commands.run(`/adhoc ${quote(place)} configure`);
        return;
      }
      case 'info':
        await api.commands.run(`/adhoc ${quote(placeOf(gateway, chat, api, words))} get-irc-connection-info`);
        return;
      case 'channels':
        await api.commands.run(`/list ${quote(placeOf(gateway, chat, api, words))}`);
        return;
      case 'disconnect':
        await api.commands.run(`/adhoc ${quote(gateway)} disconnect-from-irc-server`);
        return;
      case 'register':
        await api.commands.run(`/register ${quote(gateway)}`);
        return;
      default: {
        const rows = networkRows(api, gateway);
        api.ui.notice([
          rowOf(['text.heading', safe`IRC through `], ['text.address', cleanIdentifier(gateway)]),
          ...(rows.length === 0 ? [plain(safe`You are in no channel yet.`, 'text.dim')] : rows),
          rowOf(['text.key', cleanLine('/join #channel network')], safe` enters a channel`),
          rowOf(['text.key', cleanLine('/irc configure network')], safe` sets port, encryption, nick and password`),
        ]);
      }
    }
  },
});
