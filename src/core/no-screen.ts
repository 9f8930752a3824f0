/** The screen of a core that has none yet: it takes everything and shows nothing. */
import type { ScreenPort } from '../model/view.js';

export function createNoScreen(): ScreenPort {
  let line = '';
  return {
    bell() {},
    redraw() {},
    title() {},
    scroll() {},
    scrollSide() {},
    focus() {},
    focused: () => undefined,
    reveal() {},
    input: {
      get: () => ({ line, cursor: line.length }),
      set(text) {
        line = text;
      },
      act: () => false,
    },
    outside: run => run(),
    suspend() {},
    theme: () => [],
    selected: () => undefined,
    panel: () => false,
    copy: () => true,
    size: () => ({ columns: 80, rows: 24 }),
    close() {},
  };
}
