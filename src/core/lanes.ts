/** The way of our lines to the server: one queue per chat, where nothing overtakes, and a line that may have arrived stops the rest until somebody has been asked. */
import { errorText, UserError } from '../lib/errors.js';
import { type BareJid, bareOf, type Jid } from '../lib/jid.js';
import { cleanLine, type Safe, safe } from '../lib/text.js';
import type { Clock } from '../lib/time.js';
import type { OutgoingMessage } from '../model/incoming.js';
import type { Store } from '../model/store.js';
import type { Chat, ChatId, Delivery } from '../model/types.js';
import type { Wire } from './ports.js';
import type { Unsent, UnsentLine } from './unsent.js';

/** Clocks of both sides may differ by this much, where an archive has to be asked by time. */
const OVERLAP_MS = 5 * 60_000;
/** An archive that does not answer is asked again. */
const RETRIES_MS = [2_000, 10_000, 60_000];
const LATER_MS = 250;

/**
 * `waiting`: not written yet, or certainly not arrived; `wire`: given to the session; `echo`: the server has it, the room has not
 * shown it; `doubtful`: the session ended before anybody knew.
 */
type Phase = 'waiting' | 'wire' | 'echo' | 'doubtful';

interface Line {
  chat: ChatId;
  message: OutgoingMessage;
  phase: Phase;
  offered: boolean;
  after: string | undefined;
  /** In which stay in the room it was given to the session; what another stay has not answered may not have arrived. */
  stay?: number;
}

export interface Lanes {
  /** On disk first, then its row, then on its way as soon as the chat can take it. */
  add(chat: ChatId, message: OutgoingMessage, row?: () => void): void;
  /** What a former run left. */
  restore(lines: readonly UnsentLine[]): void;
  /** It arrived, or failed for good. */
  settle(id: string): void;
  /** The session goes on: what waits goes out, and what could not be asked is asked again. */
  sessionResumed(): void;
  /** A new session: whatever was under way in the last one is in doubt. */
  sessionStarted(): void;
  /** The room was entered, maybe again. */
  roomJoined(room: BareJid): void;
  roomLeft(room: BareJid): void;
  /** Somebody came, left or took another nick: what waits for the one who is gone fails, and never goes to another. */
  occupantsChanged(room: BareJid): void;
  /** The occupant of a private chat has another nick: what waits follows. */
  chatRenamed(from: ChatId, to: ChatId): void;
  /** Nothing that waits for this room can be sent. */
  roomFailed(room: BareJid, reason: Safe): void;
  forget(chat: ChatId): void;
  /** Another identity is used from now on: nothing of the one before is said under it. */
  reset(): void;
}

export function createLanes(options: {
  readonly wire: Wire;
  readonly store: Store;
  readonly clock: Clock;
  readonly unsent: Unsent;
  /** Up to which id this archive is known here. */
  readonly cursor: (archive: BareJid) => string | undefined;
}): Lanes {
  const { wire, store, clock, unsent, cursor } = options;
  const lanes = new Map<ChatId, Line[]>();
  /** How often each room was left. */
  const stays = new Map<ChatId, number>();
  const stayIn = (chat: ChatId): number => stays.get(chat) ?? 0;
  /** Given to the session before the room was left, and nobody has said yet what became of it. */
  const isFromBefore = ({ chat, message, phase, stay }: Line): boolean =>
    phase === 'wire' && message.type === 'groupchat' && stay !== stayIn(chat);
  /** What is being asked, so that it is asked once; replaced by each new session. */
  let asking = new Set<BareJid>();

  const own = (): BareJid | undefined => {
    const { jid, anonymous } = store.session;
    return jid === undefined || anonymous ? undefined : bareOf(jid);
  };
  /** Nothing holds a line for this chat back; a one-to-one chat whose tab was closed goes on. */
  const isOpen = (id: ChatId): boolean => {
    if (store.session.status !== 'online') return false;
    const lane = lanes.get(id) ?? [];
    if (lane.some(line => line.phase === 'doubtful' || isFromBefore(line))) return false;
    const chat = store.chat(id);
    if (chat === undefined) return lane.every(({ message }) => message.type === 'chat' && message.private !== true);
    if (chat.kind === 'room') return chat.state === 'joined';
    return chat.kind === 'direct' || (!chat.gone && store.room(chat.room)?.state === 'joined');
  };
  /** The occupant is known to be away, or may be somebody else by now. */
  const isGone = (id: ChatId): boolean => {
    const chat = store.chat(id);
    return chat?.kind === 'private' && chat.gone && store.room(chat.room)?.state === 'joined';
  };
  const archiveOf = ({ message }: Line): BareJid | undefined =>
    message.type === 'groupchat' ? bareOf(message.to) : own();
  /** From now on it may be anywhere. */
  const offer = (line: Line): void => {
    line.offered = true;
    const archive = archiveOf(line);
    line.after ??= archive === undefined ? undefined : cursor(archive);
  };
  const record = ({ chat, message, offered, after }: Line): UnsentLine => ({
    chat,
    message,
    offered,
    ...(after !== undefined && { after }),
  });

  const remove = (line: Line): void => {
    const rest = (lanes.get(line.chat) ?? []).filter(one => one !== line);
    if (rest.length === 0) lanes.delete(line.chat);
    else lanes.set(line.chat, rest);
    unsent.settle(line.message.id);
  };
  const show = (line: Line, delivery: Delivery, error?: Safe): void => {
    const entry = store.chat(line.chat)?.log.find(line.message.id);
    // The echo may have been faster than the acknowledgement.
    if (entry?.delivery === undefined || entry.delivery === 'delivered' || entry.delivery === 'displayed') return;
    if (entry.delivery === 'sent' && delivery !== 'failed') return;
    if (error === undefined) store.setDelivery(line.chat, line.message.id, delivery);
    else store.setDelivery(line.chat, line.message.id, delivery, error);
  };
  const fail = (line: Line, reason: Safe): void => {
    show(line, 'failed', reason);
    remove(line);
  };

  let willLook = false;
  /** Looks again at everything, a moment later. */
  const later = (): void => {
    if (willLook) return;
    willLook = true;
    clock.after(LATER_MS, () => {
      willLook = false;
      if (store.session.status === 'online') lookAgain();
    });
  };
  const lookAgain = (): void => {
    for (const archive of new Set([...lanes.values()].flat().map(archiveOf))) {
      if (archive !== undefined && (store.room(archive)?.state ?? 'joined') === 'joined') resolve(archive);
    }
    if (own() === undefined) lost(privateDoubts());
    for (const id of [...lanes.keys()]) pumpOne(id);
  };

  const transmit = (line: Line): void => {
    const { message } = line;
    line.phase = 'wire';
    line.stay = stayIn(line.chat);
    show(line, 'pending');
    wire.say(message).then(
      how => {
        if (lanes.get(line.chat)?.includes(line) !== true || line.phase !== 'wire') return;
        switch (how) {
          case 'uncertain':
            line.phase = 'doubtful';
            // Heard of late: the next session is there already, and has asked for others.
            if (store.session.status === 'online') later();
            return;
          case 'unsent':
            line.phase = 'waiting';
            if (store.session.status === 'online') later();
            return;
          case 'acknowledged':
            // In a room only its echo proves that everybody got it; a correction comes back as a change of another line.
            if (message.type === 'groupchat' && message.replaces === undefined) {
              // A room that was left meanwhile shows nothing more of it.
              const left = line.stay !== stayIn(line.chat);
              line.phase = left ? 'doubtful' : 'echo';
              if (left) later();
              return;
            }
            show(line, 'sent');
            remove(line);
            return;
          case 'written':
            remove(line);
        }
      },
      (error: unknown) => {
        if (lanes.get(line.chat)?.includes(line) === true) fail(line, sentenceOf(error));
      },
    );
  };

  const pumpOne = (id: ChatId): void => {
    if (isGone(id)) {
      const { title } = store.chat(id) as Chat;
      for (const line of lanes.get(id) ?? []) {
        if (line.phase !== 'waiting') continue;
        fail(line, safe`${title} is not in the room, or may be somebody else now. Nothing was sent; /resend sends it.`);
      }
    }
    if (!isOpen(id)) return;
    const next = (lanes.get(id) ?? []).filter(line => line.phase === 'waiting');
    const changed = next.filter(line => !line.offered);
    for (const line of changed) offer(line);
    unsent.put(changed.map(record));
    for (const line of next) transmit(line);
  };

  const pumpPrivate = (room: BareJid): void => {
    for (const id of [...lanes.keys()]) if (id !== room && bareOf(id as Jid) === room) pumpOne(id);
  };

  // ------------------------------------------------------------------------------------------------- what arrived?

  const doubtsOf = (archive: BareJid): Line[] =>
    [...lanes.values()]
      .flat()
      .filter(
        line =>
          line.phase === 'doubtful' && (archive === own() ? line.message.type !== 'groupchat' : line.chat === archive),
      );

  /** Of a guest, whom no archive knows. */
  const privateDoubts = (): Line[] =>
    [...lanes.values()].flat().filter(line => line.phase === 'doubtful' && line.message.type !== 'groupchat');

  const lost = (lines: readonly Line[]): void => {
    for (const line of lines) {
      fail(
        line,
        safe`It may have arrived before the connection was lost, and nobody can be asked. /resend sends it again.`,
      );
    }
  };

  /** Asks the archive; without one the room's own history, which came before its answer, has said what there is to say. */
  const ask = async (archive: BareJid, isCurrent: () => boolean): Promise<void> => {
    const { mam, mucSelfPing } = wire.xeps;
    if (!(await mam.has(archive))) {
      if (store.room(archive) !== undefined) await mucSelfPing.check(archive);
      if (isCurrent()) lost(doubtsOf(archive));
      return;
    }
    const lines = doubtsOf(archive);
    if (lines.length === 0) return;
    // In the order of their sending: the first place is before all of them.
    const after = lines.every(line => line.after !== undefined) ? lines[0]?.after : undefined;
    const start = Math.min(...lines.map(line => line.message.typedAt)) - OVERLAP_MS;
    const ids = lines.map(line => line.message.id);
    const { found, sure } = await mam.arrived(archive, ids, { after, start });
    if (!isCurrent()) return;
    for (const line of lines) {
      if (line.phase !== 'doubtful') continue;
      if (found.has(line.message.id)) {
        show(line, 'sent');
        remove(line);
      } else if (!sure || line.message.private === true) {
        // Whether private messages are kept is nowhere written, and somebody else may have the nick by now.
        lost([line]);
      } else line.phase = 'waiting';
    }
  };

  const resolve = (archive: BareJid, attempt = 0): void => {
    const lines = doubtsOf(archive);
    if (lines.length === 0 || asking.has(archive)) return;
    const session = asking;
    session.add(archive);
    const isCurrent = (): boolean => session === asking;
    ask(archive, isCurrent)
      .then(
        () => undefined,
        (error: unknown) => {
          if (!isCurrent()) return;
          const wait = RETRIES_MS[attempt];
          if (wait === undefined) {
            for (const line of doubtsOf(archive)) {
              fail(
                line,
                safe`It may have arrived before the connection was lost: ${cleanLine(errorText(error))} /resend sends it again.`,
              );
            }
            return;
          }
          clock.after(wait, () => {
            // Without a link the next one asks.
            if (isCurrent() && store.session.status === 'online') resolve(archive, attempt + 1);
          });
        },
      )
      .finally(() => {
        session.delete(archive);
        if (isCurrent()) for (const id of [...lanes.keys()]) pumpOne(id);
      });
  };

  /** Nobody will hear any more of what was under way here. */
  const doubt = (lines: readonly Line[]): void => {
    for (const line of lines) if (line.phase === 'echo') line.phase = 'doubtful';
  };

  return {
    add(chat, message, row) {
      const line: Line = { chat, message, phase: 'waiting', offered: false, after: undefined };
      lanes.set(chat, [...(lanes.get(chat) ?? []).filter(one => one.message.id !== message.id), line]);
      if (isOpen(chat)) offer(line);
      unsent.put([record(line)]);
      row?.();
      pumpOne(chat);
    },
    restore(lines) {
      const left = new Map<ChatId, Line[]>();
      for (const { chat, message, offered, after } of lines) {
        const line: Line = { chat, message, phase: offered ? 'doubtful' : 'waiting', offered, after };
        left.set(chat, [...(left.get(chat) ?? []), line]);
      }
      // Before what was typed since.
      for (const [chat, old] of left) lanes.set(chat, [...old, ...(lanes.get(chat) ?? [])]);
    },
    reset() {
      const lines = [...lanes.values()].flat();
      lanes.clear();
      asking = new Set();
      for (const line of lines) {
        show(line, 'failed', safe`You are somebody else now. /resend sends it as who you are.`);
      }
    },
    settle(id) {
      const found = [...lanes.values()].flat().filter(line => line.message.id === id);
      for (const line of found) remove(line);
      unsent.settle(id);
      // It may have been the doubt that the others waited for.
      for (const line of found) pumpOne(line.chat);
    },
    sessionResumed: lookAgain,
    sessionStarted() {
      asking = new Set();
      for (const lane of lanes.values()) doubt(lane);
      const archive = own();
      if (archive !== undefined) resolve(archive);
      else lost(privateDoubts());
      for (const id of [...lanes.keys()]) pumpOne(id);
    },
    roomJoined(room) {
      resolve(room);
      pumpOne(room);
      pumpPrivate(room);
    },
    occupantsChanged: pumpPrivate,
    chatRenamed(from, to) {
      const lines = lanes.get(from) ?? [];
      lanes.delete(from);
      for (const line of lines) {
        line.chat = to;
        // What is under way keeps the address it was written with.
        if (line.phase === 'waiting') line.message = { ...line.message, to: to as Jid };
      }
      if (lines.length === 0) return;
      lanes.set(to, [...(lanes.get(to) ?? []), ...lines]);
      unsent.put(lines.map(record));
    },
    roomLeft(room) {
      stays.set(room, stayIn(room) + 1);
      asking.delete(room);
      doubt(lanes.get(room) ?? []);
    },
    roomFailed(room, reason) {
      // Away for a moment: what waits goes out when it is entered again.
      if (wire.xeps.muc.wanted(room) !== undefined) return;
      for (const line of lanes.get(room) ?? []) if (line.phase === 'waiting') fail(line, reason);
    },
    forget(chat) {
      for (const line of lanes.get(chat) ?? []) {
        if (line.message.type === 'groupchat' || line.message.private === true) remove(line);
      }
    },
  };
}

export function sentenceOf(error: unknown): Safe {
  if (error instanceof UserError) return cleanLine(error.message);
  if (error instanceof Error && 'sentence' in error && typeof error.sentence === 'string')
    return cleanLine(error.sentence);
  return safe`It could not be sent.`;
}
