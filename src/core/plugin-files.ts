/** Plugins of the person: modules in a folder, imported when they are asked for. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Plugin } from '../api.js';
import { errorCode, errorText, UserError } from '../lib/errors.js';
import { cleanIdentifier } from '../lib/text.js';

export interface PluginFiles {
  list(): Promise<readonly string[]>;
  /** `undefined`: there is no such file. Throws a UserError if it is no plugin. */
  load(name: string): Promise<Plugin | undefined>;
}

const FILE = /^([a-z0-9][a-z0-9_-]*)\.(?:m?js)$/i;

export function createPluginFiles(folder: string | undefined): PluginFiles {
  const files = async (): Promise<ReadonlyMap<string, string>> => {
    if (folder === undefined) return new Map();
    try {
      const names = await readdir(folder);
      return new Map(
        names.sort().flatMap(file => (FILE.exec(file)?.[1] === undefined ? [] : [[FILE.exec(file)?.[1] ?? '', file]])),
      );
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return new Map();
      throw new UserError(`The plugin folder cannot be read: ${errorText(error)}`);
    }
  };
  return {
    async list() {
      return [...(await files()).keys()];
    },
    async load(name) {
      const file = (await files()).get(name);
      if (folder === undefined || file === undefined) return undefined;
      const path = join(folder, file);
      // An edited file is another module: Node keeps what it imported under its address.
      const { mtimeMs } = await stat(path);
      let module: unknown;
      try {
        module = await import(`${pathToFileURL(path).href}?changed=${mtimeMs}`);
      } catch (error) {
        throw new UserError(`${cleanIdentifier(file)} cannot be loaded: ${errorText(error)}`);
      }
      const plugin = (module as { readonly default?: Partial<Plugin> }).default;
      if (typeof plugin !== 'object' || plugin === null || plugin.name !== name || typeof plugin.setup !== 'function') {
        throw new UserError(
          `${cleanIdentifier(file)} is not a plugin.`,
          `It must export default { name: '${name}', api: 1, setup(api) {…} }.`,
        );
      }
      return plugin as Plugin;
    },
  };
}
