/** What a keymap is: the keys of another client, over ours. */
import type { Chord, CommandLine } from '../../model/view.js';

export interface KeymapOf {
  /** One sentence: what it is like. */
  readonly about: string;
  /** '' leaves a key of ours to the input line. */
  readonly keys: ReadonlyMap<Chord, CommandLine>;
}

export const keymapOf = (about: string, keys: Readonly<Record<Chord, CommandLine>>): KeymapOf => ({
  about,
  keys: new Map(Object.entries(keys)),
});
