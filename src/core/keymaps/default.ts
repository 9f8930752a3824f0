/** Our own keys. */
import type { Chord, CommandLine } from '../../model/view.js';

const digits = Array.from({ length: 10 }, (_, i) => [`alt-${(i + 1) % 10}`, `/win ${i + 1}`] as const);
const letters = [...'qwertyuio'].map((letter, i) => [`alt-${letter}`, `/win ${i + 11}`] as const);

export const DEFAULT_KEYS: ReadonlyMap<Chord, CommandLine> = new Map<Chord, CommandLine>([
  ...digits,
  // Alt-u belongs to the unread line, so tab 17 has no key of its own.
  ...letters.filter(([chord]) => chord !== 'alt-u'),
  ['alt-a', '/win important'],
  ['ctrl-n', '/next'],
  ['ctrl-p', '/prev'],
  ['alt-right', '/next'],
  ['alt-left', '/prev'],
  ['f6', '/next'],
  ['f5', '/prev'],
  ['alt-z', '/win last'],
  ['alt-/', '/win last'],
  ['alt-j', '/prompt /win '],
  ['ctrl-k', '/jump'],
  ['pageup', '/scroll up'],
  ['pagedown', '/scroll down'],
  ['alt-home', '/scroll top'],
  ['alt-end', '/scroll bottom'],
  ['alt-u', '/scroll unread'],
  ['alt-h', '/scroll unread'],
  ['alt-p', '/scroll highlight-previous'],
  ['alt-n', '/scroll highlight-next'],
  ['alt-up', '/focus previous'],
  ['alt-down', '/focus next'],
  ['alt-pageup', '/scroll names-up'],
  ['alt-pagedown', '/scroll names-down'],
  ['alt-m', '/panel mouse'],
  ['f4', '/panel tabs'],
  ['alt-shift-m', '/mentions'],
  ['alt-shift-n', '/panel occupants'],
  ['alt-l', '/panel raw'],
  ['ctrl-l', '/redraw'],
  ['ctrl-c', '/interrupt'],
  ['ctrl-z', '/suspend'],
  ['ctrl-x', '/editor'],
]);
