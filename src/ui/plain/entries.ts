/** Logs as lines: each entry once, once more when what it says has changed, and every line begins with where it was said. */
import { clip, joinSafe, type Safe, safe } from '../../lib/text.js';
import type { Chat, Entry, LogReader, MessageEntry } from '../../model/types.js';
import type { Row } from '../../model/view.js';
import type { RowContext } from '../rows/context.js';
import { isDoubtful } from '../rows/doubtful.js';
import { lineText } from '../rows/line.js';
import { linesOfEntry } from '../rows/rows.js';
import { SPOKEN_SIGNS } from '../rows/signs.js';
import { clockText, dateText, dayOf } from '../rows/time.js';

/** So many of the last entries are looked at for changes. */
const LOOK_BACK = 200;
/** No line is broken: whoever reads does that. */
const UNBROKEN = 1_000_000;
const MAX_LABEL = 60;

export interface EntryStyle {
  readonly time: RowContext['time'];
  readonly expand: boolean;
  readonly now: number;
  readonly render?: (row: Row, message: MessageEntry) => Row;
}

/** What of an entry was printed, to know what is new about it. */
interface Printed {
  rev: number;
  /** Comings and goings that were printed. */
  movements: number;
  /** What else a reader was told. */
  told: string;
}

export interface LogPrinter {
  /** The lines that are new since the last call. */
  news(style: EntryStyle): readonly Safe[];
}

/** Where something was said: in brackets, which no name may bring along. */
export function labelOf(chat: Chat): Safe {
  const name = (text: Safe): Safe => clip(text.replace(/\[/g, '(').replace(/\]/g, ')') as Safe, MAX_LABEL);
  if (chat.kind !== 'private') return name(chat.title);
  const room = chat.room.replace(/@.*$/s, '') as Safe;
  return safe`${name(room)}/${name(chat.title)}`;
}

/** What a later change of a message is worth a line of its own for. */
function toldOf(entry: Entry): string {
  if (entry.kind !== 'message') return '';
  const reactions = [...(entry.reactions ?? [])].map(([emoji, names]) => `${emoji}${names.length}`).join();
  return [entry.body, entry.retracted !== undefined, entry.delivery === 'failed', reactions].join('\0');
}

/** Our own line waits for the server: it is printed when it was said. */
const isUnderWay = (entry: Entry): boolean =>
  entry.kind === 'message' && entry.self && (entry.delivery === 'pending' || entry.delivery === 'queued');

/** Prints a log, as long as there is one; `chat` is undefined for what the client says itself. */
export function createLogPrinter(
  log: () => LogReader | undefined,
  labelNow: () => Safe,
  chat: () => Chat | undefined,
): LogPrinter {
  let printed = new Map<number, Printed>();
  let next = 0;

  const doubtful = (entry: MessageEntry): boolean => isDoubtful(chat(), entry);

  const linesOf = (entry: Entry, style: EntryStyle): readonly Safe[] => {
    const context: RowContext = {
      columns: UNBROKEN,
      nickWidth: MAX_LABEL,
      time: 'none',
      signs: SPOKEN_SIGNS,
      expand: style.expand,
      doubtful,
      spoken: true,
      ...(style.render === undefined ? {} : { render: style.render }),
    };
    const label = labelNow();
    const clock = clockText(entry.at, style.time);
    const day = clock !== '' && dayOf(entry.at) !== dayOf(style.now) ? safe`${dateText(entry.at)} ` : safe``;
    const before = joinSafe([day, clock === '' ? safe`` : safe`${clock} `, label === '' ? safe`` : safe`[${label}] `]);
    return linesOfEntry(entry, context).map(line => safe`${before}${lineText(line) as Safe}`);
  };

  return {
    news(style) {
      const reader = log();
      if (reader === undefined) return [];
      const found: Entry[] = [];
      let looked = 0;
      for (const entry of reader.newest()) {
        // Older pages that somebody asked for come in front of what was printed: as many as are looked back.
        if (entry.seq < next && looked >= LOOK_BACK) break;
        looked++;
        if (printed.get(entry.seq)?.rev !== entry.rev && !isUnderWay(entry)) found.push(entry);
      }
      next = reader.next;
      const lines: Safe[] = [];
      for (const entry of found.reverse()) {
        const known = printed.get(entry.seq);
        const told = toldOf(entry);
        const movements = entry.kind === 'presence' ? entry.movements.length : 0;
        printed.set(entry.seq, { rev: entry.rev, movements, told });
        if (known === undefined) lines.push(...linesOf(entry, style));
        else if (entry.kind === 'presence') {
          if (movements > known.movements)
            lines.push(...linesOf({ ...entry, movements: entry.movements.slice(known.movements) }, style));
        } else if (known.told !== told) lines.push(...linesOf(entry, style));
      }
      if (printed.size > 4 * LOOK_BACK) {
        const kept = [...printed].sort(([a], [b]) => a - b).slice(-2 * LOOK_BACK);
        printed = new Map(kept);
      }
      return lines;
    },
  };
}
