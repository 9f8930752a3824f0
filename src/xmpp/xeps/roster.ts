/** RFC 6121 §2–3: the contact list and who may see whom. https://www.rfc-editor.org/rfc/rfc6121 */
import { UserError } from '../../lib/errors.js';
import { type BareJid, parseBareJid } from '../../lib/jid.js';
import { inSlices } from '../../lib/slices.js';
import { cleanIdentifier, cleanLine, toWireText } from '../../lib/text.js';
import type { RosterFact } from '../../model/incoming.js';
import type { Subscription } from '../../model/types.js';
import { StanzaError } from '../errors.js';
import { isFromAccount } from '../trust.js';
import { defineXep, type Mutable } from '../xep.js';
import { attr, childOf, childrenOf, type Element, textOf, xml } from '../xml.js';

const NS = 'jabber:iq:roster';
/** A list longer than this is no person's contact list; the rest is left out. */
const MAX_ITEMS = 20_000;
const MAX_GROUPS = 50;
interface Raw {
  readonly name: string | undefined;
  readonly groups: readonly string[];
}
const SUBSCRIPTIONS: ReadonlySet<string> = new Set(['none', 'to', 'from', 'both', 'remove']);

/** Changes of the contact list; the list itself is `store.roster`. Not for guests. */
export interface RosterApi {
  /** Adds a contact and asks to see their presence. */
  add(jid: BareJid, options?: { readonly name?: string; readonly groups?: readonly string[] }): Promise<void>;
  /** Changes name or groups; what is not given stays. */
  update(jid: BareJid, change: { readonly name?: string; readonly groups?: readonly string[] }): Promise<void>;
  /** Removes the contact and all subscriptions in both directions. */
  remove(jid: BareJid): Promise<void>;
  /** Asks to see their presence. */
  subscribe(jid: BareJid): void;
  /** Lets them see ours. */
  approve(jid: BareJid): void;
  /** Refuses a request, or takes the permission back. */
  deny(jid: BareJid): void;
  /** No longer wants to see their presence. */
  unsubscribe(jid: BareJid): void;
}
declare module '../../api.js' {
  interface XepApi {
    roster: RosterApi;
  }
}

function itemOf(item: Element): RosterFact | undefined {
  const jid = parseBareJid(attr(item, 'jid'));
  if (jid === undefined) return undefined;
  const subscription = attr(item, 'subscription') ?? 'none';
  const name = attr(item, 'name');
  const groups = childrenOf(item, 'group', NS)
    .slice(0, MAX_GROUPS)
    .map(group => cleanIdentifier(textOf(group) ?? ''))
    .filter(group => group !== '');
  const fact: Mutable<RosterFact> = {
    jid,
    groups: [...new Set(groups)],
    subscription: SUBSCRIPTIONS.has(subscription) ? (subscription as Subscription) : 'none',
    ask: attr(item, 'ask') === 'subscribe',
  };
  if (name !== undefined && name !== '') fact.name = cleanLine(name);
  return fact;
}

export default defineXep({
  name: 'roster',
  spec: 'RFC 6121',
  title: 'Roster and subscriptions',
  install(context) {
    /** Name and groups as received, so that a change of one keeps the other unchanged. */
    let raw = new Map<BareJid, Raw>();
    let loaded: Promise<void> = Promise.resolve();

    function keep(item: Element, fact: RosterFact): void {
      if (fact.subscription === 'remove') {
        raw.delete(fact.jid);
        context.setSubscription(fact.jid, undefined);
        return;
      }
      raw.set(fact.jid, {
        name: attr(item, 'name'),
        groups: childrenOf(item, 'group', NS).map(group => textOf(group) ?? ''),
      });
      context.setSubscription(fact.jid, fact.subscription);
    }

    function read(items: readonly Element[]): RosterFact[] {
      return items.flatMap(item => {
        const fact = itemOf(item);
        if (fact === undefined) return [];
        keep(item, fact);
        return [fact];
      });
    }

    async function load(): Promise<void> {
      const mine = new Map<BareJid, Raw>();
      /** Presences of these contacts come next, and are theirs only when they are known. */
      let goOn = (): void => {};
      try {
        const reply = await context.request(xml('iq', { type: 'get' }, xml('query', NS)));
        goOn = context.pause();
        raw = mine;
        await inSlices(childrenOf(childOf(reply, 'query', NS), 'item', NS).slice(0, MAX_ITEMS), piece => {
          // The session ended meanwhile.
          if (raw !== mine) return;
          const items = read(piece).filter(item => item.subscription !== 'remove');
          context.emit({ kind: 'roster', full: true, more: true, items });
        });
        if (raw === mine) context.emit({ kind: 'roster', full: true, items: [] });
      } catch (error) {
        context.debug(`no roster: ${String(error)}`);
      } finally {
        goOn();
      }
    }

    context.on('online', () => {
      if (!context.anonymous) loaded = load();
    });
    context.on('ended', () => {
      raw = new Map();
    });
    context.answer({ ns: NS, name: 'query', type: 'set' }, (query, iq) => {
      // > a push from anybody but the account itself must be ignored  RFC 6121 §2.1.6
      if (context.anonymous || !isFromAccount(context, iq)) throw new StanzaError('service-unavailable');
      const items = read(childrenOf(query, 'item', NS).slice(0, 1));
      if (items.length > 0) void loaded.then(() => context.emit({ kind: 'roster', full: false, items }));
      return undefined;
    });

    const needAccount = (): void => {
      if (context.anonymous) {
        throw new UserError('Guests have no contact list.', 'Log in with an account: /connect you@server.');
      }
    };

    async function write(jid: BareJid, name: string | undefined, groups: readonly string[]): Promise<void> {
      const item = xml(
        'item',
        { jid, name: name === undefined || name === '' ? undefined : toWireText(name).text },
        groups.map(group => xml('group', {}, toWireText(group).text)),
      );
      await context.request(xml('iq', { type: 'set' }, xml('query', NS, item)));
    }

    const send = (to: BareJid, type: 'subscribe' | 'subscribed' | 'unsubscribe' | 'unsubscribed'): void => {
      needAccount();
      context.send(xml('presence', { to, type }));
    };

    const roster: RosterApi = {
      async add(jid, options = {}) {
        needAccount();
        const known = raw.get(jid);
        await write(jid, options.name ?? known?.name, options.groups ?? known?.groups ?? []);
        send(jid, 'subscribe');
      },
      async update(jid, change) {
        needAccount();
        const known = raw.get(jid);
        await write(jid, change.name ?? known?.name, change.groups ?? known?.groups ?? []);
      },
      async remove(jid) {
        needAccount();
        const item = xml('item', { jid, subscription: 'remove' });
        await context.request(xml('iq', { type: 'set' }, xml('query', NS, item)));
      },
      subscribe: jid => send(jid, 'subscribe'),
      approve(jid) {
        send(jid, 'subscribed');
        context.emit({ kind: 'request-answered', jid });
      },
      deny(jid) {
        send(jid, 'unsubscribed');
        context.emit({ kind: 'request-answered', jid });
      },
      unsubscribe: jid => send(jid, 'unsubscribe'),
    };
    return { roster };
  },
});
