/** A screen on a terminal in memory, for tests of what is drawn. */
import { readFileSync } from 'node:fs';
import type { ColorDepth } from '../../src/lib/color.js';
import { createDevice, type Device } from '../../src/ui/device.js';
import type { Cursor } from '../../src/ui/painter.js';
import { createScreen, type UiScreen } from '../../src/ui/screen.js';
import { resolveTheme } from '../../src/ui/theme.js';
import { createFakeTty, type FakeTty } from './fake-tty.js';

export interface Stage {
  readonly tty: FakeTty;
  readonly device: Device;
  readonly screen: UiScreen;
  /** Draws a frame. */
  draw(cursor?: Cursor): void;
  /** Waits until the emulator has taken everything. */
  flush(): Promise<void>;
}

const dark: unknown = JSON.parse(readFileSync(new URL('../../themes/dark.json', import.meta.url), 'utf8'));

export function createStage(columns: number, rows: number, depth: ColorDepth = 256): Stage {
  const tty = createFakeTty(columns, rows);
  const device = createDevice({ stdin: tty.stdin, stdout: tty.stdout, host: tty.host, onQuit: () => {} });
  device.enter();
  const screen = createScreen({ device, theme: resolveTheme(dark, { depth }), painter: { depth } });
  return {
    tty,
    device,
    screen,
    draw(cursor) {
      screen.setCursor(cursor);
      screen.render();
    },
    flush: () => tty.screen.write(''),
  };
}
