/** XEP-0048 Bookmarks: the list of rooms as one element, in a node of the account or in its private storage. https://xmpp.org/extensions/xep-0048.html */
import { type Kept, NS_OLD, oldItemOf, oldKeptOf } from '../bookmarks/item.js';
import { publishPrivately, readItems } from '../bookmarks/node.js';
import { defineXep, type XepContext } from '../xep.js';
import { childOf, childrenOf, cloneOf, type Element, elementsOf, xml } from '../xml.js';
import { readPrivate, writePrivate } from './private-storage.js';

const MAX_BOOKMARKS = 1_000;

/** Where the old list is. */
export type OldPlace = 'node' | 'private';
export interface OldList {
  readonly place: OldPlace;
  readonly rooms: readonly Kept[];
  /** Bookmarked pages and what we do not know; written back as they are. */
  readonly others: readonly Element[];
}

function listOf(place: OldPlace, storage: Element | undefined): OldList {
  const rooms = childrenOf(storage, 'conference', NS_OLD)
    .slice(0, MAX_BOOKMARKS)
    .flatMap(one => oldKeptOf(one) ?? []);
  return { place, rooms, others: elementsOf(storage).filter(one => one.getName() !== 'conference') };
}

/** The list at this place; rejects where there is no such place. */
export async function readOld(context: XepContext, place: OldPlace): Promise<OldList> {
  if (place === 'private') return listOf(place, await readPrivate(context, 'storage', NS_OLD));
  const items = await readItems(context, NS_OLD);
  return listOf(place, childOf(items[0], 'storage', NS_OLD));
}

/** Replaces the list. */
export async function writeOld(context: XepContext, list: OldList): Promise<void> {
  const storage = xml('storage', NS_OLD, [...list.others.map(cloneOf), ...list.rooms.map(oldItemOf)]);
  if (list.place === 'private') await writePrivate(context, storage);
  else await publishPrivately(context, NS_OLD, xml('item', { id: 'current' }, storage), '1');
}

export default defineXep({ name: 'bookmarks-old', spec: 'XEP-0048', title: 'Bookmarks' });
