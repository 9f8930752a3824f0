/** Contacts: roster items (RFC 6121 §2), their groups and the resources that presence tells about. */
import { type BareJid, bareOf, type FullJid, isFull, resourceOf } from '../lib/jid.js';
import { cleanIdentifier, type Safe, skeleton } from '../lib/text.js';
import type { IncomingPresence, RosterFact } from './incoming.js';
import type { ContactState } from './state.js';
import type { Contact, Resource, Show } from './types.js';

/** People outside the roster whose presence is kept. */
const MAX_STRANGERS = 1000;
/** Connected clients of one address: more is nonsense. */
const MAX_RESOURCES = 64;

const SHOW_RANK: Readonly<Record<Show | 'available', number>> = { chat: 4, available: 3, away: 2, xa: 1, dnd: 0 };
const rank = (resource: Resource): number => SHOW_RANK[resource.show ?? 'available'];

/** The resource to show and to write to: highest priority, then the most available. */
export function bestResource(resources: Iterable<Resource>): Resource | undefined {
  let best: Resource | undefined;
  for (const one of resources) {
    if (
      best === undefined ||
      one.priority > best.priority ||
      (one.priority === best.priority && rank(one) > rank(best))
    ) {
      best = one;
    }
  }
  return best;
}

export interface Roster {
  /** Only those in the roster. */
  readonly listed: ReadonlyMap<BareJid, Contact>;
  get(jid: BareJid): ContactState | undefined;
  /** Takes a whole roster, a part of it after which more comes, or a push; answers what came, changed and went. */
  apply(
    items: readonly RosterFact[],
    full: boolean,
    more?: boolean,
  ): { readonly changed: readonly Contact[]; readonly removed: readonly BareJid[] };
  /** Available or not; answers the person, known or not. */
  presence(presence: IncomingPresence): ContactState | undefined;
  /** A new session: nobody is there until they say so. */
  forgetPresence(): readonly Contact[];
  /** A contact whose name looks like this one but is not the same name. */
  lookalike(name: string, shape: string): Contact | undefined;
}

export function createRoster(): Roster {
  const people = new Map<BareJid, ContactState>();
  const listed = new Map<BareJid, ContactState>();
  const shapes = new Map<string, Set<ContactState>>();
  /** Who was in the parts of a list whose last part has not come. */
  let seen = new Set<BareJid>();

  const shapeOf = (contact: ContactState): string =>
    skeleton(contact.given ?? contact.jid.slice(0, Math.max(0, contact.jid.indexOf('@'))));
  const unshape = (contact: ContactState): void => {
    const shape = shapeOf(contact);
    const same = shapes.get(shape);
    if (same?.delete(contact) === true && same.size === 0) shapes.delete(shape);
  };
  const reshape = (contact: ContactState): void => {
    const shape = shapeOf(contact);
    if (shape === '') return;
    const same = shapes.get(shape);
    if (same === undefined) shapes.set(shape, new Set([contact]));
    else same.add(contact);
  };
  const stranger = (jid: BareJid): ContactState => ({
    jid,
    name: cleanIdentifier(jid),
    groups: [],
    subscription: 'none',
    ask: false,
    resources: new Map(),
    listed: false,
  });
  const remove = (contact: ContactState): void => {
    unshape(contact);
    listed.delete(contact.jid);
    people.delete(contact.jid);
    contact.listed = false;
  };
  const setBest = (contact: ContactState): void => {
    const best = bestResource(contact.resources.values());
    if (best === undefined) delete contact.best;
    else contact.best = best;
  };

  return {
    listed,
    get: jid => people.get(jid),
    apply(items, full, more = false) {
      const changed: Contact[] = [];
      const removed: BareJid[] = [];
      for (const item of items) {
        const jid = bareOf(item.jid);
        let contact = people.get(jid);
        if (item.subscription === 'remove') {
          if (contact?.listed === true) {
            remove(contact);
            removed.push(jid);
          }
          continue;
        }
        if (full) seen.add(jid);
        if (contact === undefined) {
          contact = stranger(jid);
          people.set(jid, contact);
        } else if (contact.listed) unshape(contact);
        contact.listed = true;
        if (item.name === undefined || item.name === '') delete contact.given;
        else contact.given = item.name;
        contact.name = contact.given ?? cleanIdentifier(jid);
        contact.groups = item.groups;
        contact.subscription = item.subscription;
        contact.ask = item.ask;
        listed.set(jid, contact);
        reshape(contact);
        changed.push(contact);
      }
      if (full && !more) {
        for (const [jid, contact] of [...listed]) {
          if (seen.has(jid)) continue;
          remove(contact);
          removed.push(jid);
        }
        seen = new Set();
      }
      return { changed, removed };
    },
    presence(presence) {
      const jid = bareOf(presence.from);
      let contact = people.get(jid);
      const resource = resourceOf(presence.from);
      if (presence.type !== 'available') {
        if (contact === undefined) return undefined;
        if (resource === undefined) contact.resources.clear();
        else contact.resources.delete(resource);
        setBest(contact);
        if (!contact.listed && contact.resources.size === 0) people.delete(jid);
        return contact;
      }
      if (!isFull(presence.from) || resource === undefined) return contact;
      if (contact === undefined) {
        if (people.size - listed.size >= MAX_STRANGERS) return undefined;
        contact = stranger(jid);
        people.set(jid, contact);
      }
      if (!contact.resources.has(resource) && contact.resources.size >= MAX_RESOURCES) return contact;
      contact.resources.set(resource, {
        jid: presence.from as FullJid,
        priority: presence.priority ?? 0,
        ...(presence.show === undefined ? {} : { show: presence.show }),
        ...(presence.status === undefined || presence.status === '' ? {} : { status: presence.status }),
      });
      setBest(contact);
      return contact;
    },
    forgetPresence() {
      seen = new Set();
      const gone: Contact[] = [];
      for (const [jid, contact] of [...people]) {
        if (!contact.listed) people.delete(jid);
        else if (contact.resources.size > 0) gone.push(contact);
        contact.resources.clear();
        delete contact.best;
      }
      return gone;
    },
    lookalike(name, shape) {
      for (const contact of shapes.get(shape) ?? []) {
        if ((contact.given ?? (contact.jid.slice(0, contact.jid.indexOf('@')) as Safe)) !== name) return contact;
      }
      return undefined;
    },
  };
}
