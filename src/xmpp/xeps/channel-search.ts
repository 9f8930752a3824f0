/** XEP-0433 Extended Channel Search: public rooms of all services by words, asked of a directory. https://xmpp.org/extensions/xep-0433.html */
import { type BareJid, bareOf, type Jid, localOf, parseJid } from '../../lib/jid.js';
import { cleanLine, type Safe, toWireText } from '../../lib/text.js';
import { NS_DATA } from '../forms.js';
import { defineXep, type Mutable } from '../xep.js';
import { attr, childOf, childrenOf, type Element, textOf, xml } from '../xml.js';

const NS = 'urn:xmpp:channel-search:0:search';
const NS_PARAMS = 'urn:xmpp:channel-search:0:search-params';
const BY_USERS = '{urn:xmpp:channel-search:0:order}nusers';
const NS_RSM = 'http://jabber.org/protocol/rsm';
const PAGE = 100;
const MAX_ROOMS = 300;

export interface FoundRoom {
  readonly jid: BareJid;
  readonly name?: Safe;
  readonly about?: Safe;
  readonly occupants?: number;
  /** Anybody may enter. */
  readonly open: boolean;
}
export interface ChannelSearchApi {
  /** The rooms with most people first. `more`: there are more than were fetched. */
  find(directory: Jid, words: string): Promise<{ readonly rooms: readonly FoundRoom[]; readonly more: boolean }>;
}
declare module '../../api.js' {
  interface XepApi {
    channelSearch: ChannelSearchApi;
  }
}

function roomOf(item: Element): FoundRoom | undefined {
  const jid = parseJid(attr(item, 'address'));
  if (jid === undefined || localOf(jid) === undefined) return undefined;
  const room: Mutable<FoundRoom> = { jid: bareOf(jid), open: childOf(item, 'is-open', NS) !== undefined };
  const name = textOf(item, 'name', NS);
  const about = textOf(item, 'description', NS);
  const users = textOf(item, 'nusers', NS) ?? '';
  if (name !== undefined && name !== '') room.name = cleanLine(name);
  if (about !== undefined && about !== '') room.about = cleanLine(about);
  if (/^\d{1,7}$/.test(users)) room.occupants = Number(users);
  return room;
}

const field = (name: string, value: string): Element => xml('field', { var: name }, xml('value', {}, value));

export default defineXep({
  name: 'channel-search',
  spec: 'XEP-0433',
  title: 'Extended Channel Search',
  install: context => ({
    channelSearch: {
      async find(directory, words) {
        const rooms = new Map<BareJid, FoundRoom>();
        let after: string | undefined;
        while (rooms.size < MAX_ROOMS) {
          const set = xml(
            'set',
            NS_RSM,
            xml('max', {}, `${PAGE}`),
            after === undefined ? undefined : xml('after', {}, after),
          );
          const form = xml(
            'x',
            { xmlns: NS_DATA, type: 'submit' },
            field('FORM_TYPE', NS_PARAMS),
            field('q', toWireText(words).text),
            field('types', 'xep-0045'),
            field('key', BY_USERS),
          );
          const reply = await context.request(xml('iq', { type: 'get', to: directory }, xml('search', NS, set, form)));
          const result = childOf(reply, 'result', NS);
          const items = childrenOf(result, 'item', NS);
          const before = rooms.size;
          for (const item of items.slice(0, PAGE)) {
            const room = roomOf(item);
            if (room !== undefined) rooms.set(room.jid, room);
          }
          const last = textOf(childOf(result, 'set', NS_RSM), 'last', NS_RSM);
          // A directory that turns in a circle, or has said all.
          if (last === undefined || last === after || items.length < PAGE || rooms.size === before) {
            return { rooms: [...rooms.values()], more: false };
          }
          after = last;
        }
        return { rooms: [...rooms.values()], more: true };
      },
    },
  }),
});
