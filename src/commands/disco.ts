/** /disco — what an address is, can do and holds (XEP-0030, XEP-0128). */
import {
  cleanLine,
  type DiscoPage,
  defineCommand,
  domainOf,
  errorText,
  type Place,
  parseJid,
  type Tab,
  UserError,
} from '../api.js';

export default defineCommand({
  name: 'disco',
  group: 'service',
  needs: 'online',
  summary: 'Show what an address is, can do and holds',
  description: 'Opens a tab to walk into: Enter goes into an item, Backspace or Alt-Up back. Default: your server.',
  args: {
    back: { type: 'flag', help: 'to where you came from' },
    address: { type: 'word', optional: true, help: 'default: your server' },
    node: { type: 'word', optional: true, help: 'a node of it' },
  },
  examples: ['/disco', '/disco muc.example.org', '/disco example.org "http://jabber.org/protocol/commands"'],
  async run({ api, args, tab: from }) {
    const before = from.kind === 'disco' ? (from.data as DiscoPage) : undefined;
    const { jid: own, domain } = api.session.facts;
    let trail: readonly Place[] = before === undefined ? [] : [...before.trail, before.place].slice(-100);
    let place: Place | undefined;
    if (args.back) {
      place = before?.trail.at(-1);
      if (place === undefined) throw new UserError('This is where you started.', '/close closes the tab.');
      trail = before?.trail.slice(0, -1) ?? [];
    } else {
      const jid = parseJid(args.address ?? domain ?? (own === undefined ? undefined : domainOf(own)));
      if (jid === undefined) throw new UserError('Which address?', '/disco example.org');
      place = args.node === undefined ? { jid } : { jid, node: args.node };
    }
    const page: DiscoPage = { state: 'loading', place, trail, identities: [], features: [], items: [], forms: [] };
    const tab = api.tabs.open('disco', page) as Tab<DiscoPage>;
    api.tabs.setData(tab, page);
    const [info, items] = await Promise.allSettled([
      api.disco.info(place.jid, place.node),
      api.disco.items(place.jid, place.node),
    ]);
    // Walked on meanwhile: this answer is of no interest any more.
    if (tab.data !== page) return;
    if (info.status === 'rejected' && items.status === 'rejected') {
      api.tabs.setData(tab, { ...page, state: 'failed', error: cleanLine(errorText(info.reason)) });
      return;
    }
    const found = info.status === 'fulfilled' ? info.value : { identities: [], features: [], forms: [] };
    api.tabs.setData(tab, {
      ...page,
      state: 'done',
      identities: found.identities,
      features: [...found.features].sort().map(ns => {
        const name = api.disco.featureName(ns);
        return name === undefined ? { ns } : { ns, name };
      }),
      items: items.status === 'fulfilled' ? items.value.items : [],
      more: items.status === 'fulfilled' && items.value.more,
      forms: found.forms,
    });
  },
});
