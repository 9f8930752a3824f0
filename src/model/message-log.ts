/** The log of one chat: a bounded chain of entries with numbers that are never used twice, and an index of their ids. */
import type { Safe } from '../lib/text.js';
import { createReactions, type Reactions } from './reactions.js';
import type { Mutable } from './state.js';
import type { Entry, LogReader, MessageEntry, Movement, PresenceEntry } from './types.js';

type Unplaced<E> = E extends Entry ? Omit<E, 'seq' | 'rev'> : never;
/** An entry before the log has given it a place; it belongs to the log from then on. */
export type NewEntry = Unplaced<Entry>;
export type NewMessage = Unplaced<MessageEntry>;
/** `undefined` removes an optional field. */
export type MessagePatch = {
  readonly [K in keyof Omit<MessageEntry, 'seq' | 'rev' | 'kind'>]?: MessageEntry[K] | undefined;
};

export const DEFAULT_CAPACITY = 5000;
/** More in one entry would be a page; then the next entry starts. */
const MAX_MOVEMENTS = 100;
/** Movements further apart than this do not belong together. */
const FOLD_MS = 30 * 60_000;
/** Names in one line that says who was sent out: all of them are shown. */
const MAX_SENT_OUT = 12;
/** Numbers kept free where something may have been missed. */
const GAP = 2 ** 28;
/** So far from the end of a gap begins what a server delivers late, with room between the lines for what it left out. */
const LATE = 2 ** 27;
const STRIDE = 2 ** 14;

/** Write side of a log; only `model/` sees it. */
export interface MessageLog extends LogReader {
  readonly size: number;
  readonly capacity: number;
  /** Adds at the end; the oldest falls out when the log is full. */
  append(entry: NewEntry): Entry;
  appendMessage(entry: NewMessage): MessageEntry;
  /** Puts a changed copy in the place of the message and raises its `rev`. */
  update(seq: number, patch: MessagePatch): MessageEntry | undefined;
  /** Adds older entries, oldest first, before the first; answers those that had room. */
  prepend(entries: readonly NewEntry[]): readonly Entry[];
  /** From here on something may be missing: what is found later goes before everything that is added from now on. */
  openGap(): void;
  /**
   * Puts what the archive had, told in its order, behind what it told before; at first into the oldest open gap, and where there
   * is no room into the next one or at the end. `late`: the server itself said it at the start of a session, so it goes to the
   * end of the newest gap.
   */
  fill(entry: NewEntry, late?: boolean): Entry;
  /** A former run knew everything up to here, and had heard what follows: what the archive tells now belongs between. */
  fillFrom(seq: number): void;
  /** The archive told something that stands here: what it tells next belongs behind it. */
  filledTo(seq: number): void;
  /** What is found later goes behind this entry; `undefined`: before everything. */
  told(): Entry | undefined;
  /** Nothing is missing any more. */
  closeGaps(): void;
  /** A mark at the end of the oldest open gap; its sequence number. */
  markGap(entry: NewEntry): number | undefined;
  remove(seq: number): void;
  /**
   * Adds to the presence entry at the end if there is one, else starts one. Who was sent out never shares a line with comings
   * and goings, only with others who were sent out in the same way, by the same person, for the same reason.
   */
  move(movement: Movement, at: number): PresenceEntry;
  /** Replaces what one person thinks of a message; no emoji takes everything back. */
  react(seq: number, who: string, name: Safe, emoji: readonly Safe[]): MessageEntry | undefined;
  /** A further id for a message, such as that of its correction. */
  alias(id: string, seq: number): void;
  /** All messages that carry this id, oldest first: ids are chosen by senders, so one id may mean several. */
  findAll(id: string): readonly MessageEntry[];
  /** The newest `limit` messages, newest first. */
  messages(limit: number): IterableIterator<MessageEntry>;
  clear(): void;
}

interface Node {
  entry: Entry;
  previous: Node | undefined;
  next: Node | undefined;
  /** Prepended from history. */
  readonly old: boolean;
  aliases?: string[];
  reactions?: Reactions;
  /** The array behind `movements`, which grows in place: a join flood must not copy it each time. */
  movements?: Movement[];
}

interface Gap {
  readonly start: number;
  readonly end: number;
  /** Where the next late one goes. */
  late: number;
}

/** Somebody decided that they are out. */
const isSentOut = ({ what, forced }: Movement): boolean => what === 'kicked' || what === 'banned' || forced === true;

function sharesLine(line: readonly Movement[], movement: Movement): boolean {
  const [first] = line;
  if (first === undefined) return true;
  if (!isSentOut(first) && !isSentOut(movement)) return true;
  return (
    line.length < MAX_SENT_OUT &&
    isSentOut(first) &&
    first.what === movement.what &&
    first.by === movement.by &&
    first.reason === movement.reason
  );
}

/** Takes it over: a copy of each would be made for every message of a flood. */
function placed(made: NewEntry, seq: number): Entry {
  const entry = made as Mutable<Entry>;
  entry.seq = seq;
  entry.rev = 1;
  return entry;
}

export function createMessageLog(
  options: {
    readonly capacity?: number;
    /** Numbering begins here, so that history put before it has numbers from 0 on too. */
    readonly firstSeq?: number;
  } = {},
): MessageLog {
  const capacity = Math.max(1, Math.floor(options.capacity ?? DEFAULT_CAPACITY));
  const nodes = new Map<number, Node>();
  const ids = new Map<string, number[]>();
  let head: Node | undefined;
  let tail: Node | undefined;
  let next = options.firstSeq ?? 0;
  /** A killed process may have kept something newer than what it had not asked for yet. */
  const stride = options.firstSeq === undefined ? 1 : STRIDE;
  /** Below this no number has been given out. */
  let lowest = next;
  let gaps: readonly Gap[] = [];
  /** The archive has told everything up to here. */
  let told: number | undefined;
  let old = 0;

  const addId = (id: string | undefined, seq: number): void => {
    if (id === undefined || id === '') return;
    const seqs = ids.get(id);
    if (seqs === undefined) ids.set(id, [seq]);
    else if (!seqs.includes(seq)) {
      seqs.push(seq);
      if (seqs.length > 1 && seq < (seqs[seqs.length - 2] as number)) seqs.sort((a, b) => a - b);
    }
  };
  const removeId = (id: string | undefined, seq: number): void => {
    if (id === undefined) return;
    const seqs = ids.get(id);
    const at = seqs?.indexOf(seq) ?? -1;
    if (seqs === undefined || at < 0) return;
    if (seqs.length === 1) ids.delete(id);
    else seqs.splice(at, 1);
  };
  const index = (entry: Entry): void => {
    if (entry.kind !== 'message') return;
    addId(entry.messageId, entry.seq);
    addId(entry.originId, entry.seq);
    addId(entry.stanzaId, entry.seq);
  };
  const evict = (): void => {
    const node = head;
    if (node === undefined) return;
    head = node.next;
    if (head === undefined) tail = undefined;
    else head.previous = undefined;
    const { entry } = node;
    nodes.delete(entry.seq);
    if (node.old) old--;
    if (entry.kind === 'message') {
      removeId(entry.messageId, entry.seq);
      removeId(entry.originId, entry.seq);
      removeId(entry.stanzaId, entry.seq);
      for (const id of node.aliases ?? []) removeId(id, entry.seq);
    }
  };
  // Pages of history may be as many again: what somebody scrolled back to read must not vanish under his eyes.
  const limit = (): number => (old > 0 ? 2 * capacity : capacity);

  const append = (made: NewEntry): Entry => {
    const entry = placed(made, next);
    // While something is missing, the archive may have more to say between any two.
    next += gaps.length === 0 ? 1 : STRIDE;
    const node: Node = { entry, previous: tail, next: undefined, old: false };
    if (tail === undefined) head = node;
    else tail.next = node;
    tail = node;
    nodes.set(entry.seq, node);
    index(entry);
    while (nodes.size > limit()) evict();
    return entry;
  };
  const put = (made: NewEntry, seq: number, after: Node | undefined): Node => {
    const entry = placed(made, seq);
    let previous = after !== undefined && nodes.get(after.entry.seq) === after ? after : undefined;
    if (previous === undefined) {
      previous = tail;
      while (previous !== undefined && previous.entry.seq > seq) previous = previous.previous;
    }
    const following = previous === undefined ? head : previous.next;
    const node: Node = { entry, previous, next: following, old: true };
    if (previous === undefined) head = node;
    else previous.next = node;
    if (following === undefined) tail = node;
    else following.previous = node;
    nodes.set(seq, node);
    old++;
    index(entry);
    return node;
  };
  /** The first free number of a gap behind what the archive told last. */
  const freePlace = (): number | undefined => {
    const from = told === undefined ? Number.NEGATIVE_INFINITY : told + 1;
    for (const gap of gaps) {
      for (let place = Math.max(gap.start, from); place < gap.end - 1; place++) if (!nodes.has(place)) return place;
    }
    return undefined;
  };
  const replace = (node: Node, entry: MessageEntry): MessageEntry => {
    const before = node.entry as MessageEntry;
    node.entry = entry;
    for (const key of ['messageId', 'originId', 'stanzaId'] as const) {
      if (before[key] === entry[key]) continue;
      removeId(before[key], entry.seq);
      index(entry);
      for (const id of node.aliases ?? []) addId(id, entry.seq);
    }
    return entry;
  };
  const update = (seq: number, patch: MessagePatch): MessageEntry | undefined => {
    const node = nodes.get(seq);
    if (node === undefined || node.entry.kind !== 'message') return undefined;
    const entry: Record<string, unknown> = { ...node.entry };
    for (const [key, value] of Object.entries(patch)) {
      if (value === undefined) delete entry[key];
      else entry[key] = value;
    }
    entry['rev'] = node.entry.rev + 1;
    return replace(node, entry as unknown as MessageEntry);
  };

  const log: MessageLog = {
    get first() {
      return head?.entry.seq ?? next;
    },
    get next() {
      return next;
    },
    get size() {
      return nodes.size;
    },
    capacity,
    get: seq => nodes.get(seq)?.entry,
    before(seq) {
      const node = nodes.get(seq);
      if (node !== undefined) return node.previous?.entry;
      let at = tail;
      while (at !== undefined && at.entry.seq >= seq) at = at.previous;
      return at?.entry;
    },
    after(seq) {
      const node = nodes.get(seq);
      if (node !== undefined) return node.next?.entry;
      if (seq >= next) return undefined;
      let at = head;
      while (at !== undefined && at.entry.seq <= seq) at = at.next;
      return at?.entry;
    },
    last: () => tail?.entry,
    find(id) {
      const seq = ids.get(id)?.[0];
      return seq === undefined ? undefined : (nodes.get(seq)?.entry as MessageEntry | undefined);
    },
    findAll(id) {
      const found: MessageEntry[] = [];
      for (const seq of ids.get(id) ?? []) {
        const entry = nodes.get(seq)?.entry;
        if (entry?.kind === 'message') found.push(entry);
      }
      return found;
    },
    *newest() {
      for (let node = tail; node !== undefined; node = node.previous) yield node.entry;
    },
    *messages(most) {
      let left = most;
      for (let node = tail; node !== undefined && left > 0; node = node.previous) {
        if (node.entry.kind !== 'message') continue;
        left--;
        yield node.entry;
      }
    },
    append,
    appendMessage: entry => append(entry) as MessageEntry,
    update,
    prepend(entries) {
      const room = 2 * capacity - nodes.size;
      const taken = room <= 0 ? [] : entries.slice(-room);
      const made: Entry[] = [];
      for (let i = taken.length - 1; i >= 0; i--) {
        lowest -= stride;
        const entry = placed(taken[i] as NewEntry, lowest);
        const node: Node = { entry, previous: undefined, next: head, old: true };
        if (head === undefined) tail = node;
        else head.previous = node;
        head = node;
        nodes.set(entry.seq, node);
        old++;
        index(entry);
        made.push(entry);
      }
      return made.reverse();
    },
    openGap() {
      // Nothing was said since the last one was opened: it is the same gap.
      const last = gaps.at(-1);
      if (last !== undefined && last.end === next) return;
      gaps = [...gaps, { start: next, end: next + GAP, late: next + GAP - LATE }];
      next += GAP;
    },
    fill(made, late) {
      const newest = gaps.at(-1);
      let seq: number | undefined;
      let behind: Node | undefined;
      if (late === true) {
        const from = told ?? Number.NEGATIVE_INFINITY;
        if (newest !== undefined && from < newest.late && newest.late < newest.end - STRIDE) {
          seq = newest.late;
          newest.late += STRIDE;
        }
      } else {
        const node = told === undefined ? undefined : nodes.get(told);
        if (node !== undefined && node.entry.seq + 1 < (node.next?.entry.seq ?? next)) {
          behind = node;
          seq = node.entry.seq + 1;
        } else if (node === undefined && told !== undefined && head !== undefined && told + 1 < head.entry.seq) {
          seq = told + 1;
        } else seq = freePlace();
      }
      const entry = seq === undefined ? append(made) : put(made, seq, behind).entry;
      if (late !== true) told = entry.seq;
      while (nodes.size > limit()) evict();
      return entry;
    },
    fillFrom(seq) {
      told = seq;
    },
    filledTo(seq) {
      // Where lines of ours stand says when they were typed: nothing goes back because of them.
      const from = told ?? gaps[0]?.start;
      if (from !== undefined && seq >= from) told = seq;
    },
    told() {
      const at = told ?? gaps[0]?.start;
      return at === undefined ? tail?.entry : (nodes.get(at)?.entry ?? log.before(at));
    },
    closeGaps() {
      gaps = [];
      told = undefined;
    },
    markGap(made) {
      const from = told ?? gaps[0]?.start;
      const gap = from === undefined ? undefined : gaps.find(one => one.end > from);
      if (gap === undefined) return undefined;
      const seq = gap.end - 1;
      if (!nodes.has(seq)) put(made, seq, undefined);
      return seq;
    },
    remove(seq) {
      const node = nodes.get(seq);
      if (node === undefined || node.entry.kind === 'message') return;
      nodes.delete(seq);
      if (node.old) old--;
      if (node.previous === undefined) head = node.next;
      else node.previous.next = node.next;
      if (node.next === undefined) tail = node.previous;
      else node.next.previous = node.previous;
    },
    move(movement, at) {
      const node = tail;
      const last = node?.entry;
      if (
        node?.movements !== undefined &&
        last?.kind === 'presence' &&
        node.movements.length < MAX_MOVEMENTS &&
        sharesLine(node.movements, movement) &&
        at - last.at < FOLD_MS &&
        at >= last.at
      ) {
        node.movements.push(movement);
        const folded = { ...last, rev: last.rev + 1 };
        node.entry = folded;
        return folded;
      }
      const movements = [movement];
      const entry = append({ kind: 'presence', at, movements }) as PresenceEntry;
      if (tail !== undefined) tail.movements = movements;
      return entry;
    },
    react(seq, who, name, emoji) {
      const node = nodes.get(seq);
      if (node?.entry.kind !== 'message') return undefined;
      node.reactions ??= createReactions(node.entry.reactions);
      const reactions = node.reactions.set(who, name, emoji);
      return reactions === undefined
        ? undefined
        : update(seq, { reactions: reactions.size === 0 ? undefined : reactions });
    },
    alias(id, seq) {
      const node = nodes.get(seq);
      if (node === undefined || id === '') return;
      node.aliases ??= [];
      if (!node.aliases.includes(id)) node.aliases.push(id);
      addId(id, seq);
    },
    clear() {
      nodes.clear();
      ids.clear();
      told = undefined;
      head = undefined;
      tail = undefined;
      old = 0;
    },
  };
  return log;
}
