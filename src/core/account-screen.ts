/** The screen as one of several accounts has it: what concerns the shown tab is nothing to those that do not show it. */
import type { ScreenPort } from '../model/view.js';

export function screenOf(screen: ScreenPort, isShown: () => boolean): ScreenPort {
  return {
    bell: () => screen.bell(),
    redraw: () => screen.redraw(),
    title: text => screen.title(text),
    scroll: what => (isShown() ? screen.scroll(what) : undefined),
    scrollSide: pages => (isShown() ? screen.scrollSide(pages) : undefined),
    focus: where => (isShown() ? screen.focus(where) : undefined),
    focused: () => (isShown() ? screen.focused() : undefined),
    reveal: seq => (isShown() ? screen.reveal(seq) : undefined),
    input: {
      get: () => (isShown() ? screen.input.get() : { line: '', cursor: 0 }),
      set: (line, cursor) => (isShown() ? screen.input.set(line, cursor) : undefined),
      act: name => isShown() && screen.input.act(name),
    },
    outside: run => screen.outside(run),
    suspend: () => screen.suspend(),
    theme: json => screen.theme(json),
    selected: () => (isShown() ? screen.selected() : undefined),
    panel: (name, show) => screen.panel(name, show),
    copy: text => screen.copy(text),
    size: () => screen.size(),
    close: () => screen.close(),
  };
}
