/** Says in one line what was missed in a room: when somebody comes back to its tab after long, and when its archive has told it. */
import type { Emitter } from '../lib/emitter.js';
import { span } from '../lib/span.js';
import { clip, joinSafe, type Safe, safe } from '../lib/text.js';
import { type Absence, absenceIn } from '../model/absence.js';
import type { Events } from '../model/events.js';
import type { Chat, ChatId, MessageEntry, Room } from '../model/types.js';
import type { Row } from '../model/view.js';
import { count, dateTime, timeOfDay } from '../model/wording.js';

/** Fewer are read faster than their summary. */
const WORTH = 10;
const MINUTE = 60_000;
const DAY = 86_400_000;
const NICK_CELLS = 24;

function words(absence: Absence, now: number, key: Safe): Row {
  const { count: all, mentions, since, speakers } = absence;
  const from = now - since < DAY / 2 ? timeOfDay(since) : dateTime(since);
  const most = joinSafe(
    speakers.map(one => safe`${clip(one.name, NICK_CELLS)} (${one.count})`),
    safe`, `,
  );
  return [
    span('notice.info', safe`While you were away, since ${from}: ${count(all, 'message')}`),
    ...(mentions === 0 ? [] : [span('message.highlight', safe`, ${mentions} for you`)]),
    span('notice.info', safe`; most by ${most}. `),
    span('text.key', key),
    span('text.dim', safe` goes to the first of them.`),
  ];
}

export interface Absences {
  /** The person looks at this tab from now on. */
  entered(chat: Chat | undefined): void;
  stop(): void;
}

export function connectAbsence(options: {
  readonly emitter: Emitter<Events>;
  readonly now: () => number;
  /** After so many minutes; 0: never. */
  readonly minutes: (chat: ChatId) => number;
  readonly notice: (rows: readonly Row[], chat: ChatId) => void;
  /** The chat that is looked at now. */
  readonly looked: () => ChatId | undefined;
  /** The unread line is put before this entry of the tab that is shown. */
  readonly placeLine: (chat: ChatId, seq: number) => void;
  /** What goes to the unread line. */
  readonly key: () => Safe;
}): Absences {
  const { emitter, now, minutes, notice, looked, placeLine, key } = options;
  /** What an archive tells now, by room. */
  const told = new Map<ChatId, Set<number>>();
  const say = (chat: Room, absence: Absence): void => notice([words(absence, now(), key())], chat.id);

  const undos = [
    emitter.on('message:added', ({ chat, message }) => {
      if (chat.kind !== 'room' || message.missed !== true) return;
      const seqs = told.get(chat.id);
      if (seqs === undefined) told.set(chat.id, new Set([message.seq]));
      else seqs.add(message.seq);
    }),
    emitter.on('history:caught-up', ({ chat }) => {
      const seqs = told.get(chat.id);
      told.delete(chat.id);
      // In another tab it is said when that is entered.
      if (seqs === undefined || chat.kind !== 'room' || looked() !== chat.id || minutes(chat.id) === 0) return;
      const absence = absenceIn(chat, Math.min(...seqs) - 1, (message: MessageEntry) => seqs.has(message.seq));
      if (absence === undefined || absence.count < WORTH) return;
      placeLine(chat.id, absence.first);
      say(chat, absence);
    }),
    emitter.on('chat:closed', ({ id }) => void told.delete(id)),
  ];
  return {
    entered(chat) {
      if (chat?.kind !== 'room' || chat.unread.count < WORTH) return;
      const after = minutes(chat.id);
      const absence = after === 0 ? undefined : absenceIn(chat, chat.readSeq);
      if (absence === undefined || absence.count < WORTH) return;
      const first = chat.log.get(absence.first);
      const missed = first?.kind === 'message' && first.missed === true;
      if (missed || now() - absence.since >= after * MINUTE) say(chat, absence);
    },
    stop() {
      for (const undo of undos.splice(0)) undo();
    },
  };
}
