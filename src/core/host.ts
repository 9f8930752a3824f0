/** Plugins: found, set up as owners of what they register, and taken away without a trace. */
import type { OptionDefinition, Plugin, PluginApi, PluginFacts } from '../api.js';
import type { Owner } from '../lib/emitter.js';
import { errorText, UserError } from '../lib/errors.js';
import { cleanIdentifier, cleanLine, firstSentence, type Safe, safe } from '../lib/text.js';
import type { Clock } from '../lib/time.js';
import type { Guard } from './guard.js';
import { nearest } from './match.js';
import type { PluginFiles } from './plugin-files.js';
import type { Settings } from './ports.js';

/** A plugin that takes longer to set up is given up. */
export const SETUP_MS = 2000;

export const ownerOfPlugin = (name: string): string => `plugin:${name}`;

export interface Host {
  /** The core, and the plugins that come with the program: what they run is not watched. */
  isBuiltin(owner: Owner): boolean;
  readonly list: readonly PluginFacts[];
  /** Known manuals. */
  readonly plugins: readonly Plugin[];
  load(name: string): Promise<void>;
  unload(name: string): Promise<void>;
  /** Everything that the settings name; problems become notices. */
  loadAll(): Promise<void>;
  /** Too many faults. */
  disable(owner: string, error: unknown): void;
  dispose(): void;
}

interface Known {
  plugin: Plugin | undefined;
  readonly builtin: boolean;
  state: PluginFacts['state'];
  error?: Safe;
  undoOptions?: () => void;
}

export function createHost(options: {
  readonly builtins: readonly Plugin[];
  readonly files: PluginFiles;
  readonly settings: Settings;
  readonly guard: Guard;
  readonly clock: Clock;
  readonly apiOf: (owner: string) => PluginApi;
  /** Undoes everything this owner registered. */
  readonly release: (owner: string) => void;
  readonly warn: (text: Safe, hint?: string) => void;
  readonly loaded: (name: string) => void;
}): Host {
  const { files, settings, guard, clock, apiOf, release, warn, loaded } = options;
  const known = new Map<string, Known>();
  for (const plugin of options.builtins) known.set(plugin.name, { plugin, builtin: true, state: 'available' });

  const drop = (name: string, entry: Known, state: PluginFacts['state'], error?: Safe): void => {
    release(ownerOfPlugin(name));
    entry.undoOptions?.();
    delete entry.undoOptions;
    entry.state = state;
    if (error === undefined) delete entry.error;
    else entry.error = error;
  };

  const find = async (name: string): Promise<Known> => {
    const entry = known.get(name);
    if (entry?.builtin) return entry;
    const plugin = await files.load(name);
    if (plugin === undefined) {
      const near = nearest(name, [...known.keys(), ...(await files.list())]);
      throw new UserError(
        `There is no plugin ${cleanIdentifier(name)}.`,
        near === undefined ? '/plugin lists them.' : `Did you mean ${near}?`,
      );
    }
    const fresh: Known = { plugin, builtin: false, state: 'available' };
    known.set(name, fresh);
    return fresh;
  };

  const within = (name: string, work: Promise<void>): Promise<void> =>
    new Promise((resolve, reject) => {
      const cancel = clock.after(SETUP_MS, () =>
        reject(new Error(`${name} did not finish its setup within ${SETUP_MS / 1000} s`)),
      );
      work.then(resolve, reject).finally(cancel);
    });

  const load = async (name: string): Promise<void> => {
    if (known.get(name)?.state === 'loaded')
      throw new UserError(`The plugin ${cleanIdentifier(name)} is loaded already.`);
    const entry = await find(name);
    const { plugin } = entry;
    if (plugin === undefined) throw new UserError(`There is no plugin ${cleanIdentifier(name)}.`);
    if (plugin.api !== 1)
      throw new UserError(`${cleanIdentifier(name)} is written for another version of this program.`);
    const owner = ownerOfPlugin(name);
    guard.forget(owner);
    if (plugin.settings !== undefined)
      entry.undoOptions = settings.define(`plugins.${name}`, withDefaults(plugin.settings));
    entry.state = 'loaded';
    delete entry.error;
    try {
      await within(name, Promise.resolve(guard.run(owner, 'its setup', () => plugin.setup(apiOf(owner)))));
      loaded(name);
    } catch (error) {
      const sentence = cleanLine(errorText(error));
      drop(name, entry, 'failed', sentence);
      throw error instanceof UserError
        ? error
        : new UserError(`The plugin ${cleanIdentifier(name)} could not be loaded: ${sentence}`);
    }
  };

  return {
    isBuiltin: owner => !owner.startsWith('plugin:') || known.get(owner.replace(/^plugin:/, ''))?.builtin !== false,
    get list() {
      return [...known].map(([name, entry]): PluginFacts => {
        const { faults, slowestMs, lastError } = guard.stats(ownerOfPlugin(name));
        const error = entry.error ?? (lastError === undefined ? undefined : cleanLine(lastError));
        return {
          name,
          state: entry.state,
          summary: firstSentence(entry.plugin?.help ?? ''),
          builtin: entry.builtin,
          faults,
          slowestMs,
          ...(error !== undefined && { error }),
        };
      });
    },
    get plugins() {
      return [...known.values()].flatMap(entry => (entry.plugin === undefined ? [] : [entry.plugin]));
    },
    load,
    async unload(name) {
      const entry = known.get(name);
      if (entry?.state !== 'loaded') throw new UserError(`The plugin ${cleanIdentifier(name)} is not loaded.`);
      drop(name, entry, 'available');
    },
    async loadAll() {
      // What lies in the folder is known, also if it is not to be loaded.
      for (const name of await files.list()) {
        if (!known.has(name)) known.set(name, { plugin: undefined, builtin: false, state: 'available' });
      }
      const wanted = settings.get('plugins.load');
      const names = Array.isArray(wanted) ? (wanted as readonly string[]) : [];
      await Promise.all(
        names.map(async name => {
          try {
            await load(name);
          } catch (error) {
            warn(cleanLine(errorText(error)), error instanceof UserError ? error.hint : undefined);
          }
        }),
      );
    },
    disable(owner, error) {
      const name = owner.replace(/^plugin:/, '');
      const entry = known.get(name);
      if (entry?.state !== 'loaded') return;
      const sentence = cleanLine(errorText(error));
      drop(name, entry, 'disabled', sentence);
      warn(
        safe`The plugin ${cleanIdentifier(name)} failed too often and is disabled: ${sentence}`,
        `/plugin load ${name} tries it again.`,
      );
    },
    dispose() {
      for (const [name, entry] of known) if (entry.state === 'loaded') drop(name, entry, 'available');
    },
  };
}

/** A plugin's table comes from outside: every entry is an option or the plugin is refused. */
function withDefaults(table: Readonly<Record<string, OptionDefinition>>): Readonly<Record<string, OptionDefinition>> {
  for (const [name, option] of Object.entries(table)) {
    if (typeof option !== 'object' || option === null || option.default === undefined || option.type === undefined) {
      throw new UserError(`The option ${cleanIdentifier(name)} of this plugin has no type or no default.`);
    }
  }
  return table;
}
