/** What was being written when the program ended, by chat; commands are not kept, because secrets stand in them. */
import type { Clock } from '../lib/time.js';
import type { ChatId } from '../model/types.js';
import type { StateFile } from './ports.js';

const KEY = 'drafts';
const SAVE_MS = 400;
const MAX_DRAFT = 20_000;
const MAX_DRAFTS = 200;

export interface Drafts {
  typed(chat: ChatId, line: string): void;
  get(chat: ChatId): string;
  flush(): void;
}

export function createDrafts(options: { readonly clock: Clock; readonly state: () => StateFile }): Drafts {
  const { clock, state } = options;
  let changed = new Map<ChatId, string>();
  let cancel: (() => void) | undefined;

  const kept = (): Readonly<Record<string, unknown>> => {
    const value = state().get(KEY);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  };
  const flush = (): void => {
    cancel?.();
    cancel = undefined;
    if (changed.size === 0) return;
    const all: Record<string, unknown> = { ...kept() };
    for (const [chat, line] of changed) {
      delete all[chat];
      if (line !== '') all[chat] = line;
    }
    changed = new Map();
    state().set(KEY, Object.fromEntries(Object.entries(all).slice(-MAX_DRAFTS)));
  };

  return {
    typed(chat, line) {
      const isCommand = line.startsWith('/') && !line.startsWith('//') && !line.startsWith('/me ');
      const draft = isCommand ? '' : line.slice(0, MAX_DRAFT);
      if ((changed.get(chat) ?? kept()[chat] ?? '') === draft) return;
      changed.set(chat, draft);
      cancel ??= clock.after(SAVE_MS, flush);
    },
    get(chat) {
      const line = changed.get(chat) ?? kept()[chat];
      return typeof line === 'string' ? line : '';
    },
    flush,
  };
}
