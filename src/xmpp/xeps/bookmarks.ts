/** XEP-0402 PEP Native Bookmarks: rooms kept by the account. https://xmpp.org/extensions/xep-0402.html */
import { UserError } from '../../lib/errors.js';
import { type BareJid, localOf, parseBareJid } from '../../lib/jid.js';
import { cleanLine, type Safe, toWireText } from '../../lib/text.js';
import { StanzaError } from '../errors.js';
import { isFromAccount } from '../trust.js';
import { defineXep, type Mutable } from '../xep.js';
import { attr, childOf, childrenOf, cloneOf, type Element, elementsOf, textOf, xml } from '../xml.js';

const NS = 'urn:xmpp:bookmarks:1';
const NS_PUBSUB = 'http://jabber.org/protocol/pubsub';
const NS_EVENT = 'http://jabber.org/protocol/pubsub#event';
const NS_DATA = 'jabber:x:data';
const MAX_BOOKMARKS = 1_000;

export interface Bookmark {
  readonly room: BareJid;
  readonly name?: Safe;
  readonly nick?: string;
  readonly password?: string;
  readonly autojoin: boolean;
}
export interface BookmarksApi {
  /** From the account, and kept up to date by it. */
  list(): Promise<readonly Bookmark[]>;
  /** Adds or changes one; what other clients stored beside it is kept. */
  add(bookmark: {
    readonly room: BareJid;
    readonly name?: string;
    readonly nick?: string;
    readonly password?: string;
    readonly autojoin?: boolean;
  }): Promise<void>;
  remove(room: BareJid): Promise<void>;
}
declare module '../../api.js' {
  interface XepApi {
    bookmarks: BookmarksApi;
  }
}

interface Kept {
  readonly bookmark: Bookmark;
  /** What other clients added. */
  readonly extensions: readonly Element[];
}

function keptOf(item: Element): Kept | undefined {
  const conference = childOf(item, 'conference', NS);
  const room = parseBareJid(attr(item, 'id'));
  if (conference === undefined || room === undefined || localOf(room) === undefined) return undefined;
  const autojoin = attr(conference, 'autojoin');
  const bookmark: Mutable<Bookmark> = { room, autojoin: autojoin === 'true' || autojoin === '1' };
  const name = attr(conference, 'name');
  const nick = textOf(conference, 'nick', NS);
  const password = textOf(conference, 'password', NS);
  if (name !== undefined && name !== '') bookmark.name = cleanLine(name);
  if (nick !== undefined && nick !== '') bookmark.nick = nick;
  if (password !== undefined && password !== '') bookmark.password = password;
  return { bookmark, extensions: elementsOf(childOf(conference, 'extensions', NS)) };
}

export default defineXep({
  name: 'bookmarks',
  spec: 'XEP-0402',
  title: 'PEP Native Bookmarks',
  features: [NS, `${NS}+notify`],
  install(context) {
    let kept: Map<BareJid, Kept> | undefined;

    context.on('ended', () => {
      kept = undefined;
    });
    context.intercept('message', el => {
      const items = childOf(childOf(el, 'event', NS_EVENT), 'items', NS_EVENT);
      if (items === undefined || attr(items, 'node') !== NS) return false;
      // CVE-2023-28686: only our own account may change what we enter by ourselves.
      if (context.anonymous || !isFromAccount(context, el)) {
        context.debug('bookmarks pushed by somebody else: dropped');
        return true;
      }
      for (const item of childrenOf(items, 'item', NS_EVENT)) {
        const changed = keptOf(item);
        if (changed !== undefined && (kept?.size ?? 0) < MAX_BOOKMARKS) kept?.set(changed.bookmark.room, changed);
      }
      for (const item of childrenOf(items, 'retract', NS_EVENT)) {
        const room = parseBareJid(attr(item, 'id'));
        if (room !== undefined) kept?.delete(room);
      }
      return true;
    });

    const needAccount = (): void => {
      if (context.anonymous) {
        throw new UserError('Guests have no bookmarks.', 'Log in with an account: /connect you@server.');
      }
    };

    async function load(): Promise<Map<BareJid, Kept>> {
      if (kept !== undefined) return kept;
      needAccount();
      const found = new Map<BareJid, Kept>();
      try {
        const reply = await context.request(
          xml('iq', { type: 'get' }, xml('pubsub', NS_PUBSUB, xml('items', { node: NS }))),
        );
        const items = childOf(childOf(reply, 'pubsub', NS_PUBSUB), 'items', NS_PUBSUB);
        for (const item of childrenOf(items, 'item', NS_PUBSUB).slice(0, MAX_BOOKMARKS)) {
          const one = keptOf(item);
          if (one !== undefined) found.set(one.bookmark.room, one);
        }
      } catch (error) {
        // The node comes into being with the first bookmark.
        if (!(error instanceof StanzaError) || error.condition !== 'item-not-found') throw error;
      }
      kept = found;
      return found;
    }

    const option = (name: string, value: string): Element => xml('field', { var: name }, xml('value', {}, value));
    /** > the defaults of PEP would show the list to every contact  XEP-0402 §4.1 */
    const publishOptions = (): Element =>
      xml(
        'publish-options',
        {},
        xml(
          'x',
          { xmlns: NS_DATA, type: 'submit' },
          xml('field', { var: 'FORM_TYPE', type: 'hidden' }, xml('value', {}, `${NS_PUBSUB}#publish-options`)),
          option('pubsub#persist_items', 'true'),
          option('pubsub#max_items', 'max'),
          option('pubsub#send_last_published_item', 'never'),
          option('pubsub#access_model', 'whitelist'),
        ),
      );

    async function publish(item: Element): Promise<void> {
      const stanza = (): Element =>
        xml(
          'iq',
          { type: 'set' },
          xml('pubsub', NS_PUBSUB, xml('publish', { node: NS }, cloneOf(item)), publishOptions()),
        );
      try {
        await context.request(stanza());
      } catch (error) {
        if (!(error instanceof StanzaError) || error.condition !== 'conflict') throw error;
        // The node exists with other settings: they are set right, never accepted as they are.
        const form = childOf(publishOptions(), 'x', NS_DATA)!;
        childOf(childOf(form, 'field'), 'value')!.children = [`${NS_PUBSUB}#node_config`];
        await context.request(
          xml('iq', { type: 'set' }, xml('pubsub', `${NS_PUBSUB}#owner`, xml('configure', { node: NS }, form))),
        );
        await context.request(stanza());
      }
    }

    const bookmarks: BookmarksApi = {
      list: async () => [...(await load()).values()].map(({ bookmark }) => bookmark),
      async add(wanted) {
        needAccount();
        const all = await load();
        const old = all.get(wanted.room);
        const name = wanted.name ?? old?.bookmark.name;
        const nick = wanted.nick ?? old?.bookmark.nick;
        const password = wanted.password ?? old?.bookmark.password;
        const autojoin = wanted.autojoin ?? old?.bookmark.autojoin ?? false;
        const extensions = old?.extensions ?? [];
        const conference = xml(
          'conference',
          { xmlns: NS, name: name === undefined ? undefined : toWireText(name).text, autojoin: `${autojoin}` },
          nick === undefined ? undefined : xml('nick', {}, toWireText(nick).text),
          password === undefined ? undefined : xml('password', {}, toWireText(password).text),
          extensions.length === 0 ? undefined : xml('extensions', {}, extensions.map(cloneOf)),
        );
        const item = xml('item', { id: wanted.room }, conference);
        await publish(item);
        const made = keptOf(item);
        if (made !== undefined) all.set(wanted.room, made);
      },
      async remove(room) {
        needAccount();
        await context.request(
          xml(
            'iq',
            { type: 'set' },
            xml('pubsub', NS_PUBSUB, xml('retract', { node: NS, notify: 'true' }, xml('item', { id: room }))),
          ),
        );
        kept?.delete(room);
      },
    };
    return { bookmarks };
  },
});
