/** Keys: every chord is bound to a command line. Defaults, the keys of another client over them, what plugins bound, and what the person bound. */
import type { Chord, CommandLine } from '../model/view.js';
import { DEFAULT_KEYS } from './keymaps/default.js';
import { KEYMAPS } from './keymaps/index.js';
import type { Settings } from './ports.js';

export type BoundBy = 'default' | 'keymap' | 'user' | 'plugin';
export interface Binding {
  readonly line: CommandLine;
  readonly by: BoundBy;
}

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
  /** Only what the person bound, or chose with a keymap: it goes before the line editor. */
  explicit(chord: Chord): CommandLine | undefined;
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
  /** Of the keymap that was chosen; '' leaves the key to the line. */
  const preset = (chord: Chord): CommandLine | undefined =>
    KEYMAPS.get(String(settings.get('input.keymap')))?.keys.get(chord);
  const resolve = (chord: Chord): Binding | undefined => {
    const own = userLine(chord);
    if (own !== undefined) return own === '' ? undefined : { line: own, by: 'user' };
    const plugin = plugins.get(chord)?.at(-1);
    if (plugin !== undefined) return { line: plugin.line, by: 'plugin' };
    const other = preset(chord);
    if (other !== undefined) return other === '' ? undefined : { line: other, by: 'keymap' };
    const line = DEFAULT_KEYS.get(chord);
    return line === undefined ? undefined : { line, by: 'default' };
  };
  return {
    lookup(chord, overlay) {
      const own = userLine(chord);
      if (own !== undefined && own !== '') return own;
      return overlay?.[chord] ?? resolve(chord)?.line;
    },
    explicit(chord) {
      const binding = resolve(chord);
      return binding?.by === 'user' || binding?.by === 'keymap' ? binding.line : undefined;
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
      const hidden = DEFAULT_KEYS.has(chord) || preset(chord) !== undefined || plugins.has(chord);
      settings.setInTable('keys', chord, hidden ? '' : undefined);
      return true;
    },
    get list() {
      const chosen = KEYMAPS.get(String(settings.get('input.keymap')))?.keys ?? new Map();
      const chords = new Set([
        ...DEFAULT_KEYS.keys(),
        ...chosen.keys(),
        ...plugins.keys(),
        ...settings.table('keys').keys(),
      ]);
      const list = new Map<Chord, Binding>();
      for (const chord of chords) {
        const binding = resolve(chord);
        if (binding !== undefined) list.set(chord, binding);
      }
      return list;
    },
  };
}
