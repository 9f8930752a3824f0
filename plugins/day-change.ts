/** day-change — a line in open chats when a new day begins. */
import { cleanLine, definePlugin, safe } from '../src/api.js';

/** A moment later than midnight, so that a timer which is early does not announce the old day. */
const LATE_MS = 500;

/** When the next local day begins; counted by the calendar, because days of 23 and 25 hours exist. */
function nextMidnight(now: number): number {
  const date = new Date(now);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1).getTime();
}

export default definePlugin({
  name: 'day-change',
  api: 1,
  help: 'At local midnight says in every open chat which day it is.\n\nplugins.day-change.quiet: only in chats where something was said that day (on).',
  settings: { quiet: { type: 'boolean', default: true, help: 'only in chats where something was said that day' } },
  setup(api) {
    const arm = (): void => {
      const midnight = nextMidnight(api.now());
      api.after(midnight - api.now() + LATE_MS, () => {
        const words = new Date(api.now()).toLocaleDateString('en-GB', {
          weekday: 'long',
          day: 'numeric',
          month: 'long',
          year: 'numeric',
        });
        const since = api.settings.get('quiet') ? midnight - 86_400_000 : Number.NEGATIVE_INFINITY;
        for (const chat of api.store.chats.values()) {
          if (chat.lastAt >= since) api.ui.notice(safe`It is ${cleanLine(words)}.`, { chat: chat.id });
        }
        arm();
      });
    };
    arm();
  },
});
