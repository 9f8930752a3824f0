/** `npm test [filter…]`: sets up the machine, builds when the bundle is stale, and runs node's own test runner over test/**\/*.test.ts. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runTwiceAtMost } from './again.js';
import { runTests } from './runner.js';
import { ensureTools } from './setup.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** What the bundle is made of. */
const SOURCES = ['src', 'plugins', 'themes', 'esbuild.mjs', 'package-lock.json'];
/** Node 20 counts a whole file as one test too, so this is the limit of a file. */
const TIMEOUT_MS = 600_000 + 3000 * Number(process.env['FUZZ_SECONDS'] ?? 0);
/** Suites start servers and terminals; more at once on a small machine only makes waiting longer. */
const CONCURRENCY = 2;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const flags = args.filter(arg => arg.startsWith('-'));
  const filters = args.filter(arg => !arg.startsWith('-'));
  const files = testFiles(filters);
  if (files.length === 0) {
    console.error(
      filters.length === 0 ? 'There are no tests.' : `No test file has ${filters.join(' or ')} in its path.`,
    );
    return 2;
  }
  try {
    ensureTools();
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return 1;
  }
  if (isBundleStale()) {
    console.log('Building: the bundle is older than its sources.');
    const build = spawnSync(process.execPath, ['esbuild.mjs'], { cwd: ROOT, stdio: 'inherit' });
    if (build.status !== 0) return build.status ?? 1;
  }
  return runTwiceAtMost({
    files,
    run: (some, concurrency) => runTests({ files: some, flags, concurrency, cwd: ROOT, timeoutMs: TIMEOUT_MS }),
    concurrency: CONCURRENCY,
    say: text => console.log(text),
    root: ROOT,
  });
}

function testFiles(filters: readonly string[]): readonly string[] {
  return walk(join(ROOT, 'test'))
    .map(file => relative(ROOT, file))
    .filter(file => file.endsWith('.test.ts'))
    .filter(file => !file.startsWith(join('test', 'fixtures')))
    .filter(file => filters.length === 0 || filters.some(filter => file.includes(filter)))
    .sort();
}

function isBundleStale(): boolean {
  const built = newest(join(ROOT, 'dist'));
  return built === 0 || SOURCES.some(source => newest(join(ROOT, source)) > built);
}

/** The youngest modification in a file or folder, 0 when it is not there. */
function newest(path: string): number {
  if (!existsSync(path)) return 0;
  const files = statSync(path).isDirectory() ? walk(path) : [path];
  return Math.max(0, ...files.map(file => statSync(file).mtimeMs));
}

function walk(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? walk(path) : [path];
  });
}
