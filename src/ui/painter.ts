/** Puts the difference between two cell buffers on the wire in as few bytes as it can. */
import { toAscii } from '../lib/ascii.js';
import type { ColorDepth } from '../lib/color.js';
import { cluster, RESYNC_AFTER_RUN, UNSURE } from '../lib/width.js';
import { type Attr, type Color, PLAIN, sgrOf, sgrOfColor, sgrOfFlags, styleOf } from './style.js';

/** A cell is `[attr, cluster]`; the cells behind a wide cluster hold `''`. */
export type PaintCell = [attr: Attr, text: string];
export type PaintLine = PaintCell[] & { dirty?: boolean };

export interface Buffers {
  /** What is to be seen. */
  lines: PaintLine[];
  /** What the terminal shows, as far as we know. */
  olines: PaintLine[];
}

export interface PainterOptions {
  readonly depth: ColorDepth;
  /** Nothing but ASCII: the terminal does not speak UTF-8. */
  readonly ascii?: boolean;
  /** What moved is moved, however few cells differ: a screen reader hears what is rewritten. */
  readonly appends?: boolean;
  /** Send the addresses of links (OSC 8). */
  readonly links?: boolean;
  /** Whether the terminal has said that it can show a frame at once (mode 2026). */
  readonly synchronised?: () => boolean;
}

export interface Cursor {
  readonly x: number;
  readonly y: number;
}

export interface Painter {
  /** The bytes that bring the terminal from `olines` to `lines`; `olines` is made equal. */
  frame(buffers: Buffers, cursor: Cursor | undefined): string;
  /** The next frame clears the screen and draws everything: after a resize, and when somebody else wrote on the screen. */
  invalidate(): void;
  /** Rows `top` to `bottom` moved up by `rows` (down if negative); only a hint, what is sent is right without it. */
  scrolled(top: number, bottom: number, rows: number): void;
}

const ESC = '\x1b';
/** Frames from this size on hide the cursor and are shown at once. */
const BIG_FRAME = 300;
/** Links that are wrapped and seen at the same time are fewer. */
const MAX_IDS = 1000;
/** What a scroll costs beside the cells. */
const SCROLL_COST = 24;

export function createPainter(options: PainterOptions): Painter {
  const { depth, ascii = false, appends = false, links = true, synchronised = () => false } = options;
  let full = true;
  let shown = true;
  // Where the terminal's cursor is; x is -1 when only an absolute move can tell.
  let cx = -1;
  let cy = -1;
  let current: Attr | undefined;
  let currentLink: string | undefined;
  let hint: { readonly top: number; readonly bottom: number; readonly rows: number } | undefined;
  // The scroll region stays set: the next line in the same log costs a line feed.
  let region: { readonly top: number; readonly bottom: number } | undefined;
  let scrolledNow = false;
  let out = '';
  /** The rows beside the one that is drawn. */
  let above: PaintLine | undefined;
  let below: PaintLine | undefined;
  const ids = new Map<string, string>();
  let lastId = 0;
  const resets = new Map<Attr, string>();
  const changes = new Map<number, string>();

  function fromReset(number: Attr): string {
    let codes = resets.get(number);
    if (codes === undefined) {
      codes = sgrOf(number, depth);
      resets.set(number, codes);
    }
    return codes;
  }

  /** The sequence from one style to another, with or without a reset, whichever is shorter. */
  function change(from: Attr, to: Attr): string {
    const key = from * 0x100000 + to;
    let sequence = changes.get(key);
    if (sequence !== undefined) return sequence;
    const codes = fromReset(to);
    sequence = codes === '' ? `${ESC}[m` : `${ESC}[0;${codes}m`;
    const a = styleOf(from);
    const b = styleOf(to);
    if ((a.flags & ~b.flags) === 0) {
      // Nothing has to be switched off: name only what is new. Colours that go have a code of their own.
      const part = (old: Color, wanted: Color, base: 30 | 40): string => {
        const codes = sgrOfColor(wanted, base, depth);
        return codes === sgrOfColor(old, base, depth) ? '' : codes || String(base + 9);
      };
      const flags = sgrOfFlags(b.flags & ~a.flags);
      const difference = [flags, part(a.fg, b.fg, 30), part(a.bg, b.bg, 40)].filter(code => code !== '').join(';');
      if (difference === '') sequence = '';
      else if (difference.length + 3 < sequence.length) sequence = `${ESC}[${difference}m`;
    }
    if (changes.size > 20_000) changes.clear();
    changes.set(key, sequence);
    return sequence;
  }

  /** The name that joins the rows of a wrapped link, so that a terminal marks them together; nothing for all others. */
  function joint(link: string): string {
    const hasIt = (line: PaintLine | undefined): boolean =>
      line?.some(([number]) => styleOf(number).link === link) === true;
    if (!hasIt(above) && !hasIt(below)) return '';
    let id = ids.get(link);
    if (id === undefined) {
      if (ids.size > MAX_IDS) ids.clear();
      id = (++lastId).toString(36);
      ids.set(link, id);
    }
    return `id=${id}`;
  }

  function setStyle(number: Attr): void {
    const link = links ? styleOf(number).link : undefined;
    if (link !== currentLink) {
      out += link === undefined ? `${ESC}]8;;${ESC}\\` : `${ESC}]8;${joint(link)};${link}${ESC}\\`;
      currentLink = link;
    }
    if (number === current) return;
    if (current === undefined) {
      const codes = fromReset(number);
      out += codes === '' ? `${ESC}[m` : `${ESC}[0;${codes}m`;
    } else out += change(current, number);
    current = number;
  }

  /** Above, within or below the scroll region. */
  const zoneOf = (y: number): number => (region === undefined ? 1 : y < region.top ? 0 : y > region.bottom ? 2 : 1);

  function moveTo(y: number, x: number, line: PaintLine | undefined): void {
    if (cy === y && cx === x) return;
    const absolute = x === 0 ? (y === 0 ? `${ESC}[H` : `${ESC}[${y + 1}H`) : `${ESC}[${y + 1};${x + 1}H`;
    let best = absolute;
    // Over the edge of the scroll region only absolute moves go (and a line feed would scroll).
    if (cy >= 0 && (cy === y || zoneOf(cy) === zoneOf(y))) {
      const dy = y - cy;
      let vertical = '';
      if (dy > 0) vertical = dy === 1 ? `${ESC}[B` : `${ESC}[${dy}B`;
      else if (dy < 0) vertical = dy === -1 ? `${ESC}[A` : `${ESC}[${-dy}A`;
      const consider = (horizontal: string): void => {
        if (vertical.length + horizontal.length < best.length) best = vertical + horizontal;
      };
      if (x === 0 && dy === 1) best = '\r\n';
      else if (x === 0) consider('\r');
      else consider(`${ESC}[${x + 1}G`);
      if (cx >= 0) {
        const dx = x - cx;
        if (dx === 0) consider('');
        else if (dx > 0) {
          consider(dx === 1 ? `${ESC}[C` : `${ESC}[${dx}C`);
          // Cheaper than a move may be to send again what stands there.
          if (dy === 0 && line !== undefined && dx < best.length) {
            let again = '';
            for (let k = cx; k < x; k++) {
              const [attr, text] = line[k]!;
              if (attr !== current || text.length !== 1 || text < ' ' || text > '~') break;
              again += text;
            }
            if (again.length === dx) consider(again);
          }
        } else if (-dx < 8) consider('\b'.repeat(-dx));
      }
    }
    out += best;
    cx = x;
    cy = y;
  }

  const isBlank = (cell: PaintCell): boolean => cell[1] === ' ' && cell[0] === PLAIN;
  const isSame = (a: PaintCell, b: PaintCell): boolean => a[0] === b[0] && a[1] === b[1];

  /** About how many bytes a row costs: cells that differ and a move for each stretch of them. */
  function cost(line: PaintLine, old: PaintLine | undefined): number {
    let bytes = 0;
    let last = -10;
    let tail = line.length;
    while (tail > 0 && isBlank(line[tail - 1]!)) tail--;
    for (let x = 0; x < line.length; x++) {
      const cell = line[x]!;
      if (old === undefined ? isBlank(cell) : isSame(cell, old[x]!)) continue;
      if (x >= tail) return bytes + 8;
      if (x - last > 3) bytes += 8;
      if (old === undefined || last < 0 || line[last]![0] !== cell[0]) bytes += 4;
      bytes += cell[1].length;
      last = x;
    }
    return bytes;
  }

  /** Uses the scroll region of the terminal where that leaves less to send. */
  function scroll({ lines, olines }: Buffers): void {
    if (hint === undefined) return;
    const { top, bottom, rows } = hint;
    hint = undefined;
    const height = bottom - top + 1;
    if (rows === 0 || Math.abs(rows) >= height || top < 0 || bottom >= lines.length) return;
    let without = 0;
    let withScroll = SCROLL_COST;
    for (let y = top; y <= bottom; y++) {
      without += cost(lines[y]!, olines[y]);
      const from = y + rows;
      withScroll += cost(lines[y]!, from >= top && from <= bottom ? olines[from] : undefined);
    }
    if (!appends && withScroll >= without) return;
    // Rows that come in have the current background.
    if (current === undefined || styleOf(current).bg !== undefined) setStyle(PLAIN);
    if (region?.top !== top || region.bottom !== bottom) {
      region = { top, bottom };
      out += `${ESC}[${top + 1};${bottom + 1}r`;
      // Setting the region puts the cursor in the corner.
      cx = 0;
      cy = 0;
    }
    if (rows > 0) {
      moveTo(bottom, 0, undefined);
      out += '\n'.repeat(rows);
      const moved = olines.splice(top, rows);
      for (const line of moved) for (const cell of line) wipe(cell);
      olines.splice(bottom - rows + 1, 0, ...moved);
    } else {
      moveTo(top, 0, undefined);
      out += `${ESC}M`.repeat(-rows);
      const moved = olines.splice(bottom + rows + 1, -rows);
      for (const line of moved) for (const cell of line) wipe(cell);
      olines.splice(top, 0, ...moved);
    }
    for (let y = top; y <= bottom; y++) lines[y]!.dirty = true;
    scrolledNow = true;
  }

  /**
   * The rows to look at. After a scroll what stands beside the log is to be put back, a short piece per row: those of one
   * style in turn, so that the style is sent once.
   */
  function order({ lines, olines }: Buffers): number[] {
    const dirty: number[] = [];
    for (let y = 0; y < lines.length; y++) if (lines[y]!.dirty) dirty.push(y);
    if (!scrolledNow || dirty.length < 3) return dirty;
    const styles = dirty.map(y => {
      const old = olines[y]!;
      const first = lines[y]!.find((cell, x) => !isSame(cell, old[x]!));
      return { y, style: first?.[0] ?? -1 };
    });
    return styles.sort((a, b) => a.style - b.style || a.y - b.y).map(({ y }) => y);
  }

  const wipe = (cell: PaintCell): void => {
    cell[0] = PLAIN;
    cell[1] = ' ';
  };

  function row(y: number, line: PaintLine, old: PaintLine): void {
    const columns = line.length;
    // Up to here the terminal may show something else than we think.
    let doubt = 0;
    let tail = columns;
    while (tail > 0 && isBlank(line[tail - 1]!)) tail--;
    for (let x = 0; x < columns; ) {
      const cell = line[x]!;
      const attr = cell[0];
      let c = cluster(cell[1] === '' ? ' ' : cell[1]);
      for (let k = 1; k < c.w; k++) {
        // The cells behind a wide cluster must be its own, or it would cover a neighbour.
        if (line[x + k]?.[1] !== '') {
          c = cluster(' ');
          break;
        }
      }
      const w = c.w;
      let same = x >= doubt && old[x]![0] === attr && old[x]![1] === c.s;
      for (let k = 1; same && k < w; k++) same = old[x + k]![1] === '';
      if (same) {
        x += w;
        continue;
      }
      if (c.s === ' ' && attr === PLAIN) {
        let end = x;
        while (end < columns && isBlank(line[end]!)) end++;
        let differing = 0;
        for (let k = x; k < end; k++) if (k < doubt || !isBlank(old[k]!)) differing++;
        const toEnd = x >= tail;
        if (toEnd ? differing > 3 : differing > 6) {
          moveTo(y, x, line);
          setStyle(PLAIN);
          out += toEnd ? `${ESC}[K` : `${ESC}[${end - x}X`;
          for (let k = x; k < end; k++) wipe(old[k]!);
          x = end;
          continue;
        }
      }
      moveTo(y, x, line);
      setStyle(attr);
      if (ascii && (c.s > '~' || c.s.length > 1)) {
        out += toAscii(c);
        cx = x + w;
      } else if (c.trust === UNSURE) {
        // Blank its cells, print it, and find the place again.
        out += ' '.repeat(w);
        out += x + w < columns ? '\b'.repeat(w) : `${ESC}[${x + 1}G`;
        out += c.s;
        cx = -1;
        doubt = Math.max(doubt, Math.min(columns, x + c.max));
      } else {
        out += c.s;
        cx = x + w;
        if (c.trust === RESYNC_AFTER_RUN) {
          const next = x + w < columns ? cluster(line[x + w]![1] || ' ') : undefined;
          if (next?.trust !== RESYNC_AFTER_RUN) {
            cx = -1;
            doubt = Math.max(doubt, Math.min(columns, x + w + 1));
          }
        }
      }
      // After the last column terminals disagree where the cursor is.
      if (cx >= columns) cx = -1;
      old[x]![0] = attr;
      old[x]![1] = c.s;
      for (let k = 1; k < w; k++) {
        old[x + k]![0] = attr;
        old[x + k]![1] = '';
      }
      // The other half of a wide cluster that we have overwritten is blank now, whatever we remember.
      const after = old[x + w];
      if (after !== undefined && after[1] === '') {
        after[1] = ' ';
        doubt = Math.max(doubt, x + w + 1);
      }
      x += w;
    }
  }

  return {
    frame(buffers, cursor) {
      const { lines, olines } = buffers;
      out = '';
      if (full) {
        full = false;
        hint = undefined;
        current = undefined;
        currentLink = undefined;
        setStyle(PLAIN);
        region = undefined;
        out += `${ESC}[r${ESC}[H${ESC}[2J`;
        cx = 0;
        cy = 0;
        for (const line of olines) for (const cell of line) wipe(cell);
        for (const line of lines) line.dirty = true;
      }
      scrolledNow = false;
      scroll(buffers);
      for (const y of order(buffers)) {
        lines[y]!.dirty = false;
        above = lines[y - 1];
        below = lines[y + 1];
        row(y, lines[y]!, olines[y]!);
      }
      if (currentLink !== undefined) {
        out += `${ESC}]8;;${ESC}\\`;
        currentLink = undefined;
      }
      const body = out;
      out = '';
      if (cursor !== undefined) {
        const y = Math.max(0, Math.min(cursor.y, lines.length - 1));
        const x = Math.max(0, Math.min(cursor.x, (lines[0]?.length ?? 1) - 1));
        moveTo(y, x, undefined);
      }
      const place = out;
      out = '';
      const show = cursor !== undefined;
      let bytes: string;
      if (body.length > BIG_FRAME) {
        const hide = shown ? `${ESC}[?25l` : '';
        const reveal = show ? `${ESC}[?25h` : '';
        bytes = synchronised()
          ? `${ESC}[?2026h${hide}${body}${place}${reveal}${ESC}[?2026l`
          : `${hide}${body}${place}${reveal}`;
      } else bytes = body + place + (show === shown ? '' : show ? `${ESC}[?25h` : `${ESC}[?25l`);
      shown = show;
      return bytes;
    },
    invalidate() {
      full = true;
      // Who left and entered the terminal has shown the cursor.
      shown = true;
      cx = -1;
      cy = -1;
    },
    scrolled(top, bottom, rows) {
      if (hint !== undefined && (hint.top !== top || hint.bottom !== bottom)) return;
      hint = { top, bottom, rows: rows + (hint?.rows ?? 0) };
    },
  };
}
