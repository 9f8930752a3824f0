/** What a row formatter must know besides the entry: the room there is and the signs to use. */
import type { MessageEntry } from '../../model/types.js';
import type { Row } from '../../model/view.js';
import type { Bidi } from './bidi.js';
import type { Signs } from './signs.js';

export interface RowContext {
  readonly columns: number;
  /** A nick takes at most so many cells, and less in a narrow log. */
  readonly nickWidth: number;
  readonly time: 'minutes' | 'seconds' | 'none';
  readonly signs: Signs;
  /** Long messages are shown whole. */
  readonly expand: boolean;
  /** This sender's nick can be taken for somebody else's. */
  readonly doubtful?: (entry: MessageEntry) => boolean;
  /** Bodies start in one column, nicks end before it; `ragged` (the default here) puts the body right behind the nick. */
  readonly align?: 'column' | 'ragged';
  /** Who reorders right-to-left text; see `bidi.ts`. */
  readonly bidi?: Bidi;
  /** For screen readers: the nick first, words in place of signs, nothing drawn with characters. */
  readonly spoken?: boolean;
  /** The bare view, for copying: nothing before the rows after the first but two blanks. */
  readonly bare?: boolean;
  /** What the colour of somebody is made of; without it the name. */
  readonly hue?: (person: { readonly name: string; readonly occupantId?: string }) => string;
  /** Spans of a line after the hooks had their say. */
  readonly render?: (body: Row, entry: MessageEntry) => Row;
}

/** Rows of one message before it is collapsed. */
export const MAX_ROWS = 8;
/** A narrower log has no cells to spare for a column of nicks. */
const MIN_ALIGNED = 50;

/** Cells between the gutter and the separator in which nicks are put flush right; 0: each body follows its nick. */
export function nickColumn(context: RowContext): number {
  const { columns } = context;
  if (context.align !== 'column' || context.spoken === true || context.bare === true) return 0;
  if (columns < MIN_ALIGNED) return 0;
  return Math.max(8, Math.min(context.nickWidth, 16, Math.floor(columns * 0.16)));
}

export function nickCells(context: RowContext): number {
  return Math.max(4, Math.min(context.nickWidth, Math.floor(context.columns * 0.3)));
}
