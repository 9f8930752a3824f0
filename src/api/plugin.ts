/** What a plugin declares and gets, and what is told about it. */
import type { Api } from '../api.js';
import type { OptionDefinition } from '../config/schema.js';
import type { Safe } from '../lib/text.js';

export interface Plugin {
  readonly name: string;
  /** Version of this interface the plugin was written for: 1. */
  readonly api: 1;
  /** Manual, first line a summary. Shown by `/help plugin name`. */
  readonly help?: string;
  /** Options under `plugins.<name>.`. */
  readonly settings?: Readonly<Record<string, OptionDefinition>>;
  /** Registers everything; what it registers is taken back when the plugin is unloaded. */
  setup(api: PluginApi): void | Promise<void>;
}
export const definePlugin = (plugin: Plugin): Plugin => plugin;

/** What a plugin's `setup` gets: the same, owned by the plugin. */
export interface PluginApi extends Api {
  /** A small key/value file of this plugin. */
  readonly storage: { get(key: string): unknown; set(key: string, value: unknown): void };
}
export interface PluginFacts {
  readonly name: string;
  readonly state: 'loaded' | 'available' | 'disabled' | 'failed';
  readonly summary: string;
  readonly builtin: boolean;
  readonly faults: number;
  readonly slowestMs: number;
  readonly error?: Safe;
}
