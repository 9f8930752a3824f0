/** What stands in the row above the input: candidates of a completion, usage, a question, a choice. */
import { clip, type Safe, safe } from '../../lib/text.js';
import type { Candidate, Row } from '../../model/view.js';
import { cellsOf, cellsWidth, lineOf, words } from '../rows/line.js';
import type { Picture } from './picture.js';

const MAX_LABEL = 32;
const MAX_SHOWN = 40;

/** Candidates around the chosen one; the chosen one stands in brackets. */
export function candidatesPicture(candidates: readonly Candidate[], chosen: number, columns: number): Picture {
  const label = (i: number): Row => {
    const text = clip(candidates[i]?.label ?? safe``, MAX_LABEL);
    return i === chosen
      ? [{ text: safe`[${text}]`, token: 'input.selection' }]
      : [{ text: safe` ${text} `, token: 'input.candidate' }];
  };
  const count = words('text.dim', ` ${chosen + 1}/${candidates.length}`);
  const help = candidates[chosen]?.help;
  const right: Row = help === undefined ? [count] : [{ text: clip(help, 40), token: 'text.dim' }, count];
  const room = columns - cellsWidth(cellsOf(right)) - 6;
  // Whole pages, so that turning does not move what stays.
  let from = 0;
  let row: Row[] = [];
  let used = 0;
  for (let i = 0; i < candidates.length; i++) {
    const next = label(i);
    const width = cellsWidth(cellsOf(next));
    if (row.length > 0 && (used + width > room || row.length >= MAX_SHOWN)) {
      if (i > chosen) break;
      from = i;
      row = [];
      used = 0;
    }
    row.push(next);
    used += width;
  }
  const more = from + row.length < candidates.length;
  const spans: Row = [
    ...(from > 0 ? [words('text.mark', '< ')] : []),
    ...row.flat(),
    ...(more ? [words('text.mark', ' >')] : []),
  ];
  return { lines: [lineOf(spans, columns, { right })] };
}

export function hintPicture(row: Row, columns: number): Picture {
  return { lines: [lineOf(row, columns)] };
}

/** The keys of a choice, after the sentence that says what is asked. */
export function choiceRow(sentence: Safe, keys: string): Row {
  return [{ text: safe`${sentence}: `, token: 'bar.warning' }, words('text.key', keys)];
}
