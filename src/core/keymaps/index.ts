/** The keymaps by name, as `/keymap` takes them. */
import { IRSSI } from './irssi.js';
import type { KeymapOf } from './keymap-of.js';
import { POEZIO } from './poezio.js';
import { WEECHAT } from './weechat.js';

export const KEYMAPS: ReadonlyMap<string, KeymapOf> = new Map([
  ['irssi', IRSSI],
  ['poezio', POEZIO],
  ['weechat', WEECHAT],
]);
