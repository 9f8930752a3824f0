/** Names at the side of a room. */
import type { SideList } from '../../model/view.js';
import { type Line, lineOf, words } from '../rows/line.js';
import type { Picture } from './picture.js';

/** `offset` rows are scrolled away; what does not fit is counted in the last row. */
export function sidePicture(side: SideList, columns: number, rows: number, offset = 0): Picture {
  const from = Math.max(0, Math.min(offset, side.items.length - rows));
  const lines: Line[] = side.items.slice(from, from + rows).map(item => lineOf(item.row, columns));
  const below = side.items.length - from - rows;
  if (below > 0 && rows > 1) lines[rows - 1] = lineOf([words('text.dim', `+${below + 1} more`)], columns);
  return { lines };
}

/** The column between a view and its side list. */
export function separatorPicture(rows: number, sign: string): Picture {
  return { lines: Array.from({ length: rows }, () => lineOf([words('list.border', sign)], 1)) };
}
