/** Text for terminals and pipes that know nothing but ASCII: a letter without its mark, a line of dashes for a drawn one, `?` for the rest. */
import { type Cluster, clusters } from './width.js';

const DRAWN: Readonly<Record<string, string>> = {
  '│': '|',
  '┃': '|',
  '─': '-',
  '━': '-',
  '…': '.',
  '•': '*',
  '●': '*',
  '○': 'o',
  '→': '>',
  '←': '<',
  '↑': '^',
  '↓': 'v',
  '“': '"',
  '”': '"',
  '‘': "'",
  '’': "'",
  '–': '-',
  '—': '-',
  '✓': '+',
  '✗': 'x',
};

/** A cluster in as many ASCII characters as it has cells. */
export function toAscii(c: Cluster): string {
  const plain = c.s.normalize('NFD').replace(/[\p{M}\p{Cf}]/gu, '');
  const box = DRAWN[c.s] ?? (/^[\u2500-\u257f]$/.test(c.s) ? '+' : undefined);
  if (box !== undefined) return box;
  return (/^[\x20-\x7e]+$/.test(plain) ? plain : '?').padEnd(c.w, '?').slice(0, c.w);
}

/** A whole text in ASCII; line breaks stay. */
export function asciiText(text: string): string {
  if (/^[\n\x20-\x7e]*$/.test(text)) return text;
  return text
    .split('\n')
    .map(line => {
      let out = '';
      for (const c of clusters(line)) out += c.s > '~' || c.s.length > 1 ? toAscii(c) : c.s;
      return out;
    })
    .join('\n');
}
