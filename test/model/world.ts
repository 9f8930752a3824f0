/** A store with a clock that stands still, a list of what it emitted, and short ways to say what the wire would. */
import { type BareJid, type FullJid, type Jid, parseJid } from '../../src/lib/jid.js';
import { cleanBody, cleanIdentifier, type Safe } from '../../src/lib/text.js';
import type { Events } from '../../src/model/events.js';
import type { IncomingMessage, IncomingPresence, OutgoingMessage } from '../../src/model/incoming.js';
import { createStore, type StoreOptions } from '../../src/model/store.js';
import type { Chat, MessageEntry, StatusName } from '../../src/model/types.js';

export const jid = (text: string): Jid => {
  const parsed = parseJid(text);
  if (parsed === undefined) throw new Error(`not an address: ${text}`);
  return parsed;
};
export const bare = (text: string): BareJid => jid(text) as BareJid;
export const full = (text: string): FullJid => jid(text) as FullJid;
export const s = (text: string): Safe => cleanBody(text);

export const ROOM = bare('room@rooms.example');
export const ME = full('me@example.org/here');
export const ALICE = bare('alice@example.org');

type MessageParts = Omit<Partial<IncomingMessage>, 'from' | 'to' | 'body' | 'kind'> & { to?: string };
type Muc = NonNullable<IncomingPresence['muc']>;

export function createWorld(options: Partial<StoreOptions> = {}) {
  const events: { readonly event: string; readonly payload: unknown }[] = [];
  const touched: string[] = [];
  let time = Date.UTC(2026, 10, 22, 12, 0, 0);
  const store = createStore({
    emit: (event, payload) => events.push({ event, payload }),
    touch: (region, chat) => touched.push(chat === undefined ? region : `${region} ${chat}`),
    now: () => time,
    ...options,
  });
  const message = (
    from: string,
    body: string | undefined,
    type: IncomingMessage['type'],
    parts: MessageParts,
  ): void => {
    const { to, ...rest } = parts;
    store.apply({
      kind: 'message',
      type,
      from: jid(from),
      source: 'live',
      ...(body === undefined ? {} : { body: s(body) }),
      ...(to === undefined ? {} : { to: jid(to) }),
      ...rest,
    });
  };
  const presence = (
    nick: string,
    parts: Partial<Omit<IncomingPresence, 'muc'>> = {},
    muc: Partial<Muc> & { is?: StatusName[] } = {},
  ): void => {
    const { is = [], ...rest } = muc;
    store.apply({
      kind: 'presence',
      type: 'available',
      from: jid(`${ROOM}/${nick}`),
      ...parts,
      muc: { affiliation: 'none', role: 'participant', codes: new Set(is), ...rest },
    });
  };
  const world = {
    store,
    events,
    touched,
    get now() {
      return time;
    },
    pass: (ms: number) => {
      time += ms;
    },
    online: (fresh = true) =>
      store.apply({ kind: 'session', facts: { status: 'online', anonymous: false, jid: ME }, fresh }),
    /** A message in the room. */
    said: (nick: string, body: string | undefined, parts: MessageParts = {}) =>
      message(nick === '' ? ROOM : `${ROOM}/${nick}`, body, 'groupchat', parts),
    /** A message to us alone. */
    told: (from: string, body: string | undefined, parts: MessageParts = {}) => message(from, body, 'chat', parts),
    message,
    presence,
    away: (nick: string, muc: Partial<Muc> & { is?: StatusName[] } = {}) =>
      presence(nick, { type: 'unavailable' }, { role: 'none', ...muc }),
    /** We enter and find these people; the subject ends the history. */
    join: (nicks: readonly string[] = [], nick = 'bob', done = true) => {
      store.apply({ kind: 'room-joining', room: ROOM, nick });
      for (const one of nicks) presence(one);
      presence(nick, {}, { is: ['self'] });
      if (done) world.said('', undefined, { subject: s('') });
    },
    room: () => {
      const room = store.room(ROOM);
      if (room === undefined) throw new Error('no room');
      return room;
    },
    /** Texts of a chat, oldest first. */
    texts: (chat: Chat | undefined): string[] => messages(chat).map(entry => `${entry.sender.name}: ${entry.body}`),
    /** Names of the events since the last call. */
    heard: (): string[] => events.splice(0).map(one => one.event),
    last: <K extends keyof Events>(event: K): Events[K] | undefined =>
      events.findLast(one => one.event === event)?.payload as Events[K] | undefined,
    outgoing: (to: string, body: string, id: string, parts: Partial<OutgoingMessage> = {}): OutgoingMessage => ({
      to: jid(to),
      type: to === ROOM ? 'groupchat' : 'chat',
      id,
      body,
      typedAt: time,
      ...parts,
    }),
  };
  world.online();
  world.heard();
  return world;
}

export function messages(chat: Chat | undefined): MessageEntry[] {
  if (chat === undefined) return [];
  return [...chat.log.newest()].reverse().filter((entry): entry is MessageEntry => entry.kind === 'message');
}
/** Everything in a log as short texts. */
export function lines(chat: Chat | undefined): string[] {
  if (chat === undefined) return [];
  return [...chat.log.newest()].reverse().map(entry => {
    if (entry.kind === 'message') return `${entry.sender.name}: ${entry.body}`;
    if (entry.kind === 'subject') return `subject ${entry.text}`;
    if (entry.kind === 'notice') return `notice ${entry.rows.map(row => row.map(one => one.text).join('')).join('|')}`;
    return entry.movements
      .map(one => [one.name, one.what, one.to, one.by, one.reason].filter(part => part !== undefined).join(' '))
      .join(', ');
  });
}
export { cleanIdentifier };
