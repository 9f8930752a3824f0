/** The last notices of the client, newest at the bottom. */
import type { InfoNotice } from '../../model/view.js';
import { type Line, wrapLines } from '../rows/line.js';
import { levelSign } from '../rows/notice.js';
import type { Picture } from './picture.js';

/** Continued rows stand below the words, not below the sign. */
const SIGN_CELLS = 3;

/** Notices young enough to be shown; `seconds` 0: until there are newer ones. */
export function recentNotices(
  notices: readonly InfoNotice[],
  now: number,
  seconds: number,
  max: number,
): readonly InfoNotice[] {
  if (max <= 0) return [];
  const recent = seconds === 0 ? notices : notices.filter(notice => notice.at + seconds * 1000 > now);
  return recent.slice(-max);
}

/** As many rows as the notices need, the newest in full first; of a longer one its beginning. */
export function infoPicture(notices: readonly InfoNotice[], columns: number, rows: number, spoken = false): Picture {
  const lines: Line[] = [];
  for (const notice of [...notices].reverse()) {
    const sign = levelSign(notice.level, spoken);
    const own = wrapLines([sign, ...notice.row], columns, spoken ? 0 : SIGN_CELLS);
    const left = rows - lines.length;
    if (own.length > left && lines.length > 0) break;
    lines.unshift(...own.slice(0, left));
    if (lines.length >= rows) break;
  }
  return { lines };
}
