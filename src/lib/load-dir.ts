/** Reads a folder of declarations: imports each module and takes its default export. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { errorCode } from './errors.js';

export interface Declaration {
  /** Path of the file as it is named to people. */
  readonly file: string;
  readonly value: unknown;
}

export interface LoadFault {
  readonly file: string;
  readonly error: unknown;
}

export interface LoadOptions {
  /** Endings of the files that count; default `.ts`, `.js`, `.mjs`. */
  readonly endings?: readonly string[];
  /** Says what is wrong with a default export, or nothing. */
  readonly check?: (value: unknown) => string | undefined;
  /** How files are named; default their full path. */
  readonly nameOf?: (file: string) => string;
}

/** The usual shape: an object with a `name` (or, for tabs, a `kind`), unique in its folder. */
export function checkDeclaration(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return 'has no default export that is an object';
  const { name, kind } = value as { name?: unknown; kind?: unknown };
  if (typeof (name ?? kind) !== 'string' || (name ?? kind) === '') return 'has neither a name nor a kind';
  return undefined;
}

/** Loads all modules of a folder in parallel, sorted by file name. A folder that is not there is empty; a faulty file is told and left out. */
export async function loadDir(
  folder: string,
  options: LoadOptions = {},
): Promise<{ readonly declarations: readonly Declaration[]; readonly faults: readonly LoadFault[] }> {
  const {
    endings = ['.ts', '.js', '.mjs'],
    check = checkDeclaration,
    nameOf = (file: string) => join(folder, file),
  } = options;
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return { declarations: [], faults: [] };
    return { declarations: [], faults: [{ file: folder, error }] };
  }
  const files = names
    .filter(name => endings.some(ending => name.endsWith(ending)) && !name.endsWith('.d.ts') && !name.startsWith('.'))
    .sort();
  const loaded = await Promise.all(
    files.map(async name => {
      const file = nameOf(name);
      try {
        const module = (await import(pathToFileURL(join(folder, name)).href)) as { default?: unknown };
        const wrong = check(module.default);
        if (wrong !== undefined) throw new TypeError(`${file} ${wrong}`);
        return { file, value: module.default };
      } catch (error) {
        return { file, error };
      }
    }),
  );
  const declarations: Declaration[] = [];
  const faults: LoadFault[] = [];
  for (const entry of loaded) {
    if ('error' in entry) faults.push({ file: entry.file, error: entry.error });
    else declarations.push({ file: entry.file, value: entry.value });
  }
  return { declarations, faults };
}
