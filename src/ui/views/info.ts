/** The last notices of the client, newest at the bottom. */
import type { InfoNotice } from '../../model/view.js';
import { lineOf } from '../rows/line.js';
import { levelSign } from '../rows/notice.js';
import type { Picture } from './picture.js';

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

export function infoPicture(notices: readonly InfoNotice[], columns: number, rows: number, spoken = false): Picture {
  return {
    lines: notices.slice(-rows).map(notice => lineOf([levelSign(notice.level, spoken), ...notice.row], columns)),
  };
}
