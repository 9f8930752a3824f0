/** A screen that remembers what the core asked of it. */
import type { ScreenPort } from '../../src/model/view.js';

export interface FakeScreen extends ScreenPort {
  /** `bell`, `scroll top`, … */
  readonly asked: readonly (readonly unknown[])[];
  /** What the cursor stands on. */
  selection: string | undefined;
  /** The message chosen by the keyboard. */
  chosen: number | undefined;
  takesCopies: boolean;
}

export function createFakeScreen(): FakeScreen {
  const asked: (readonly unknown[])[] = [];
  let line = '';
  let cursor = 0;
  const screen: FakeScreen = {
    asked,
    selection: undefined,
    chosen: undefined,
    takesCopies: true,
    bell: () => void asked.push(['bell']),
    redraw: () => void asked.push(['redraw']),
    title: text => void asked.push(['title', text]),
    scroll: what => void asked.push(['scroll', what]),
    scrollSide: pages => void asked.push(['scrollSide', pages]),
    focus: where => void asked.push(['focus', where]),
    focused: () => screen.chosen,
    reveal: seq => void asked.push(['reveal', seq]),
    input: {
      get: () => ({ line, cursor }),
      set(text, at = text.length) {
        line = text;
        cursor = at;
      },
      act(name) {
        asked.push(['act', name]);
        return true;
      },
    },
    outside: run => run(),
    suspend: () => void asked.push(['suspend']),
    theme(json) {
      asked.push(['theme', json]);
      return [];
    },
    selected: () => screen.selection,
    panel(name, show) {
      asked.push(['panel', name, show]);
      return show !== false;
    },
    copy(text) {
      asked.push(['copy', text]);
      return screen.takesCopies;
    },
    size: () => ({ columns: 80, rows: 24 }),
    close: () => void asked.push(['close']),
  };
  return screen;
}
