/** XEP-0030 Service Discovery: what an address is, what it can and what it holds; and what we say about ourselves. https://xmpp.org/extensions/xep-0030.html */
import { type BareJid, domainOf, type Jid, parseJid } from '../../lib/jid.js';
import { cleanLine, type Safe } from '../../lib/text.js';
import type { Form } from '../../model/form.js';
import { StanzaError } from '../errors.js';
import { featureName } from '../feature-names.js';
import { formOf, NS_DATA } from '../forms.js';
import { isInRoom, mayAsk } from '../trust.js';
import { defineXep, type Mutable, type XepContext } from '../xep.js';
import { attr, childOf, childrenOf, type Element, textOf, xml } from '../xml.js';

export const NS_INFO = 'http://jabber.org/protocol/disco#info';
const NS_ITEMS = 'http://jabber.org/protocol/disco#items';
const NS_RSM = 'http://jabber.org/protocol/rsm';

const MAX_ITEMS = 5_000;
const MAX_FEATURES = 1_000;
const MAX_IDENTITIES = 50;
const MAX_FORMS = 20;
const MAX_PAGES = 60;
const PAGE = 250;
const MAX_CACHED = 500;
/** What a service can changes rarely; what a person looks at should not be old. */
const CACHE_MS = 10 * 60_000;

export interface DiscoIdentity {
  readonly category: string;
  readonly type: string;
  readonly name?: Safe;
}
export interface DiscoInfo {
  readonly identities: readonly DiscoIdentity[];
  readonly features: readonly string[];
  /** XEP-0128, such as contact addresses. */
  readonly forms: readonly Form[];
}
export interface DiscoItem {
  readonly jid: Jid;
  readonly node?: string;
  readonly name?: Safe;
}
export interface DiscoItems {
  readonly items: readonly DiscoItem[];
  /** There are more than were fetched. */
  readonly more: boolean;
}
export interface DiscoApi {
  info(jid: Jid, node?: string, options?: { readonly fresh?: boolean }): Promise<DiscoInfo>;
  items(jid: Jid, node?: string): Promise<DiscoItems>;
  /** The first service of our own server that is of this kind, `conference/text` for instance. */
  own(category: string, type: string): Promise<Jid | undefined>;
  /** Whether this address has said, in this session, that it has the feature. */
  knows(jid: Jid, feature: string): boolean;
  /** The XEP's name for a feature, if it is a known one. */
  featureName(feature: string): string | undefined;
}
declare module '../../api.js' {
  interface XepApi {
    disco: DiscoApi;
  }
}

/** Reads the `<query/>` of disco#info; total. */
export function infoOf(query: Element | undefined, lang: string): DiscoInfo {
  return {
    identities: childrenOf(query, 'identity')
      .slice(0, MAX_IDENTITIES)
      .map(identity => {
        const made: Mutable<DiscoIdentity> = {
          category: cleanLine(attr(identity, 'category') ?? ''),
          type: cleanLine(attr(identity, 'type') ?? ''),
        };
        const name = attr(identity, 'name');
        if (name !== undefined && name !== '') made.name = cleanLine(name);
        return made;
      }),
    features: [
      ...new Set(
        childrenOf(query, 'feature')
          .slice(0, MAX_FEATURES)
          .map(feature => attr(feature, 'var') ?? '')
          .filter(feature => feature !== ''),
      ),
    ],
    forms: childrenOf(query, 'x', NS_DATA)
      .slice(0, MAX_FORMS)
      .map(x => formOf(x, lang)),
  };
}

function itemOf(item: Element): DiscoItem[] {
  const jid = parseJid(attr(item, 'jid'));
  if (jid === undefined) return [];
  const made: Mutable<DiscoItem> = { jid };
  const node = attr(item, 'node');
  const name = attr(item, 'name');
  if (node !== undefined) made.node = node;
  if (name !== undefined && name !== '') made.name = cleanLine(name);
  return [made];
}

/** What we answer, and what XEP-0115 makes a hash of. */
export function ownInfo(context: XepContext, whole: boolean): Element[] {
  // A guest, or whoever a stranger asks, is some console client and nothing more.
  if (!whole) {
    return [xml('identity', { category: 'client', type: 'console' }), xml('feature', { var: NS_INFO })];
  }
  const features = [...context.features].sort();
  return [
    xml('identity', { category: 'client', type: 'console', name: context.userAgent.name }),
    ...features.map(feature => xml('feature', { var: feature })),
  ];
}

export default defineXep({
  name: 'disco',
  spec: 'XEP-0030',
  title: 'Service Discovery',
  features: [NS_INFO],
  install(context) {
    let cache = new Map<
      string,
      { readonly at: number; readonly info: DiscoInfo; readonly features: ReadonlySet<string> }
    >();
    const keyOf = (jid: Jid, node: string | undefined): string => `${jid}\n${node ?? ''}`;

    /** What our own account's server was in the last session: it speaks before it has been asked again. */
    let before: { readonly bare: BareJid; readonly features: ReadonlySet<string> } | undefined;
    context.on('ended', () => {
      const { bare } = context;
      const own = bare === undefined ? undefined : cache.get(keyOf(bare, undefined));
      if (bare !== undefined && own !== undefined) before = { bare, features: own.features };
      cache = new Map();
    });
    context.answer({ ns: NS_INFO, name: 'query', type: 'get' }, (query, iq) => {
      const from = parseJid(attr(iq, 'from'));
      const node = attr(query, 'node');
      const whole = mayAsk(context, from) || (!context.anonymous && from !== undefined && isInRoom(context, from));
      if (node !== undefined && !(whole && node === context.use('caps').node)) throw new StanzaError('item-not-found');
      return xml('query', { xmlns: NS_INFO, node }, ownInfo(context, whole));
    });
    context.answer({ ns: NS_ITEMS, name: 'query', type: 'get' }, query =>
      xml('query', { xmlns: NS_ITEMS, node: attr(query, 'node') }),
    );

    /** Questions on their way: whoever asks the same meanwhile gets the same answer. */
    const asking = new Map<string, Promise<DiscoInfo>>();
    const ask = async (jid: Jid, node: string | undefined): Promise<DiscoInfo> => {
      const reply = await context.request(xml('iq', { type: 'get', to: jid }, xml('query', { xmlns: NS_INFO, node })));
      const query = childOf(reply, 'query', NS_INFO);
      if (query === undefined) throw new StanzaError('undefined-condition', { text: 'the answer was empty' });
      const info = infoOf(query, context.lang);
      if (cache.size >= MAX_CACHED) cache.delete(cache.keys().next().value ?? '');
      cache.set(keyOf(jid, node), { at: context.clock.now(), info, features: new Set(info.features) });
      return info;
    };

    const disco: DiscoApi = {
      async info(jid, node, options = {}) {
        const key = keyOf(jid, node);
        const known = cache.get(key);
        if (options.fresh === true) return ask(jid, node);
        if (known !== undefined && context.clock.now() - known.at < CACHE_MS) return known.info;
        const question = asking.get(key) ?? ask(jid, node).finally(() => asking.delete(key));
        asking.set(key, question);
        return question;
      },
      async items(jid, node) {
        const items: DiscoItem[] = [];
        const seen = new Set<string>();
        let after: string | undefined;
        for (let page = 0; page < MAX_PAGES; page++) {
          // The first question is the plain one, which every service understands; pages only where it cut its answer.
          const set =
            after === undefined ? undefined : xml('set', NS_RSM, xml('max', {}, `${PAGE}`), xml('after', {}, after));
          const reply = await context.request(
            xml('iq', { type: 'get', to: jid }, xml('query', { xmlns: NS_ITEMS, node }, set)),
          );
          const query = childOf(reply, 'query', NS_ITEMS);
          const found = childrenOf(query, 'item');
          for (const item of found) {
            if (items.length >= MAX_ITEMS) return { items, more: true };
            items.push(...itemOf(item));
          }
          const rsm = childOf(query, 'set', NS_RSM);
          const last = textOf(rsm, 'last');
          const count = Number(textOf(rsm, 'count') ?? Number.NaN);
          if (last === undefined || found.length === 0 || seen.has(last) || items.length >= count) {
            return { items, more: false };
          }
          seen.add(last);
          after = last;
        }
        return { items, more: true };
      },
      async own(category, type) {
        const server = context.jid === undefined ? undefined : parseJid(domainOf(context.jid));
        if (server === undefined) return undefined;
        const isIt = ({ identities }: DiscoInfo): boolean =>
          identities.some(one => one.category === category && one.type === type);
        for (const { jid } of [{ jid: server }, ...(await disco.items(server)).items]) {
          // A service that does not answer is none.
          const info = await disco.info(jid).catch(() => undefined);
          if (info !== undefined && isIt(info)) return jid;
        }
        return undefined;
      },
      knows: (jid, feature) =>
        (cache.get(keyOf(jid, undefined)) ?? (jid === before?.bare ? before : undefined))?.features.has(feature) ===
        true,
      featureName,
    };
    // What our own account's server stores is asked once, so that its ids and archive can be believed.
    context.on('online', () => {
      const { bare } = context;
      if (!context.anonymous && bare !== undefined) disco.info(bare).catch(() => {});
    });
    return { disco };
  },
});
