/** Keys: every chord is bound to a command line. Defaults, what the person bound, and what plugins bound. */
import type { Chord, CommandLine } from '../model/view.js';
import type { Settings } from './ports.js';

export type BoundBy = 'default' | 'user' | 'plugin';
export interface Binding {
  readonly line: CommandLine;
  readonly by: BoundBy;
}

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
  ['alt-shift-n', '/panel occupants'],
  ['alt-l', '/panel raw'],
  ['ctrl-l', '/redraw'],
  ['ctrl-c', '/interrupt'],
  ['ctrl-z', '/suspend'],
  ['ctrl-x', '/editor'],
]);

const MODIFIERS = ['ctrl', 'alt', 'shift'];
const ALIASES: Readonly<Record<string, string>> = {
  c: 'ctrl',
  control: 'ctrl',
  m: 'alt',
  meta: 'alt',
  esc: 'escape',
  pgup: 'pageup',
  pgdn: 'pagedown',
  return: 'enter',
  del: 'delete',
  ins: 'insert',
};

/** `C-n`, `^n`, `meta-1` → `ctrl-n`, `alt-1`; `undefined` if it cannot be a chord. */
export function normaliseChord(text: string): Chord | undefined {
  const plain = text.replace(/^\^(?=.)/, 'ctrl-');
  if (plain === '') return undefined;
  // The key itself may be a dash: `alt--`.
  const dash = plain === '-' || plain.endsWith('--');
  const parts = (dash ? plain.slice(0, -1) : plain).split('-').filter(part => part !== '');
  if (dash) parts.push('-');
  const raw = parts.pop() ?? '';
  const key = raw.length === 1 ? raw.toLowerCase() : (ALIASES[raw.toLowerCase()] ?? raw.toLowerCase());
  const found = new Set<string>();
  for (const part of parts) {
    const name = part.toLowerCase();
    const modifier = name === 's' ? 'shift' : (ALIASES[name] ?? name);
    if (!MODIFIERS.includes(modifier)) return undefined;
    found.add(modifier);
  }
  if (raw.length === 1 && raw !== raw.toLowerCase() && found.size > 0) found.add('shift');
  return key === '' ? undefined : [...MODIFIERS.filter(one => found.has(one)), key].join('-');
}

export interface Keymap {
  /** The command of a chord, after the keys of the tab's kind. */
  lookup(chord: Chord, overlay?: Readonly<Record<Chord, CommandLine>>): CommandLine | undefined;
  /** Only what the person bound: it goes before the line editor. */
  byUser(chord: Chord): CommandLine | undefined;
  /** For the person: saved. */
  bind(chord: Chord, line: CommandLine): void;
  /** For a plugin: until it is unloaded. */
  bindFor(owner: string, chord: Chord, line: CommandLine): () => void;
  unbind(chord: Chord): boolean;
  readonly list: ReadonlyMap<Chord, Binding>;
}

export function createKeymap(settings: Settings): Keymap {
  const plugins = new Map<Chord, { owner: string; line: CommandLine }[]>();
  // A key taken away is kept as a binding to nothing.
  const userLine = (chord: Chord): CommandLine | undefined => settings.table('keys').get(chord);
  const resolve = (chord: Chord): Binding | undefined => {
    const own = userLine(chord);
    if (own !== undefined) return own === '' ? undefined : { line: own, by: 'user' };
    const plugin = plugins.get(chord)?.at(-1);
    if (plugin !== undefined) return { line: plugin.line, by: 'plugin' };
    const line = DEFAULT_KEYS.get(chord);
    return line === undefined ? undefined : { line, by: 'default' };
  };
  return {
    lookup(chord, overlay) {
      const own = userLine(chord);
      if (own !== undefined && own !== '') return own;
      return overlay?.[chord] ?? resolve(chord)?.line;
    },
    byUser(chord) {
      const line = userLine(chord);
      return line === undefined || line === '' ? undefined : line;
    },
    bind: (chord, line) => settings.setInTable('keys', chord, line),
    bindFor(owner, chord, line) {
      const entry = { owner, line };
      plugins.set(chord, [...(plugins.get(chord) ?? []), entry]);
      return () => {
        const rest = (plugins.get(chord) ?? []).filter(one => one !== entry);
        if (rest.length > 0) plugins.set(chord, rest);
        else plugins.delete(chord);
      };
    },
    unbind(chord) {
      const bound = resolve(chord) !== undefined;
      if (!bound) return false;
      const hidden = DEFAULT_KEYS.has(chord) || plugins.has(chord);
      settings.setInTable('keys', chord, hidden ? '' : undefined);
      return true;
    },
    get list() {
      const chords = new Set([...DEFAULT_KEYS.keys(), ...plugins.keys(), ...settings.table('keys').keys()]);
      const list = new Map<Chord, Binding>();
      for (const chord of chords) {
        const binding = resolve(chord);
        if (binding !== undefined) list.set(chord, binding);
      }
      return list;
    },
  };
}
