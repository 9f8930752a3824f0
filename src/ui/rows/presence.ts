/** Comings and goings as rows: those of one kind share one phrase. */
import type { Span, Token } from '../../lib/span.js';
import { clip, type Safe, safe } from '../../lib/text.js';
import type { Movement, PresenceEntry } from '../../model/types.js';
import { nickCells, type RowContext } from './context.js';
import { entryLines, timeAndGutter } from './entry.js';
import type { Line } from './line.js';

/** Names in one phrase; the rest is counted. */
const MAX_NAMES = 12;
/** Phrases tried for a line that is not expanded. */
const MAX_PHRASES = 6;
const MAX_ROWS = 4;
const MAX_REASON = 120;

function because(reason: Safe | undefined): Safe {
  return reason === undefined || reason === '' ? safe`` : safe` (${clip(reason, MAX_REASON)})`;
}

/** A role or an affiliation as what somebody is. */
function rank(to: Safe, several: boolean): Safe {
  if (to === 'none') return safe`without affiliation`;
  if (to === 'outcast') return safe`banned`;
  if (several) return safe`${to}s`;
  return /^[aeiou]/.test(to) ? safe`an ${to}` : safe`a ${to}`;
}

function verb(movement: Movement, several = false): Safe {
  const { to = safe`?`, by } = movement;
  const was = several ? safe` were` : safe` was`;
  const is = several ? safe` are` : safe` is`;
  const agent = by === undefined ? safe`` : safe` by ${clip(by, 24)}`;
  switch (movement.what) {
    case 'joined':
      return movement.was === undefined ? safe` joined` : safe` joined (was ${clip(movement.was, 24)} before)`;
    case 'left':
      return safe` left${because(movement.reason)}`;
    case 'renamed':
      return safe` is now ${clip(to, 24)}`;
    case 'kicked':
      return safe`${was} kicked${agent}${because(movement.reason)}`;
    case 'banned':
      return safe`${was} banned${agent}${because(movement.reason)}`;
    case 'affiliation':
    case 'role':
      return safe`${is} now ${rank(to, several)}${by === undefined ? safe`` : safe`, by ${clip(by, 24)}`}${because(movement.reason)}`;
  }
}

function signOf(movement: Movement, context: RowContext): { readonly sign: Safe; readonly token: Token } {
  switch (movement.what) {
    case 'joined':
      return { sign: context.signs.joined, token: 'room.join' };
    case 'left':
    case 'kicked':
    case 'banned':
      return { sign: context.signs.left, token: 'room.leave' };
    default:
      return { sign: safe`~`, token: 'room.change' };
  }
}

export function presenceLines(entry: PresenceEntry, context: RowContext): Line[] {
  const phrases: Movement[][] = [];
  for (const movement of entry.movements) {
    const last = phrases.at(-1);
    const same = last?.[0];
    if (last !== undefined && same?.what === movement.what && verb(same) === verb(movement)) last.push(movement);
    else phrases.push([movement]);
  }
  // What happened last is what one wants to know: where not all has room, the beginning gives way.
  for (let shown = context.expand ? phrases.length : Math.min(phrases.length, MAX_PHRASES); ; shown--) {
    const body = phrasesBody(phrases, phrases.length - shown, context);
    const lines = entryLines({ prefix: timeAndGutter(entry.at, context, undefined), body }, context);
    if (lines.length <= MAX_ROWS || context.expand) return lines;
    if (shown <= 1)
      return entryLines({ prefix: timeAndGutter(entry.at, context, undefined), body, maxRows: MAX_ROWS }, context);
  }
}

/** The phrases from `skipped` on. */
function phrasesBody(phrases: readonly (readonly Movement[])[], skipped: number, context: RowContext): Span[] {
  const body: Span[] = [];
  if (skipped > 0) body.push({ text: safe`${skipped} more before`, token: 'text.dim' });
  for (const phrase of phrases.slice(skipped)) {
    const first = phrase[0];
    if (first === undefined) continue;
    const { sign, token } = signOf(first, context);
    if (body.length > 0) body.push({ text: safe` ${context.signs.dot} `, token: 'text.gutter' });
    if (sign !== '') body.push({ text: safe`${sign} `, token });
    phrase.slice(0, MAX_NAMES).forEach((movement, i) => {
      if (i > 0) body.push({ text: safe`, `, token });
      const { looksLike, other } = movement;
      body.push(
        looksLike === undefined
          ? {
              text: clip(movement.name, nickCells(context)),
              token: 'nick.other',
              hue: context.hue?.(movement) ?? movement.name,
            }
          : { text: clip(movement.name, nickCells(context)), token: 'nick.doubtful' },
      );
      // Said where somebody comes in, because nothing else tells them apart.
      if (looksLike !== undefined)
        body.push({ text: safe` (looks like ${clip(looksLike, nickCells(context))})`, token: 'notice.warning' });
      if (other === true) body.push({ text: safe` (another person than before)`, token: 'notice.warning' });
      if (phrase.length === 1 && movement.jid !== undefined)
        body.push({ text: safe` (${clip(movement.jid, 60)})`, token: 'text.dim' });
    });
    if (phrase.length > MAX_NAMES) body.push({ text: safe` and ${phrase.length - MAX_NAMES} more`, token });
    body.push({ text: verb(first, phrase.length > 1), token });
  }
  return body;
}
