/** Everything that is found by folder. This is how it works from the sources; the build puts a generated index in the place of this file. */
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { loadDir } from './lib/load-dir.js';

export interface FoundDeclaration {
  readonly file: string;
  readonly value: unknown;
}

export interface Declarations {
  readonly commands: readonly FoundDeclaration[];
  readonly tabs: readonly FoundDeclaration[];
  readonly xeps: readonly FoundDeclaration[];
  readonly plugins: readonly FoundDeclaration[];
  /** The JSON of each theme, by name. */
  readonly themes: Readonly<Record<string, unknown>>;
}

async function load(folder: string): Promise<readonly FoundDeclaration[]> {
  const path = fileURLToPath(new URL(`../${folder}/`, import.meta.url));
  const { declarations, faults } = await loadDir(path, { nameOf: name => `${folder}/${name}` });
  // A built-in that cannot be loaded is a mistake of ours, not a thing to live with.
  if (faults.length > 0)
    throw new AggregateError(
      faults.map(fault => fault.error),
      `${folder}: ${faults.map(f => f.file).join(', ')}`,
    );
  return declarations;
}

async function loadThemes(): Promise<Record<string, unknown>> {
  const folder = new URL('../themes/', import.meta.url);
  const themes: Record<string, unknown> = {};
  for (const name of (await readdir(folder)).filter(file => file.endsWith('.json')).sort()) {
    themes[name.slice(0, -'.json'.length)] = JSON.parse(await readFile(new URL(name, folder), 'utf8'));
  }
  return themes;
}

/** Commands, tab kinds, XEPs, plugins and themes that come with the program. */
export async function loadDeclarations(): Promise<Declarations> {
  const [commands, tabs, xeps, plugins, themes] = await Promise.all([
    load('src/commands'),
    load('src/tabs'),
    load('src/xmpp/xeps'),
    load('plugins'),
    loadThemes(),
  ]);
  return { commands, tabs, xeps, plugins, themes };
}
