/**
 * The settings: read once, held in memory, written through `conf` a moment after the last change.
 * The file belongs to the person: defaults are never written into it, comments survive, and a file that cannot be
 * read is never touched.
 */
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, extname } from 'node:path';
import { parse, TomlError } from 'smol-toml';
import { errorText, UserError } from '../lib/errors.js';
import { nearestName } from '../lib/nearest.js';
import type { Clock } from '../lib/time.js';
import { accountOptions, accountPath } from './accounts.js';
import { OPTIONS, type OptionDefinition, type OptionValue } from './schema.js';
import { checked, parseValue } from './values.js';
import { withLock } from './with-lock.js';

/** A larger file is not a configuration. */
const MAX_BYTES = 1024 * 1024;
const SAVE_AFTER_MS = 500;
const TABLES = ['aliases', 'keys'] as const;
export type TableName = (typeof TABLES)[number];

type Tree = Record<string, unknown>;

export interface Config {
  get(name: string, chat?: string): OptionValue;
  /** Parses, checks, keeps and saves; throws UserError. */
  set(name: string, text: string, chat?: string): OptionValue;
  /** A value for this run only: the command line. */
  override(name: string, value: OptionValue): void;
  reset(name: string, chat?: string): void;
  isSet(name: string, chat?: string): boolean;
  define(prefix: string, options: Readonly<Record<string, OptionDefinition>>): () => void;
  readonly options: ReadonlyMap<string, OptionDefinition>;
  onChange(listener: (option: string) => void): () => void;
  table(name: TableName): ReadonlyMap<string, string>;
  setInTable(name: TableName, key: string, value: string | undefined): void;
  /** Names of further accounts (`accounts.NAME.*`), in the order of the file. */
  readonly accounts: readonly string[];
  /** Makes the options of a further account, or takes them away with what was set. */
  keepAccount(name: string, yes: boolean): void;
  /** Sentences about the file: what was not understood and what was done about it. */
  readonly problems: readonly string[];
  /** The file could not be read, so nothing is saved. */
  readonly broken: boolean;
  readonly file: string;
  /** Writes what is not written yet. */
  flush(): Promise<void>;
}

export interface ConfigOptions {
  readonly file: string;
  readonly clock: Clock;
  /** Told when saving failed. */
  readonly onProblem?: (sentence: string) => void;
}

/** A password as such, or within an address; the program that prints one is no secret. */
const SECRET = /\bpass(?:word|wd)?\b(?!_)|:\/\/[^\s"'/]*:[^\s"'/]*@/i;

/** Names of options are long: more slips are one of them. */
const mostSlips = (name: string): number => Math.max(2, Math.floor(name.length / 3));

export function createConfig({ file, clock, onProblem = () => {} }: ConfigOptions): Config {
  const options = new Map<string, OptionDefinition>(Object.entries(OPTIONS));
  const own = new Map<string, OptionValue>();
  const perChat = new Map<string, Map<string, OptionValue>>();
  const overrides = new Map<string, OptionValue>();
  const tables: Record<TableName, Map<string, string>> = { aliases: new Map(), keys: new Map() };
  const accounts = new Set<string>();
  /** How often an option of a plugin was defined: each account loads it. */
  const defined = new Map<string, number>();
  const listeners = new Set<(option: string) => void>();
  const problems: string[] = [];
  /** Values of options that nobody has defined (yet): plugins define theirs when they are loaded. */
  const unknown = new Map<string, unknown>();
  let broken = false;
  let cancelSave: (() => void) | undefined;
  let writing: Promise<void> = Promise.resolve();
  /** Names (with chat) that differ from the file. */
  const dirty = new Set<string>();

  const complain = (sentence: string): void => void problems.push(sentence);
  const definition = (name: string): OptionDefinition => {
    const option = options.get(name);
    if (option) return option;
    const meant = nearestName(name, options.keys(), mostSlips(name));
    throw new UserError(`There is no option ${name}.`, meant ? `Did you mean ${meant}?` : '/set lists them all.');
  };
  const touch = (name: string): void => {
    for (const listener of listeners) listener(name);
    if (broken) return;
    cancelSave?.();
    cancelSave = clock.after(SAVE_AFTER_MS, () => {
      cancelSave = undefined;
      writing = writing.then(save);
    });
  };

  const addAccount = (name: string): void => {
    accounts.add(name);
    for (const [full, option] of accountOptions(name)) options.set(full, option);
  };

  const keep = (into: Map<string, OptionValue>, name: string, value: unknown, where: string): void => {
    const option = options.get(name);
    if (!option) {
      unknown.set(where + name, value);
      if (name.startsWith('plugins.')) return;
      const meant = nearestName(name, options.keys(), mostSlips(name));
      complain(`${basename(file)}: there is no option ${where}${name}${meant ? `; did you mean ${meant}?` : '.'}`);
      return;
    }
    try {
      into.set(name, checked(name, option, value));
    } catch (error) {
      complain(`${basename(file)}: ${errorText(error)} The default is used.`);
    }
  };

  const read = (): void => {
    const found = readText(file, sentence => {
      broken = true;
      complain(sentence);
    });
    if (found === undefined) return;
    const { text, isOpen, isForeign } = found;
    if (isOpen && SECRET.test(text)) {
      complain(`Others can read ${file}, and there is a secret in it. Make it yours alone: chmod 600 ${file}`);
    }
    let tree: Tree;
    try {
      tree = parse(text) as Tree;
    } catch (error) {
      broken = true;
      const place = error instanceof TomlError ? `:${error.line}:${error.column}` : '';
      const why = errorText(error).split('\n')[0] ?? '';
      complain(`${file}${place}: ${why} The defaults are used and the file is left as it is; mend it and start again.`);
      return;
    }
    for (const [section, value] of Object.entries(tree)) {
      if (section === 'chat' && isTree(value)) {
        for (const [jid, settings] of Object.entries(value)) {
          const map = new Map<string, OptionValue>();
          perChat.set(jid, map);
          if (isTree(settings)) flatten(settings, '', options, (name, v) => keep(map, name, v, `chat."${jid}".`));
        }
      } else if ((TABLES as readonly string[]).includes(section) && isTree(value)) {
        for (const [key, line] of Object.entries(value)) {
          if (typeof line === 'string') tables[section as TableName].set(key, line);
          else complain(`${basename(file)}: ${section}.${key} is a line of text.`);
        }
      } else if (section === 'accounts' && isTree(value)) {
        for (const [name, settings] of Object.entries(value)) {
          if (isTree(settings)) {
            addAccount(name);
            flatten(settings, `accounts.${name}.`, options, (full, v) => keep(own, full, v, ''));
          } else complain(`${basename(file)}: accounts.${name} is a table, [accounts.NAME].`);
        }
      } else if (isTree(value)) flatten(value, `${section}.`, options, (name, v) => keep(own, name, v, ''));
      else keep(own, section, value, '');
    }
    // A program named there would be run with our rights by whoever can write the file.
    const programs = [...own.keys()].filter(name => /^accounts?\.(?:.*\.)?password_command$/s.test(name));
    for (const name of isForeign ? programs : []) {
      own.delete(name);
      complain(`Others can write ${file}, so its ${name} is not run. Make it yours alone: chmod 600 ${file}`);
    }
  };

  /** Brings the file up to date: only what changed here is touched, the rest of the person's file stays. */
  const save = async (): Promise<void> => {
    if (dirty.size === 0) return;
    const changes = [...dirty];
    dirty.clear();
    try {
      const [{ default: Conf }, { patch }] = await Promise.all([loadConf(), import('@decimalturn/toml-patch')]);
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      // Another process that changes something else in the meantime would write over it.
      withLock(`${file}.lock`, () => {
        let old = '';
        const conf = new Conf<Tree>({
          cwd: dirname(file),
          configName: basename(file, extname(file)),
          fileExtension: extname(file).slice(1),
          projectSuffix: '',
          configFileMode: 0o600,
          accessPropertiesByDotNotation: false,
          clearInvalidConfig: false,
          deserialize: text => {
            old = text;
            return parse(text) as Tree;
          },
          serialize: value => patch(old, value),
        });
        const tree = structuredClone(conf.store);
        for (const change of changes) place(tree, JSON.parse(change) as readonly string[], currentValue(change));
        safely(file, patch(old, tree), () => {
          conf.store = tree;
        });
      });
    } catch (error) {
      for (const change of changes) dirty.add(change);
      onProblem(`The settings could not be saved: ${errorText(error)}`);
    }
  };
  const currentValue = (change: string): unknown => {
    const [section = '', ...rest] = JSON.parse(change) as readonly string[];
    if (section === 'chat') return perChat.get(rest[0] ?? '')?.get(rest.slice(1).join('.'));
    if ((TABLES as readonly string[]).includes(section)) return tables[section as TableName].get(rest.join('.'));
    return own.get([section, ...rest].join('.'));
  };
  const mark = (name: string, chat?: string): void => {
    dirty.add(JSON.stringify(chat === undefined ? pathOf(name) : ['chat', chat, ...pathOf(name)]));
    touch(name);
  };

  read();

  return {
    options,
    problems,
    file,
    get broken() {
      return broken;
    },
    get(name, chat) {
      const option = definition(name);
      if (chat !== undefined && option.scope === 'chat') {
        const value = perChat.get(chat)?.get(name);
        if (value !== undefined) return value;
      }
      const value = overrides.get(name) ?? own.get(name);
      if (value !== undefined) return value;
      return option.hushed === true && (overrides.get('ui.accessible') ?? own.get('ui.accessible')) === true
        ? false
        : option.default;
    },
    set(name, text, chat) {
      const option = definition(name);
      if (chat !== undefined && option.scope !== 'chat') {
        throw new UserError(`${name} holds everywhere, not per chat.`, `/set ${name} ${text}`);
      }
      const value = parseValue(name, option, text);
      if (chat === undefined) {
        own.set(name, value);
        overrides.delete(name);
      } else {
        const map = perChat.get(chat) ?? new Map<string, OptionValue>();
        perChat.set(chat, map.set(name, value));
      }
      mark(name, chat);
      return value;
    },
    override(name, value) {
      overrides.set(name, checked(name, definition(name), value));
      for (const listener of listeners) listener(name);
    },
    reset(name, chat) {
      definition(name);
      const gone = chat === undefined ? own.delete(name) : (perChat.get(chat)?.delete(name) ?? false);
      if (chat === undefined) overrides.delete(name);
      if (gone) mark(name, chat);
    },
    isSet: (name, chat) => (chat === undefined ? own.has(name) : (perChat.get(chat)?.has(name) ?? false)),
    define(prefix, table) {
      const names = Object.keys(table).map(name => `${prefix}.${name}`);
      for (const [name, option] of Object.entries(table)) {
        const full = `${prefix}.${name}`;
        options.set(full, option);
        defined.set(full, (defined.get(full) ?? 0) + 1);
        if (unknown.has(full)) keep(own, full, unknown.get(full), '');
      }
      return () => {
        for (const name of names) {
          const left = (defined.get(name) ?? 1) - 1;
          defined.set(name, left);
          if (left === 0) options.delete(name);
        }
      };
    },
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    table: name => tables[name],
    setInTable(name, key, value) {
      if (value === undefined) tables[name].delete(key);
      else tables[name].set(key, value);
      dirty.add(JSON.stringify([name, key]));
      touch(name);
    },
    get accounts() {
      return [...accounts];
    },
    keepAccount(name, yes) {
      if (yes) {
        addAccount(name);
        return;
      }
      accounts.delete(name);
      for (const [full] of accountOptions(name)) {
        if (own.delete(full)) mark(full);
        options.delete(full);
      }
    },
    async flush() {
      cancelSave?.();
      cancelSave = undefined;
      writing = writing.then(save);
      await writing;
    },
  };
}

/**
 * What `conf` is made of listens to every signal and kills the process with it a second time, which would cut our own
 * goodbye short: that is taken back.
 */
async function loadConf(): Promise<typeof import('conf')> {
  const before = new Map(process.eventNames().map(name => [name, new Set(process.rawListeners(String(name)))]));
  const conf = await import('conf');
  // Node ignores it, as long as nobody has listened: a file may not grow, and that is an error of the writing alone.
  if (before.get('SIGXFSZ') === undefined) process.on('SIGXFSZ', () => {});
  for (const name of process.eventNames()) {
    if (typeof name !== 'string' || !name.startsWith('SIG') || name === 'SIGXFSZ') continue;
    for (const listener of process.rawListeners(name)) {
      if (before.get(name)?.has(listener) !== true) process.off(name, listener as () => void);
    }
  }
  return conf;
}

/**
 * Writes a whole copy first: the package takes a write that was cut short by a full disk for a success, and would put half
 * a file in the place of the person's.
 */
function safely(file: string, text: string, write: () => void): void {
  const target = existsSync(file) ? realpathSync(file) : file;
  const copy = `${target}.${process.pid}.new`;
  try {
    writeFileSync(copy, text, { mode: 0o600, flag: 'wx' });
    write();
    if (readFileSync(target, 'utf8') !== text) renameSync(copy, target);
  } finally {
    rmSync(copy, { force: true });
  }
}

/** `ui.theme` stands in the table `ui`; options of plugins in `plugins.<name>`. */
function pathOf(name: string): readonly string[] {
  return accountPath(name) ?? name.split('.');
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function flatten(
  tree: Tree,
  prefix: string,
  options: ReadonlyMap<string, OptionDefinition>,
  take: (name: string, value: unknown) => void,
): void {
  for (const [key, value] of Object.entries(tree)) {
    const name = prefix + key;
    if (isTree(value) && !options.has(name)) flatten(value, `${name}.`, options, take);
    else take(name, value);
  }
}

/** Sets or (with undefined) removes the value at a path; empty tables go too. */
function place(tree: Tree, path: readonly string[], value: unknown): void {
  const [head = '', ...rest] = path;
  if (rest.length === 0) {
    if (value === undefined) delete tree[head];
    else Object.defineProperty(tree, head, { value, writable: true, enumerable: true, configurable: true });
    return;
  }
  let next = Object.hasOwn(tree, head) ? tree[head] : undefined;
  if (!isTree(next)) {
    if (value === undefined) return;
    next = {};
    Object.defineProperty(tree, head, { value: next, writable: true, enumerable: true, configurable: true });
  }
  place(next as Tree, rest, value);
  if (value === undefined && Object.keys(next as Tree).length === 0) delete tree[head];
}

interface Found {
  readonly text: string;
  /** Others can read it. */
  readonly isOpen: boolean;
  /** Others can write it, or own it. */
  readonly isForeign: boolean;
}

function readText(file: string, refuse: (sentence: string) => void): Found | undefined {
  try {
    const facts = statSync(file);
    if (!facts.isFile()) refuse(`${file} is not an ordinary file; the defaults are used.`);
    else if (facts.size > MAX_BYTES) refuse(`${file} is larger than ${MAX_BYTES} bytes; the defaults are used.`);
    else {
      const owner = process.getuid?.();
      const isForeign = (facts.mode & 0o022) !== 0 || (owner !== undefined && facts.uid !== owner && facts.uid !== 0);
      return { text: readFileSync(file, 'utf8'), isOpen: (facts.mode & 0o044) !== 0, isForeign };
    }
  } catch (error) {
    if (isMissing(error) && !isDanglingLink(file)) return undefined;
    refuse(`${file} cannot be read (${errorText(error)}); the defaults are used and nothing is saved.`);
  }
  return undefined;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}

function isDanglingLink(file: string): boolean {
  try {
    return lstatSync(file).isSymbolicLink();
  } catch {
    return false;
  }
}
