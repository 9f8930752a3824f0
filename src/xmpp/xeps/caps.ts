/** XEP-0115 Entity Capabilities: our own for contacts, others' only after their hash was checked; none for guests. https://xmpp.org/extensions/xep-0115.html */
import { createHash } from 'node:crypto';
import { isFull, type Jid, parseJid } from '../../lib/jid.js';
import { seesUs } from '../trust.js';
import { defineXep } from '../xep.js';
import { attr, childOf, childrenOf, type Element, elementsOf, textOf, xml } from '../xml.js';
import { NS_INFO, ownInfo } from './disco.js';

const NS = 'http://jabber.org/protocol/caps';
/** A name of ours rather than a place that would be visited. */
const NODE = 'https://causette.invalid/caps';
const MAX_CACHED = 1_000;
/** Questions under way at once; a busy morning must not flood the server. */
const MAX_ASKING = 5;

export interface CapsApi {
  /** Node and hash which our presence names. */
  readonly node: string;
  /** Features of a connected client, if its hash was verified. */
  of(jid: Jid): ReadonlySet<string> | undefined;
}
declare module '../../api.js' {
  interface XepApi {
    caps: CapsApi;
  }
}

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** The verification string of the children of a disco#info query; `undefined` if it is ill-formed (§5.4). */
export function verificationOf(children: readonly Element[]): string | undefined {
  const identities = children
    .filter(child => child.getName() === 'identity')
    .map(
      identity =>
        `${attr(identity, 'category') ?? ''}/${attr(identity, 'type') ?? ''}/${attr(identity, 'xml:lang') ?? ''}/${attr(identity, 'name') ?? ''}`,
    )
    .sort(byBytes);
  const features = children
    .filter(child => child.getName() === 'feature')
    .map(feature => attr(feature, 'var') ?? '')
    .sort(byBytes);
  if (new Set(identities).size < identities.length || new Set(features).size < features.length) return undefined;
  const forms = new Map<string, string>();
  for (const x of children.filter(child => child.is('x', 'jabber:x:data'))) {
    const fields = childrenOf(x, 'field');
    const typed = fields.find(field => attr(field, 'var') === 'FORM_TYPE' && attr(field, 'type') === 'hidden');
    const formType = textOf(typed, 'value');
    if (formType === undefined) continue;
    if (forms.has(formType)) return undefined;
    const lines = fields
      .filter(field => field !== typed)
      .sort((a, b) => byBytes(attr(a, 'var') ?? '', attr(b, 'var') ?? ''))
      .flatMap(field => [
        attr(field, 'var') ?? '',
        ...childrenOf(field, 'value')
          .map(value => value.getText())
          .sort(byBytes),
      ]);
    forms.set(formType, [formType, ...lines].join('<'));
  }
  const extensions = [...forms].sort(([a], [b]) => byBytes(a, b)).map(([, text]) => text);
  const parts = [...identities, ...features, ...extensions];
  // > "<" would let one string pass for several  §5.1
  if ([...identities, ...features].some(part => part.includes('<'))) return undefined;
  const text = parts.map(part => `${part}<`).join('');
  return createHash('sha1').update(text).digest('base64');
}

export default defineXep({
  name: 'caps',
  spec: 'XEP-0115',
  title: 'Entity Capabilities',
  features: [NS],
  encode: {
    presence(presence, context) {
      if (context.anonymous || presence.type !== undefined) return undefined;
      const ver = verificationOf(ownInfo(context, true));
      return ver === undefined ? undefined : xml('c', { xmlns: NS, hash: 'sha-1', node: NODE, ver });
    },
  },
  install(context) {
    /** Verified features by hash; the hash makes them true for everybody. */
    const verified = new Map<string, ReadonlySet<string>>();
    const verOf = new Map<Jid, string>();
    const asking = new Set<string>();

    async function verify(jid: Jid, node: string, ver: string): Promise<void> {
      asking.add(ver);
      try {
        const reply = await context.request(
          xml('iq', { type: 'get', to: jid }, xml('query', { xmlns: NS_INFO, node: `${node}#${ver}` })),
        );
        const children = elementsOf(childOf(reply, 'query', NS_INFO));
        if (verificationOf(children) !== ver) {
          context.debug('capabilities with a wrong hash: not kept');
          return;
        }
        if (verified.size >= MAX_CACHED) verified.delete(verified.keys().next().value ?? '');
        const features = children.filter(child => child.getName() === 'feature').map(child => attr(child, 'var') ?? '');
        verified.set(ver, new Set(features));
      } catch (error) {
        context.debug(`capabilities were not answered: ${String(error)}`);
      } finally {
        asking.delete(ver);
      }
    }

    context.intercept('presence', el => {
      const from = parseJid(attr(el, 'from'));
      if (from === undefined || !isFull(from)) return false;
      if (attr(el, 'type') === 'unavailable') verOf.delete(from);
      const c = childOf(el, 'c', NS);
      const ver = attr(c, 'ver');
      const node = attr(c, 'node');
      // A question tells the other side that we are here: only those who know already are asked.
      if (ver === undefined || node === undefined || attr(c, 'hash') !== 'sha-1' || !seesUs(context, from))
        return false;
      if (verOf.size >= MAX_CACHED) verOf.clear();
      verOf.set(from, ver);
      if (!verified.has(ver) && !asking.has(ver) && asking.size < MAX_ASKING) void verify(from, node, ver);
      return false;
    });
    context.on('ended', () => verOf.clear());
    const caps: CapsApi = {
      get node() {
        return `${NODE}#${verificationOf(ownInfo(context, true)) ?? ''}`;
      },
      of(jid) {
        const ver = verOf.get(jid);
        return ver === undefined ? undefined : verified.get(ver);
      },
    };
    return { caps };
  },
});
