/** The last notices of the client, newest at the bottom. */
import type { InfoNotice } from '../../model/view.js';
import { type Line, wrapLines } from '../rows/line.js';
import { levelSign } from '../rows/notice.js';
import type { Picture } from './picture.js';

/** Continued rows stand below the words, not below the sign. */
const SIGN_CELLS = 3;

/**
 * In the order in which they get a place where there is not room for all: the newest, which may answer what was just typed,
 * then warnings and errors, then the rest; each newest first.
 */
function byRank(notices: readonly InfoNotice[]): readonly InfoNotice[] {
  const [newest, ...older] = [...notices].reverse();
  if (newest === undefined) return [];
  const isUrgent = ({ level }: InfoNotice): boolean => level === 'warning' || level === 'error';
  return [newest, ...older.filter(isUrgent), ...older.filter(notice => !isUrgent(notice))];
}

const inOrder = (notices: readonly InfoNotice[], some: readonly InfoNotice[]): readonly InfoNotice[] =>
  notices.filter(notice => some.includes(notice));

/** Notices young enough to be shown; `seconds` 0: until there are newer ones. What warns is not pushed out by what does not. */
export function recentNotices(
  notices: readonly InfoNotice[],
  now: number,
  seconds: number,
  max: number,
): readonly InfoNotice[] {
  if (max <= 0) return [];
  const recent = seconds === 0 ? notices : notices.filter(notice => notice.at + seconds * 1000 > now);
  return recent.length <= max ? recent : inOrder(recent, byRank(recent).slice(0, max));
}

/** As many rows as the notices need, the newest in full first, then those that warn; of a longer one its beginning. */
export function infoPicture(notices: readonly InfoNotice[], columns: number, rows: number, spoken = false): Picture {
  const taken = new Map<InfoNotice, readonly Line[]>();
  let left = rows;
  for (const notice of byRank(notices)) {
    const sign = levelSign(notice.level, spoken);
    const own = wrapLines([sign, ...notice.row], columns, spoken ? 0 : SIGN_CELLS);
    if (own.length > left && taken.size > 0) break;
    taken.set(notice, own.slice(0, left));
    left -= own.length;
    if (left <= 0) break;
  }
  return { lines: inOrder(notices, [...taken.keys()]).flatMap(notice => taken.get(notice) ?? []) };
}
