/** A log of entries, anchored at its end or at a row that is being read; only what is seen is ever wrapped. */
import type { Entry, LogReader, MessageEntry } from '../../model/types.js';
import type { LogView } from '../../model/view.js';
import type { RowContext } from '../rows/context.js';
import { dayLine } from '../rows/day.js';
import { type Line, lineOf, words } from '../rows/line.js';
import { unreadLine } from '../rows/marker.js';
import { linesOfEntry } from '../rows/rows.js';
import { dayOf } from '../rows/time.js';
import { type Picture, rowsOfScroll, type Scroll } from './picture.js';

/** Wrapped entries kept beside what is seen: in a flood each is seen once, and what is kept for long is dear to collect. */
const MAX_UNSEEN = 100;
/** Entries counted for the mark of what is below. */
const MAX_COUNT = 999;

interface Cached {
  readonly rev: number;
  readonly before: number;
  readonly flags: number;
  readonly context: RowContext;
  readonly lines: readonly Line[];
  /** Lines of ours at its beginning: day, unread. */
  readonly marks: number;
  /** The last picture it was needed for. */
  used: number;
}

/** The first visible row: a row of an entry. */
interface Anchor {
  readonly seq: number;
  readonly sub: number;
}

export interface LogPane {
  paint(view: LogView, context: RowContext, rows: number): Picture;
  /** True if there was something to scroll. */
  scroll(what: Scroll): void;
  reveal(seq: number): void;
  /** The message chosen by the keyboard. */
  readonly focused: number | undefined;
  /** Chooses the message before (-1) or after (1) the chosen one, first the last one seen; after the newest there is none. */
  moveFocus(view: LogView, delta: -1 | 1): void;
  /** Chooses none. */
  blur(): void;
  /** The end is visible after the last `paint`. */
  readonly atEnd: boolean;
  /** Anchored at its end: new entries scroll it. */
  readonly follows: boolean;
}

export function createLogPane(): LogPane {
  const cache = new Map<number, Cached>();
  /** Painted so far. */
  let pictures = 0;
  let anchor: Anchor | undefined;
  /** What was next when the end was left: entries from there on are new. */
  let leftAt = 0;
  let pending: Scroll[] = [];
  let wanted: number | undefined;
  let keys: readonly number[] = [];
  let keysContext: RowContext | undefined;
  let atEnd = true;
  let height = 1;
  let focused: number | undefined;
  /** It was just chosen: it must be seen. */
  let follow = false;

  const linesAt = (entry: Entry, view: LogView, context: RowContext): readonly Line[] =>
    cachedAt(entry, view, context).lines;

  function cachedAt(entry: Entry, view: LogView, context: RowContext): Cached {
    const previous = view.log.before(entry.seq);
    const unread =
      view.readSeq >= 0 && previous !== undefined && previous.seq <= view.readSeq && entry.seq > view.readSeq;
    const doubtful = entry.kind === 'message' && context.doubtful?.(entry as MessageEntry) === true;
    const flags = (unread ? 1 : 0) + (doubtful ? 2 : 0);
    const before = previous?.seq ?? -1;
    const known = cache.get(entry.seq);
    // Each row of each frame comes here: what costs something waits until it is known to be needed.
    if (
      known !== undefined &&
      known.rev === entry.rev &&
      known.context === context &&
      known.flags === flags &&
      known.before === before
    ) {
      known.used = pictures;
      return known;
    }
    const newDay =
      previous === undefined
        ? entry.kind === 'message' && entry.source !== 'live' && entry.source !== 'local'
        : dayOf(previous.at) !== dayOf(entry.at);
    const lines = linesOfEntry(entry, context);
    if (unread) lines.unshift(unreadLine(context));
    if (newDay) lines.unshift(dayLine(entry.at, context));
    const marks = (unread ? 1 : 0) + (newDay ? 1 : 0);
    const made: Cached = { rev: entry.rev, before, flags, context, lines, marks, used: pictures };
    cache.set(entry.seq, made);
    return made;
  }

  /** Forgets what the last two pictures did not need, when there is much. */
  function forget(rows: number): void {
    pictures++;
    if (cache.size <= rows + MAX_UNSEEN) return;
    for (const [seq, { used }] of cache) if (used < pictures - 2) cache.delete(seq);
  }

  const entryFrom = (log: LogReader, seq: number): Entry | undefined => log.get(seq) ?? log.after(seq);

  /** The anchor that shows the end of the log; undefined if everything fits. */
  function endAnchor(view: LogView, context: RowContext, rows: number): Anchor | undefined {
    let missing = rows;
    for (let entry = view.log.last(); entry !== undefined; entry = view.log.before(entry.seq)) {
      const count = linesAt(entry, view, context).length;
      if (count >= missing) return { seq: entry.seq, sub: count - missing };
      missing -= count;
    }
    return undefined;
  }

  function move(from: Anchor, delta: number, view: LogView, context: RowContext): Anchor {
    let entry = entryFrom(view.log, from.seq);
    if (entry === undefined) return from;
    let { sub } = from;
    if (entry.seq !== from.seq) sub = 0;
    let left = delta;
    while (left < 0) {
      if (sub > 0) {
        const step = Math.min(sub, -left);
        sub -= step;
        left += step;
        continue;
      }
      const previous = view.log.before(entry.seq);
      if (previous === undefined) return { seq: entry.seq, sub: 0 };
      entry = previous;
      sub = linesAt(entry, view, context).length;
    }
    while (left > 0) {
      const count = linesAt(entry, view, context).length;
      const step = Math.min(count - 1 - sub, left);
      sub += step;
      left -= step;
      if (left === 0) break;
      const next = view.log.after(entry.seq);
      if (next === undefined) break;
      entry = next;
      sub = 0;
      left -= 1;
    }
    return { seq: entry.seq, sub };
  }

  const isAfter = (a: Anchor, b: Anchor): boolean => a.seq > b.seq || (a.seq === b.seq && a.sub >= b.sub);

  /** Would this scroll come to the first entry? */
  function nearTop(view: LogView, context: RowContext, delta: number, rows: number): boolean {
    const first = view.log.get(view.log.first);
    const from = anchor ?? endAnchor(view, context, rows);
    if (first === undefined || from === undefined) return true;
    const to = delta >= 0 ? from : move(from, delta, view, context);
    return to.seq === first.seq && (delta >= 0 || to.sub === 0);
  }

  function apply(what: Scroll, view: LogView, context: RowContext, rows: number): void {
    const upwards = what.to === 'top' || (what.to === undefined && rowsOfScroll(what, rows) < 0);
    let end = endAnchor(view, context, rows);
    if (
      upwards &&
      view.older !== undefined &&
      nearTop(view, context, what.to === 'top' ? rows : rowsOfScroll(what, rows), rows)
    ) {
      view.older();
      end = endAnchor(view, context, rows);
    }
    if (end === undefined || what.to === 'bottom') {
      anchor = undefined;
      return;
    }
    const leave = (to: Anchor): void => {
      if (isAfter(to, end)) anchor = undefined;
      else {
        if (anchor === undefined) leftAt = view.log.next;
        anchor = to;
      }
    };
    if (what.to === 'top') {
      const first = entryFrom(view.log, view.log.first);
      if (first !== undefined) leave({ seq: first.seq, sub: 0 });
      return;
    }
    if (what.to === 'unread') {
      const first = view.readSeq < 0 ? undefined : view.log.after(view.readSeq);
      if (first !== undefined) leave(move({ seq: first.seq, sub: 0 }, -1, view, context));
      return;
    }
    const delta = rowsOfScroll(what, rows);
    if (delta !== 0) leave(move(anchor ?? end, delta, view, context));
  }

  /** Where the log must begin so that an entry is seen whole; undefined if it is. */
  function showing(
    seq: number,
    top: Anchor | undefined,
    view: LogView,
    context: RowContext,
    rows: number,
  ): Anchor | undefined {
    const entry = view.log.get(seq);
    // Without a top everything fits.
    if (entry === undefined || top === undefined) return undefined;
    if (seq < top.seq || (seq === top.seq && top.sub > 0)) return { seq, sub: 0 };
    const count = linesAt(entry, view, context).length;
    // The last row may be taken by the mark of what is below.
    const room = Math.max(1, rows - 1);
    const highest = move({ seq, sub: count - 1 }, -(room - 1), view, context);
    const isSeen = top.seq > highest.seq || (top.seq === highest.seq && top.sub >= highest.sub);
    return isSeen ? undefined : highest;
  }

  function belowMark(view: LogView, context: RowContext, lastSeq: number): Line {
    let below = 0;
    let fresh = 0;
    for (
      let entry = view.log.after(lastSeq);
      entry !== undefined && below < MAX_COUNT;
      entry = view.log.after(entry.seq)
    ) {
      below++;
      if (entry.seq >= leftAt) fresh++;
    }
    const { below: sign } = context.signs;
    const news = fresh > 0 ? `, ${fresh} new` : '';
    const text =
      below === 0 ? `${sign} more below ` : `${sign} ${below}${below === MAX_COUNT ? '+' : ''} lines below${news} `;
    const right = words(fresh > 0 ? 'bar.warning' : 'bar.dim', ` ${text}`);
    return lineOf([], context.columns, { right: [right], below: 'bar.normal' });
  }

  return {
    paint(view, context, rows) {
      height = rows;
      const { log } = view;
      for (const what of pending) apply(what, view, context, rows);
      pending = [];
      if (wanted !== undefined) {
        const entry = entryFrom(log, wanted);
        const end = endAnchor(view, context, rows);
        if (entry !== undefined && end !== undefined) {
          const target = move({ seq: entry.seq, sub: 0 }, -Math.floor(rows / 2), view, context);
          if (isAfter(target, end)) anchor = undefined;
          else {
            if (anchor === undefined) leftAt = log.next;
            anchor = target;
          }
        }
        wanted = undefined;
      }

      let top = anchor;
      if (top !== undefined) {
        const end = endAnchor(view, context, rows);
        // What was read may have been evicted, or the screen grew until everything fits.
        if (end === undefined || isAfter(top, end)) {
          anchor = undefined;
          top = end;
        }
      } else top = endAnchor(view, context, rows);

      if (follow && focused !== undefined) {
        follow = false;
        const wish = showing(focused, top, view, context, rows);
        const end = endAnchor(view, context, rows);
        if (wish !== undefined && end !== undefined) {
          if (isAfter(wish, end)) {
            anchor = undefined;
            top = end;
          } else {
            if (anchor === undefined) leftAt = log.next;
            anchor = wish;
            top = wish;
          }
        }
      }

      const lines: Line[] = [];
      const shown: number[] = [];
      let cursor: { x: number; y: number } | undefined;
      let entry = top === undefined ? entryFrom(log, log.first) : entryFrom(log, top.seq);
      let sub = top === undefined || entry?.seq !== top.seq ? 0 : top.sub;
      while (entry !== undefined && lines.length < rows) {
        const { lines: all, marks } = cachedAt(entry, view, context);
        sub = Math.min(sub, all.length - 1);
        for (; sub < all.length && lines.length < rows; sub++) {
          const chosen = entry.seq === focused && sub >= marks;
          if (chosen) cursor ??= { x: 0, y: lines.length };
          lines.push(chosen ? { ...all[sub]!, below: 'message.focus' } : all[sub]!);
          // From the entry's end, because a mark above it may come and go.
          shown.push(entry.seq * 4096 + Math.min(4095, all.length - sub));
        }
        sub = 0;
        entry = log.after(entry.seq);
      }
      if (lines.length < rows) {
        // Fewer rows than the pane has: they stand at the bottom, near the input.
        const missing = rows - lines.length;
        if (cursor !== undefined) cursor = { x: 0, y: cursor.y + missing };
        lines.unshift(...new Array<Line>(missing).fill({ cells: [] }));
        shown.unshift(...new Array<number>(missing).fill(-1));
      }
      atEnd = anchor === undefined;
      if (!atEnd && rows > 1) {
        // The mark covers a row; what it covers is below as well.
        const key = shown[rows - 2] ?? 0;
        const seq = Math.floor(key / 4096);
        lines[rows - 1] = belowMark(view, context, key % 4096 === 1 ? seq : seq - 1);
      }

      const scrolled = keysContext === context && keys.length === shown.length ? shiftBetween(keys, shown) : 0;
      keys = shown;
      keysContext = context;
      forget(rows);
      return { lines, ...(scrolled === 0 ? {} : { scrolled }), ...(cursor === undefined ? {} : { cursor }) };
    },
    scroll(what) {
      pending.push(what);
      // Painting may be far away for a hidden log.
      if (pending.length > 100) pending = [{ rows: pending.reduce((sum, w) => sum + rowsOfScroll(w, height), 0) }];
    },
    reveal(seq) {
      wanted = seq;
    },
    get focused() {
      return focused;
    },
    moveFocus(view, delta) {
      const { log } = view;
      const step = (from: Entry | undefined): Entry | undefined => {
        let entry = from;
        while (entry !== undefined && !choosable(entry))
          entry = delta < 0 ? log.before(entry.seq) : log.after(entry.seq);
        return entry;
      };
      let next: Entry | undefined;
      if (focused === undefined) {
        if (delta > 0) return;
        const lowest = keys.findLast(key => key >= 0);
        next = step(lowest === undefined ? log.last() : entryFrom(log, Math.floor(lowest / 4096)));
      } else next = step(delta < 0 ? log.before(focused) : log.after(focused));
      if (next === undefined && delta < 0) return;
      focused = next?.seq;
      follow = true;
      if (next === undefined) pending.push({ to: 'bottom' });
    },
    blur() {
      focused = undefined;
    },
    get atEnd() {
      return atEnd;
    },
    get follows() {
      return anchor === undefined;
    },
  };
}

/** What the keyboard can choose: messages, and notices with something to do about them. */
const choosable = (entry: Entry): boolean =>
  entry.kind === 'message' || (entry.kind === 'notice' && entry.command !== undefined);

/** By how many rows the rows moved up between two pictures; 0 if nothing of the old one is left. */
function shiftBetween(before: readonly number[], after: readonly number[]): number {
  const height = after.length;
  if (height === 0 || before[height - 1] === after[height - 1]) return 0;
  for (let up = 1; up < height; up++) {
    const key = before[height - 1];
    if (key !== undefined && key >= 0 && after[height - 1 - up] === key) return up;
  }
  for (let down = 1; down < height; down++) {
    const key = after[height - 1];
    if (key !== undefined && key >= 0 && before[height - 1 - down] === key) return -down;
  }
  return 0;
}
