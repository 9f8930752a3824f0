/** What was said while we were away: asked of the archives after each fresh session, put where it belongs, marked until it is there. */
import type { Emitter } from '../lib/emitter.js';
import { errorText } from '../lib/errors.js';
import { type BareJid, bareOf, resourceOf } from '../lib/jid.js';
import { span } from '../lib/span.js';
import { cleanLine, safe } from '../lib/text.js';
import type { Clock } from '../lib/time.js';
import type { Events } from '../model/events.js';
import type { IncomingMessage } from '../model/incoming.js';
import type { Store } from '../model/store.js';
import type { Chat, ChatId } from '../model/types.js';
import type { HistoryService } from './history.js';
import type { Wire } from './ports.js';

const PAGE = 100;
/** Messages above one that are looked through for another. */
const NEIGHBOURS = 200;
/** Clocks of servers differ; what comes twice is known by its id. */
const OVERLAP_MS = 5 * 60_000;
/** A failed page is asked for again, later each time. */
const RETRIES_MS = [5_000, 30_000, 120_000];
/** Key of the state: when archives were asked for the first time. */
const BEGUN = 'begun';
/** Numbers left free above the first message that is kept, half of what the log leaves before it. */
const ABOVE = 2 ** 13;
/** Key of the state, see `points`. */
const TOLD = 'told';
const START = 0;
/** Cursor of an archive with nothing in it yet. */
const EMPTY = '';
/** An archive that answers so many pages without an end does not end. */
const MAX_PAGES = 2_000;

/** The archive answers, and never says that it is all. */
class Endless extends Error {}

export interface CatchUp {
  /**
   * Where a live message belongs while the archive is read; `undefined`: it is kept already. A server delivers late, at the start
   * of a session, what a dead one did not take: older than what is live, and the archive tells it too, in its place.
   */
  place(message: IncomingMessage): IncomingMessage | undefined;
  /** Up to which id everything of this archive is here. */
  cursor(archive: BareJid): string | undefined;
  /** Asks again where something is missing. */
  retry(): number;
  /** Another account: nothing is known. */
  reset(): void;
  stop(): void;
}

type Work = { cancelled: boolean; attempt: number; cancelTimer?: () => void };

export function createCatchUp(options: {
  readonly store: Store;
  readonly emitter: Emitter<Events>;
  readonly clock: Clock;
  readonly wire: Wire;
  readonly history: HistoryService;
  /** A message of the archive on its way to the store (filters of plugins see it too). */
  readonly receive: (message: IncomingMessage) => void;
  readonly debug: (text: string) => void;
}): CatchUp {
  const { store, emitter, clock, wire, history, receive, debug } = options;
  /** Up to where everything is there, by archive; on disk too where there is one. */
  const cursors = new Map<BareJid, string>();
  /** The newest id that came live while the archive was still being read. */
  const newest = new Map<BareJid, string>();
  const running = new Map<BareJid, Work>();
  /** When an archive without a cursor was asked for the first time. */
  const asked = new Map<BareJid, number>();
  const complete = new Set<BareJid>();
  const missing = new Set<BareJid>();

  const own = (): BareJid | undefined => {
    const { jid, anonymous } = store.session;
    return jid === undefined || anonymous ? undefined : bareOf(jid);
  };
  const cursorOf = (archive: BareJid): string | undefined =>
    cursors.get(archive) ?? history.current?.history.cursor(archive);
  const setCursor = (archive: BareJid, id: string): void => {
    cursors.set(archive, id);
    if (history.current?.writable !== true) return;
    try {
      history.current.history.setCursor(archive, id);
    } catch (error) {
      // Asking for something twice does no harm: ids tell.
      debug(`cursor not saved: ${errorText(error)}`);
    }
  };

  /** On disk too: a process may be killed between its first question and the answer. */
  const begunAt = (archive: BareJid): number | undefined => {
    const kept = history.current?.state.get(BEGUN);
    const at =
      typeof kept === 'object' && kept !== null ? (kept as Readonly<Record<string, unknown>>)[archive] : undefined;
    return asked.get(archive) ?? (typeof at === 'number' ? at : undefined);
  };
  const noteBegun = (archive: BareJid): void => {
    asked.set(archive, clock.now());
    if (history.current?.writable !== true) return;
    const kept = history.current.state.get(BEGUN);
    history.current.state.set(BEGUN, { ...(typeof kept === 'object' ? kept : {}), [archive]: clock.now() });
  };

  const chatsOf = (archive: BareJid): Chat[] => {
    const room = store.room(archive);
    if (room !== undefined) return [room];
    return archive === own() ? [...store.chats.values()].filter(chat => chat.kind !== 'room') : [];
  };
  /** What a resumed session sends again is stamped too, but it is in its order. */
  let resumed = false;
  /** When the last thing was said before this session began, for an archive that has forgotten our place. */
  let saidBefore = new Map<BareJid, number>();
  /**
   * By archive and chat, while something may be missing: key of the message behind which the archive tells next, `START` above
   * everything that is kept. Kept too, so that a process that is killed goes on in its next run where it was.
   */
  let points = new Map<BareJid, Map<ChatId, number>>();
  let pointsOf: HistoryService['current'];
  const pointsIn = (archive: BareJid): Map<ChatId, number> | undefined => {
    const kept = history.current;
    if (kept?.writable !== true) return undefined;
    if (kept !== pointsOf) {
      pointsOf = kept;
      points = readPoints(kept.state.get(TOLD));
    }
    return points.get(archive);
  };
  /** A place moved, and that is not on disk. */
  let unsaved = false;
  const savePoints = (): void => {
    unsaved = false;
    const tree = [...points].map(([archive, chats]) => [archive, Object.fromEntries(chats)] as const);
    history.current?.state.set(TOLD, tree.length === 0 ? undefined : Object.fromEntries(tree));
  };
  const dropPoints = (archive: BareJid): void => {
    if (pointsIn(archive) !== undefined && points.delete(archive)) savePoints();
  };
  const archiveOf = (chat: Chat): BareJid | undefined => (chat.kind === 'room' ? chat.id : own());
  /** Key of the last message that stands before what the archive tells next. */
  const pointOf = (chat: Chat): number | undefined => {
    let entry = store.told(chat.id);
    while (entry !== undefined) {
      const key = entry.kind === 'message' ? history.keyOf(chat.id, entry) : undefined;
      if (key !== undefined) return key;
      entry = chat.log.before(entry.seq);
    }
    return undefined;
  };
  /** Chats that know in this run where the archive goes on. */
  const pointed = new Set<Chat>();
  /** Before anything is added here that the archive may tell later: goes on where a former run was, or remembers where this one is. */
  const point = (archive: BareJid, chats: readonly Chat[]): void => {
    const known = pointsIn(archive);
    if (history.current?.writable !== true) return;
    const noted = known ?? new Map<ChatId, number>();
    let changed = false;
    for (const chat of chats) {
      const key = noted.get(chat.id);
      if (key === undefined) {
        noted.set(chat.id, pointOf(chat) ?? START);
        changed = true;
      } else if (!pointed.has(chat)) {
        const seq = history.reach(chat.id, key);
        if (seq !== undefined) store.fillFrom(chat.id, seq);
        else if (key === START) store.fillFrom(chat.id, chat.log.first - ABOVE);
      }
      pointed.add(chat);
    }
    if (!changed) return;
    points.set(archive, noted);
    savePoints();
  };
  /** A page was taken: before the cursor says so, the places do. */
  const movePoints = (archive: BareJid): void => {
    const noted = pointsIn(archive);
    if (noted === undefined) return;
    let moved = unsaved;
    for (const [id, before] of noted) {
      const chat = store.chat(id);
      const key = chat === undefined ? undefined : pointOf(chat);
      if (key === undefined || key === before) continue;
      noted.set(id, key);
      moved = true;
    }
    if (moved) savePoints();
  };

  const finish = (archive: BareJid): void => {
    complete.add(archive);
    missing.delete(archive);
    const last = newest.get(archive);
    newest.delete(archive);
    if (last !== undefined) setCursor(archive, last);
    for (const chat of chatsOf(archive)) {
      store.markGap(chat.id, undefined);
      store.closeGaps(chat.id);
      emitter.emit('history:caught-up', { chat });
    }
    dropPoints(archive);
  };

  /** The archive tells what a chat without a tab has already: behind it goes what comes next, never back because of a line of ours. */
  const passed = (archive: BareJid, chat: ChatId, key: number): void => {
    const noted = pointsIn(archive);
    const before = noted?.get(chat);
    if (before === undefined) return;
    const above = before === START ? [] : (history.current?.history.page(chat, NEIGHBOURS, key) ?? []);
    if (before !== START && !above.some(entry => entry.stored === before)) return;
    noted?.set(chat, key);
    unsaved = true;
  };

  /** What is already on disk, beyond what is loaded, is not shown again. */
  const isKept = (archive: BareJid, message: IncomingMessage): boolean => {
    const kept = history.current?.history;
    if (kept === undefined || message.stanzaId === undefined || message.body === undefined) return false;
    const me = own();
    const to = message.to === undefined ? undefined : bareOf(message.to);
    const peer = archive === me && bareOf(message.from) === me ? to : bareOf(message.from);
    if (peer === undefined) return false;
    const originId = message.originId ?? message.id;
    const isOwn = archive === me ? bareOf(message.from) === me : resourceOf(message.from) === store.room(archive)?.nick;
    const key = kept.find(peer, {
      stanzaId: message.stanzaId,
      ...(isOwn && originId !== undefined && { originId }),
    });
    if (key === undefined) return false;
    // Loaded ones are told to the store, which learns from them where the next one belongs.
    const chat = store.chat(peer);
    if (chat === undefined) passed(archive, peer, key);
    const log = chat?.log;
    return [message.stanzaId, message.id, message.originId].every(
      id => id === undefined || log?.find(id) === undefined,
    );
  };

  const take = (archive: BareJid, messages: readonly IncomingMessage[]): void => {
    history.batch(() => {
      for (const message of messages) {
        // A private message through a room is nobody's any more when the room is not open.
        if (message.mucUser === true && store.room(message.from) === undefined) continue;
        if (!isKept(archive, message)) receive({ ...message, missed: true });
      }
    });
  };

  const isCurrent = (archive: BareJid, work: Work): boolean => running.get(archive) === work && !work.cancelled;

  const read = async (archive: BareJid, work: Work): Promise<void> => {
    const { mam } = wire.xeps;
    if (!(await mam.has(archive))) {
      if (!isCurrent(archive, work)) return;
      running.delete(archive);
      dropPoints(archive);
      for (const chat of chatsOf(archive)) emitter.emit('history:caught-up', { chat });
      return;
    }
    let cursor = cursorOf(archive);
    let start: number | undefined;
    const begun = begunAt(archive);
    if (cursor === undefined && begun !== undefined) {
      // A session ended before its first look at the archive: what it did not take is there.
      cursor = EMPTY;
      start = begun - OVERLAP_MS;
    }
    if (cursor === undefined) {
      noteBegun(archive);
      // Seen for the first time: from here on nothing is missed; what was before comes when somebody scrolls up.
      const page = await mam.page(archive, { before: '', max: 1 });
      if (!isCurrent(archive, work)) return;
      setCursor(archive, page.last ?? EMPTY);
      running.delete(archive);
      finish(archive);
      return;
    }
    const seen = new Set([cursor]);
    for (let count = 0; ; count++) {
      if (count === MAX_PAGES) throw new Endless('its archive does not come to an end.');
      let page: Awaited<ReturnType<typeof mam.page>>;
      try {
        const from = cursor === EMPTY ? { start: 0 } : { after: cursor };
        page = await mam.page(archive, { ...(start === undefined ? from : { start }), max: PAGE });
      } catch (error) {
        // The archive has forgotten the place: by time instead.
        if (start !== undefined || conditionOf(error) !== 'item-not-found') throw error;
        start = lastKept(archive) - OVERLAP_MS;
        continue;
      }
      if (!isCurrent(archive, work)) return;
      take(archive, page.messages);
      movePoints(archive);
      const { last } = page;
      const circles = !page.complete && (last === undefined || seen.has(last));
      // Back to where it was before would ask for all of it again.
      if (last !== undefined && !circles) setCursor(archive, last);
      if (circles) throw new Endless('its archive turns in a circle.');
      if (page.complete || last === undefined) break;
      seen.add(last);
      cursor = last;
      start = undefined;
    }
    running.delete(archive);
    finish(archive);
  };

  const lastKept = (archive: BareJid): number => {
    const times = chatsOf(archive).map(chat => chat.lastAt);
    const latest = saidBefore.get(archive) ?? Math.max(0, ...times);
    return latest > 0 ? latest : clock.now() - 86_400_000;
  };
  const remember = (archive: BareJid): void => {
    const latest = Math.max(0, ...chatsOf(archive).map(chat => chat.lastAt));
    if (latest > 0) saidBefore.set(archive, latest);
  };

  const begin = (archive: BareJid, attempt = 0): void => {
    cancel(archive);
    complete.delete(archive);
    point(archive, chatsOf(archive));
    const work: Work = { cancelled: false, attempt };
    running.set(archive, work);
    read(archive, work).catch((error: unknown) => {
      if (!isCurrent(archive, work)) return;
      running.delete(archive);
      debug(`catching up with ${archive} failed: ${errorText(error)}`);
      missing.add(archive);
      const why = cleanLine(errorText(error));
      for (const chat of chatsOf(archive)) {
        const words = safe`Something may be missing here: ${why} Alt-Up and Enter here, or /history fill, asks again.`;
        store.markGap(chat.id, [span('notice.warning', words)], '/history fill');
      }
      const wait = RETRIES_MS[attempt];
      // Asked at once, it would do the same again; a person may, and the next session.
      if (wait === undefined || error instanceof Endless) return;
      const again: Work = { cancelled: false, attempt: attempt + 1 };
      running.set(archive, again);
      again.cancelTimer = clock.after(wait, () => {
        if (isCurrent(archive, again)) begin(archive, attempt + 1);
      });
    });
  };
  const again = (): number => {
    const lacking = [...missing].filter(archive => archive === own() || store.room(archive)?.state === 'joined');
    for (const archive of lacking) begin(archive);
    return lacking.length;
  };
  const cancel = (archive: BareJid): void => {
    const work = running.get(archive);
    if (work === undefined) return;
    work.cancelled = true;
    work.cancelTimer?.();
    running.delete(archive);
  };

  emitter.on('chat:renamed', ({ chat, from }) => {
    let changed = false;
    for (const chats of points.values()) {
      const key = chats.get(from);
      if (key === undefined) continue;
      chats.delete(from);
      chats.set(chat.id, key);
      changed = true;
    }
    if (changed) savePoints();
  });
  emitter.on('session:resumed', () => {
    resumed = true;
    // What failed because the link was bad may work now.
    again();
  });
  emitter.on('session:started', () => {
    resumed = false;
    saidBefore = new Map();
    for (const archive of [...running.keys()]) cancel(archive);
    complete.clear();
    newest.clear();
    const archive = own();
    if (archive === undefined) return;
    remember(archive);
    begin(archive);
  });
  emitter.on('session:ended', ({ session }) => {
    if (session.status !== 'offline' && session.status !== 'stopped') return;
    for (const archive of [...running.keys()]) cancel(archive);
  });
  emitter.on('room:joined', ({ room }) => {
    if (!saidBefore.has(room.id)) remember(room.id);
    begin(room.id);
  });
  emitter.on('room:left', ({ room }) => {
    cancel(room.id);
    complete.delete(room.id);
    newest.delete(room.id);
    remember(room.id);
  });
  // Everything of its archive is there: what comes after a loss may not be put above its first line.
  emitter.on('chat:opened', ({ chat }) => {
    const archive = chat.kind === 'room' ? undefined : own();
    if (archive === undefined) return;
    if (complete.has(archive)) store.closeGaps(chat.id);
    else if (running.has(archive) || missing.has(archive) || pointsIn(archive)?.has(chat.id) === true) {
      point(archive, [chat]);
    }
  });
  // After the history has kept it: the listener of the history was there first.
  emitter.on('message:added', ({ chat, incoming }) => {
    const id = incoming?.stanzaId;
    if (id === undefined || incoming?.missed === true || incoming?.source === 'archive') return;
    const archive = archiveOf(chat);
    if (archive === undefined) return;
    if (complete.has(archive)) setCursor(archive, id);
    else newest.set(archive, id);
  });
  emitter.on('message:changed', ({ chat, message }) => {
    // Our own line came back from the room: everything before it has come too.
    if (chat.kind !== 'room' || !message.self || message.stanzaId === undefined || message.source !== 'local') return;
    if (chat.log.after(message.seq) === undefined && complete.has(chat.id)) setCursor(chat.id, message.stanzaId);
  });

  return {
    place(message) {
      const archive = own();
      if (archive === undefined || message.type === 'groupchat' || message.type === 'error') return message;
      if (message.stamp === undefined || message.body === undefined || message.source !== 'live') return message;
      if (complete.has(archive) || (!running.has(archive) && !missing.has(archive))) return message;
      if (isKept(archive, message)) return undefined;
      return resumed ? message : { ...message, missed: true, late: true };
    },
    cursor: archive => cursorOf(archive) || undefined,
    retry: again,
    reset() {
      cursors.clear();
      pointed.clear();
      asked.clear();
      newest.clear();
      complete.clear();
      missing.clear();
    },
    stop() {
      for (const archive of [...running.keys()]) cancel(archive);
    },
  };
}

function readPoints(kept: unknown): Map<BareJid, Map<ChatId, number>> {
  const points = new Map<BareJid, Map<ChatId, number>>();
  if (typeof kept !== 'object' || kept === null) return points;
  for (const [archive, chats] of Object.entries(kept)) {
    if (typeof chats !== 'object' || chats === null) continue;
    const keys = Object.entries(chats).filter((one): one is [ChatId, number] => typeof one[1] === 'number');
    points.set(archive as BareJid, new Map(keys));
  }
  return points;
}

function conditionOf(error: unknown): unknown {
  return error instanceof Error && 'condition' in error ? error.condition : undefined;
}
