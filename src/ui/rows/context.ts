/** What a row formatter must know besides the entry: the room there is and the signs to use. */
import type { MessageEntry } from '../../model/types.js';
import type { Row } from '../../model/view.js';
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
  /** Spans of a line after the hooks had their say. */
  readonly render?: (body: Row, entry: MessageEntry) => Row;
}

/** Rows of one message before it is collapsed. */
export const MAX_ROWS = 8;

export function nickCells(context: RowContext): number {
  return Math.max(4, Math.min(context.nickWidth, Math.floor(context.columns * 0.3)));
}
