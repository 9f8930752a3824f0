/** Search while somebody types: in slices, in what is kept, else in what is in memory, and in the archives of servers. */
import { type BareJid, bareOf, resourceOf } from '../lib/jid.js';
import { cleanIdentifier } from '../lib/text.js';
import type { Clock } from '../lib/time.js';
import { type HistoryHit, type HistoryMatcher, type HistoryQuery, matcherOf } from '../model/history.js';
import type { IncomingMessage } from '../model/incoming.js';
import type { Store } from '../model/store.js';
import type { ChatId, MessageEntry } from '../model/types.js';
import type { History, Wire } from './ports.js';

/** Between slices of a search, so that keys are not kept waiting. */
const PAUSE_MS = 5;
const LIMIT = 100;
/** Entries looked at in one slice in memory. */
const SLICE = 2000;
/** Archives asked for words at once; there may be a hundred rooms. */
const MOST_ARCHIVES = 20;

export interface SearchOptions {
  readonly clock: Clock;
  readonly store: Store;
  /** What is kept of this account. */
  readonly kept: History | undefined;
  readonly query: HistoryQuery;
  readonly found: (hits: readonly HistoryHit[], done: boolean) => void;
  readonly failed: (error: unknown) => void;
}

/** Calls `found` with more and more hits, newest first; the undo ends the search. */
export function runSearch({ clock, store, kept, query, found, failed }: SearchOptions): () => void {
  const fits = matcherOf(query);
  const hits: HistoryHit[] = [];
  const slices = kept === undefined ? inMemory(store, query, fits) : kept.search(query, fits);
  let cancel: (() => void) | undefined;
  const step = (): void => {
    cancel = undefined;
    let done = true;
    try {
      const next = slices.next();
      done = next.done === true;
      if (next.done !== true) hits.push(...next.value);
    } catch (error) {
      failed(error);
    }
    found(hits, done);
    if (!done) cancel = clock.after(PAUSE_MS, step);
  };
  step();
  return () => cancel?.();
}

/** Guests keep nothing, but what is in the tabs can be found. */
function* inMemory(store: Store, query: HistoryQuery, fits: HistoryMatcher): Generator<readonly HistoryHit[]> {
  const all: HistoryHit[] = [];
  let looked = 0;
  for (const chat of store.chats.values()) {
    for (const entry of chat.log.newest()) {
      if (++looked % SLICE === 0) yield [];
      if (entry.kind !== 'message' || entry.retracted !== undefined) continue;
      const { at, self, body, sender } = entry;
      if (fits({ chat: chat.id, at, self, body, nick: sender.name })) all.push({ chat: chat.id, entry });
    }
  }
  yield all.sort((a, b) => b.entry.at - a.entry.at).slice(0, query.limit ?? LIMIT);
}

/** The archives that may know something for this query: our own and those of the rooms we are in. */
function archivesFor(store: Store, query: HistoryQuery): readonly BareJid[] {
  const { jid, anonymous, status } = store.session;
  if (status !== 'online') return [];
  const rooms = [...store.chats.values()].flatMap(chat =>
    chat.kind === 'room' && chat.state === 'joined' && (query.in === undefined || chat.id.includes(query.in))
      ? [chat.id]
      : [],
  );
  return [...(jid === undefined || anonymous ? [] : [bareOf(jid)]), ...rooms].slice(0, MOST_ARCHIVES);
}

/**
 * Asks the archives that offer a search for words (XEP-0313 §4.1.5: fields of their form). What they find is looked at
 * again, because each server has its own idea of a word. Answers how many were asked.
 */
export async function searchArchives(
  store: Store,
  wire: Wire,
  query: HistoryQuery,
  found: (hits: readonly HistoryHit[]) => void,
): Promise<number> {
  const { mam } = wire.xeps;
  const fits = matcherOf({ ...query, words: [] });
  let asked = 0;
  let first: unknown;
  await Promise.all(
    archivesFor(store, query).map(async archive => {
      try {
        if (query.words.length === 0 || !(await mam.searches(archive))) return;
        asked++;
        const page = await mam.page(archive, {
          text: query.words.join(' '),
          before: '',
          max: query.limit ?? LIMIT,
          ...(query.since !== undefined && { start: query.since }),
          ...(query.before !== undefined && { end: query.before }),
        });
        const hits = page.messages.flatMap(message => {
          const hit = hitOf(store, archive, message);
          if (hit === undefined) return [];
          const { at, self, body, sender } = hit.entry;
          return fits({ chat: hit.chat, at, self, body, nick: sender.name }) ? [hit] : [];
        });
        if (hits.length > 0) found(hits);
      } catch (error) {
        first ??= error;
      }
    }),
  );
  if (first !== undefined && asked <= 1) throw first;
  return asked;
}

/** What stands around a message in its archive, oldest first. */
export async function aroundInArchive(
  store: Store,
  wire: Wire,
  { chat, entry }: HistoryHit,
  lines: number,
): Promise<readonly MessageEntry[]> {
  const { stanzaId } = entry;
  const { jid } = store.session;
  if (stanzaId === undefined || jid === undefined) return [entry];
  const isRoom = store.chat(chat)?.kind === 'room';
  const archive = isRoom ? bareOf(chat) : bareOf(jid);
  const own = isRoom ? {} : { with: chat };
  const { mam } = wire.xeps;
  const [before, after] = await Promise.all([
    mam.page(archive, { ...own, before: stanzaId, max: lines }),
    mam.page(archive, { ...own, after: stanzaId, max: lines }),
  ]);
  const entries = (messages: readonly IncomingMessage[]): MessageEntry[] =>
    messages.flatMap(message => hitOf(store, archive, message)?.entry ?? []);
  return [...entries(before.messages), entry, ...entries(after.messages)];
}

function hitOf(store: Store, archive: BareJid, message: IncomingMessage): HistoryHit | undefined {
  const { body, from, to, stamp } = message;
  if (body === undefined || message.error !== undefined) return undefined;
  const me = store.session.jid === undefined ? undefined : bareOf(store.session.jid);
  const room = store.room(archive);
  const self = room === undefined ? bareOf(from) === me : resourceOf(from) === room.nick;
  const chat = room === undefined ? (self ? to && bareOf(to) : bareOf(from)) : room.id;
  if (chat === undefined) return undefined;
  const name = room === undefined ? (self ? 'me' : String(bareOf(from))) : (resourceOf(from) ?? room.id);
  return {
    chat: chat as ChatId,
    entry: {
      kind: 'message',
      seq: -1,
      rev: 0,
      at: stamp ?? 0,
      sender: { name: cleanIdentifier(name), jid: from },
      self,
      body,
      action: false,
      highlight: false,
      source: 'archive',
      ...(message.stanzaId !== undefined && { stanzaId: message.stanzaId }),
    },
  };
}
