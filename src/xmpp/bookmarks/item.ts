/** One bookmark as XML: as an item of its own (XEP-0402) and as a line of the old list (XEP-0048). */
import { type BareJid, localOf, parseBareJid } from '../../lib/jid.js';
import { cleanLine, toWireText } from '../../lib/text.js';
import type { Bookmark } from '../../model/types.js';
import type { Mutable } from '../xep.js';
import { levelIn } from '../xeps/notification-settings.js';
import { attr, childOf, cloneOf, type Element, elementsOf, textOf, xml } from '../xml.js';

export const NS_BOOKMARKS = 'urn:xmpp:bookmarks:1';
export const NS_OLD = 'storage:bookmarks';

export interface Kept {
  readonly bookmark: Bookmark;
  /** What other clients added. */
  readonly extensions: readonly Element[];
}

function read(room: BareJid | undefined, conference: Element, ns: string, extensions: readonly Element[]) {
  if (room === undefined || localOf(room) === undefined) return undefined;
  const autojoin = attr(conference, 'autojoin');
  const bookmark: Mutable<Bookmark> = { room, autojoin: autojoin === 'true' || autojoin === '1' };
  const name = attr(conference, 'name');
  const nick = textOf(conference, 'nick', ns);
  const password = textOf(conference, 'password', ns);
  const notify = levelIn(extensions);
  if (name !== undefined && name !== '') bookmark.name = cleanLine(name);
  if (nick !== undefined && nick !== '') bookmark.nick = nick;
  if (password !== undefined && password !== '') bookmark.password = password;
  if (notify !== undefined) bookmark.notify = notify;
  return { bookmark, extensions };
}

/** An `<item/>` of the node; undefined if it is none of a room. */
export function keptOf(item: Element): Kept | undefined {
  const conference = childOf(item, 'conference', NS_BOOKMARKS);
  if (conference === undefined) return undefined;
  const extensions = elementsOf(childOf(conference, 'extensions', NS_BOOKMARKS));
  return read(parseBareJid(attr(item, 'id')), conference, NS_BOOKMARKS, extensions);
}

/** A `<conference/>` of the old list. */
export function oldKeptOf(conference: Element): Kept | undefined {
  return read(parseBareJid(attr(conference, 'jid')), conference, NS_OLD, []);
}

const texts = ({ nick, password }: Bookmark): (Element | undefined)[] => [
  nick === undefined ? undefined : xml('nick', {}, toWireText(nick).text),
  password === undefined ? undefined : xml('password', {}, toWireText(password).text),
];
const nameOf = ({ name }: Bookmark): string | undefined => (name === undefined ? undefined : toWireText(name).text);

/** The item to publish. */
export function itemOf({ bookmark, extensions }: Kept): Element {
  const conference = xml(
    'conference',
    { xmlns: NS_BOOKMARKS, name: nameOf(bookmark), autojoin: `${bookmark.autojoin}` },
    ...texts(bookmark),
    extensions.length === 0 ? undefined : xml('extensions', {}, extensions.map(cloneOf)),
  );
  return xml('item', { id: bookmark.room }, conference);
}

/** The line of the old list. */
export function oldItemOf({ bookmark }: Kept): Element {
  return xml(
    'conference',
    { jid: bookmark.room, name: nameOf(bookmark), autojoin: `${bookmark.autojoin}` },
    ...texts(bookmark),
  );
}

/** Nothing a person would notice differs. */
export function isSame(a: Kept | undefined, b: Kept | undefined): boolean {
  const print = (kept: Kept | undefined): string => {
    const { room, name, nick, password, autojoin, notify } = kept?.bookmark ?? {};
    return JSON.stringify([room, name, nick, password, autojoin, notify]);
  };
  return print(a) === print(b);
}
