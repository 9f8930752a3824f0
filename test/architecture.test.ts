/** Holds the import rules of `src/README.md`: who may import whom, and where each package may occur. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { test } from 'node:test';

const root = resolve(import.meta.dirname, '..');

interface Import {
  readonly file: string;
  readonly target: string;
  readonly typeOnly: boolean;
}

const files = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && /\.ts$/.test(entry.name) && !entry.name.endsWith('.d.ts'))
    .map(entry => relative(root, join(entry.parentPath, entry.name)));

const sources = [...files('src'), ...files('plugins')];

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8');
  const found: Import[] = [];
  const pattern = /^\s*(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)'|import\(\s*'([^']+)'\s*\)/gm;
  for (const [, type, from, dynamic] of text.matchAll(pattern)) {
    const target = from ?? dynamic ?? '';
    const local = target.startsWith('.')
      ? relative(root, resolve(root, dirname(file), target)).replace(/\.js$/, '.ts')
      : target;
    found.push({ file, target: local, typeOnly: type !== undefined });
  }
  return found;
}

const all = sources.flatMap(importsOf);
const folderOf = (path: string): string => {
  const [top = '', second = ''] = path.split('/');
  if (top !== 'src') return top;
  return second.endsWith('.ts') ? `src/${second}` : `src/${second}`;
};

/** What each folder may import of ours; `type` after a name: only types. */
const MAY: Record<string, readonly string[]> = {
  'src/lib': [],
  'src/model': ['src/lib'],
  'src/config': ['src/lib'],
  'src/storage': ['src/lib', 'src/model type'],
  'src/xmpp': ['src/lib', 'src/model type', 'src/api.ts type', 'src/core type'],
  'src/ui': ['src/lib', 'src/model'],
  'src/core': ['src/lib', 'src/model', 'src/api.ts type', 'src/config type'],
  'src/demo': ['src/lib'],
  'src/commands': ['src/api.ts'],
  'src/tabs': ['src/api.ts'],
  plugins: ['src/api.ts'],
  'src/api.ts': ['src/lib', 'src/model', 'src/config type', 'src/api'],
  'src/api': ['src/lib', 'src/model', 'src/config type', 'src/api.ts type'],
  'src/cli.ts': ['src/lib'],
};

test('every folder imports only what the house allows', () => {
  const wrong = all.filter(({ file, target, typeOnly }) => {
    if (!target.includes('/') || target.startsWith('@') || target.startsWith('node:')) return false;
    const from = folderOf(file);
    const to = folderOf(target);
    const may = MAY[from];
    if (from === to || may === undefined) return false;
    if (!to.startsWith('src') && to !== 'plugins') return false;
    return !may.includes(to) && !(typeOnly && may.includes(`${to} type`));
  });
  assert.deepEqual(
    wrong.map(({ file, target }) => `${file} -> ${target}`),
    [],
  );
});

const HOMES: [name: string, is: (target: string) => boolean, home: (file: string) => boolean][] = [
  ['neo-blessed is used only in src/ui', t => /^(neo-)?blessed/.test(t), f => f.startsWith('src/ui/')],
  ['@xmpp packages are used only in src/xmpp', t => t.startsWith('@xmpp/'), f => f.startsWith('src/xmpp/')],
  ['conf is used only in src/config', t => t === 'conf', f => f.startsWith('src/config/')],
  ['fuzzysort is used only in src/core/match.ts', t => t === 'fuzzysort', f => f === 'src/core/match.ts'],
];
for (const [name, is, home] of HOMES) {
  test(name, () => {
    const uses = all.filter(({ target }) => is(target));
    assert.ok(uses.length > 0, 'nobody uses it any more: drop the package and this rule');
    assert.deepEqual(
      uses.filter(({ file }) => !home(file)).map(({ file }) => file),
      [],
    );
  });
}

const without = (text: string): string => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');

test('only src/ui/frame.ts renders the screen', () => {
  const users = sources.filter(file => /screen\.render\(\)/.test(without(readFileSync(join(root, file), 'utf8'))));
  assert.deepEqual(
    users.filter(file => file !== 'src/ui/frame.ts' && file !== 'src/ui/screen.ts'),
    [],
  );
});

test('the model and the core take their time from an injected clock', () => {
  const users = sources.filter(
    file =>
      /^src\/(model|core)\//.test(file) &&
      /\bDate\.now\(|\bsetTimeout\(|\bsetInterval\(/.test(without(readFileSync(join(root, file), 'utf8'))),
  );
  assert.deepEqual(users, []);
});

test('nothing is left to do in the sources', () => {
  const users = sources.filter(file => /\bTODO\b|\bFIXME\b|\bXXX\b/.test(readFileSync(join(root, file), 'utf8')));
  assert.deepEqual(users, []);
});
