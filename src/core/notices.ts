/** What the client says: to the log of the chat it is about, or to the info line and its own log. */
import type { Hooks as HookTable } from '../api.js';
import type { UserError } from '../lib/errors.js';
import { DROP, type Hooks } from '../lib/hooks.js';
import { span } from '../lib/span.js';
import { cleanLine, type Safe, safe } from '../lib/text.js';
import type { Store } from '../model/store.js';
import type { ChatId, NoticeLevel } from '../model/types.js';
import type { InfoNotice, Row } from '../model/view.js';
import { noticeRows } from './rows.js';

/** Notices kept for the info line. */
const MAX_INFO = 20;
/** Longest text of a part of a notice, which may be a plugin's: each frame cuts it into rows. */
const MAX_TEXT = 4096;

const shorten = (rows: readonly Row[]): readonly Row[] =>
  rows.some(row => row.some(part => part.text.length > MAX_TEXT))
    ? rows.map(row => row.map(part => (part.text.length > MAX_TEXT ? { ...part, text: cleanLine(part.text) } : part)))
    : rows;

export interface Notices {
  add(
    text: Safe | readonly Row[],
    options?: { readonly level?: NoticeLevel; readonly chat?: ChatId | undefined },
  ): void;
  error(error: Safe | UserError, chat?: ChatId): void;
  readonly info: readonly InfoNotice[];
}

export function createNotices(options: {
  readonly store: Store;
  readonly hooks: Hooks<HookTable>;
  readonly now: () => number;
  readonly touchInfo: () => void;
  /** Most rows of the info line; more of them at once are shown in a tab. */
  readonly infoRows: () => number;
  /** Shows the client's own log. */
  readonly reveal: () => void;
}): Notices {
  const { store, hooks, now, touchInfo, infoRows, reveal } = options;
  let info: readonly InfoNotice[] = [];

  const put = (level: NoticeLevel, rows: readonly Row[], chat: ChatId | undefined): void => {
    const place = chat !== undefined && store.chat(chat) !== undefined ? chat : undefined;
    const asked = hooks.run('notice:add', place === undefined ? { level, rows } : { level, rows, chat: place });
    if (asked === DROP) return;
    const shown = shorten(asked.rows);
    store.addNotice(place, asked.level, shown);
    if (place !== undefined) return;
    // An answer that does not fit there would be lost.
    if (shown.length > Math.max(1, infoRows())) {
      reveal();
      return;
    }
    const at = now();
    info = [...info, ...shown.map(row => ({ at, level: asked.level, row }))].slice(-MAX_INFO);
    touchInfo();
  };

  return {
    add(text, { level = 'info', chat } = {}) {
      put(level, noticeRows(text, level), chat);
    },
    error(error, chat) {
      if (typeof error === 'string') return put('error', noticeRows(error, 'error'), chat);
      const rows: Row[] = [...noticeRows(cleanLine(error.message), 'error')];
      const last = rows.at(-1);
      if (error.hint !== undefined && last !== undefined) {
        rows[rows.length - 1] = [...last, span('text.dim', safe` ${cleanLine(error.hint)}`)];
      }
      put('error', rows, chat);
    },
    get info() {
      return info;
    },
  };
}
