/** Local time of an entry, as it stands at the beginning of its row. */
import type { Safe } from '../../lib/text.js';
import type { RowContext } from './context.js';

const two = (n: number): string => (n < 10 ? `0${n}` : String(n));

export function clockText(at: number, time: RowContext['time']): Safe {
  if (time === 'none') return '' as Safe;
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return (time === 'seconds' ? '--:--:--' : '--:--') as Safe;
  const minutes = `${two(date.getHours())}:${two(date.getMinutes())}`;
  return (time === 'seconds' ? `${minutes}:${two(date.getSeconds())}` : minutes) as Safe;
}

/** Number of a local day; two entries of one day have the same. */
export function dayOf(at: number): number {
  const date = new Date(at);
  return date.getFullYear() * 10_000 + (date.getMonth() + 1) * 100 + date.getDate();
}

export function dateText(at: number): Safe {
  const date = new Date(at);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}` as Safe;
}
