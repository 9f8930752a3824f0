/**
 * Builds `dist`: the whole program in one file, what the first frame does not need in others, and the code that V8 has
 * compiled, so that it starts fast.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(fileURLToPath(import.meta.url));
const ENTRY = join(ROOT, 'src', 'main.ts');
const DIST = join(ROOT, 'dist');

let esbuild;
try {
  esbuild = await import('esbuild');
} catch {
  // `npm install --omit=dev` runs this too; a published package already has its bundle.
  console.log('esbuild is not installed: nothing built.');
  process.exit(0);
}
if (!existsSync(ENTRY)) {
  console.log('src/main.ts is not there: nothing built.');
  process.exit(0);
}

const modulesOf = folder => {
  const path = join(ROOT, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path)
    .filter(name => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .sort()
    .map(name => `${folder}/${name}`);
};

/** Instead of reading folders at run time: one generated module that imports every declaration. */
const declarations = {
  name: 'declarations',
  setup(build) {
    build.onLoad({ filter: /[\\/]src[\\/]declarations\.ts$/ }, () => {
      const imports = [];
      const lists = [];
      const groups = { commands: 'src/commands', tabs: 'src/tabs', xeps: 'src/xmpp/xeps', plugins: 'plugins' };
      for (const [group, folder] of Object.entries(groups)) {
        const entries = modulesOf(folder).map((file, index) => {
          const name = `${group}${index}`;
          imports.push(`import ${name} from ${JSON.stringify(join(ROOT, file))};`);
          return `  { file: ${JSON.stringify(file)}, value: ${name} },`;
        });
        lists.push(`export const ${group} = [\n${entries.join('\n')}\n];`);
      }
      const themes = readdirSync(join(ROOT, 'themes'))
        .filter(name => name.endsWith('.json'))
        .sort()
        .map(name => {
          const json = JSON.parse(readFileSync(join(ROOT, 'themes', name), 'utf8'));
          return `  ${JSON.stringify(basename(name, '.json'))}: ${JSON.stringify(json)},`;
        });
      lists.push(`export const themes = {\n${themes.join('\n')}\n};`);
      lists.push('export async function loadDeclarations() {\n  return { commands, tabs, xeps, plugins, themes };\n}');
      return { contents: `${imports.join('\n')}\n${lists.join('\n')}\n`, loader: 'js', resolveDir: ROOT };
    });
  },
};

/**
 * Of neo-blessed we use screen, element and node. What those require for widgets, terminfo and colours of their own
 * never runs (`src/ui/screen.ts` hands over its own program), costs start-up time and cannot be bundled.
 */
const blessed = {
  name: 'blessed',
  setup(build) {
    const unused = /^(\.\.\/|\.\.\/program|\.\.\/colors|\.\/log|\.\/box|\.\/scrollablebox|child_process)$/;
    build.onResolve({ filter: unused }, args =>
      /[\\/]neo-blessed[\\/]lib[\\/]/.test(args.importer) ? { path: args.path, namespace: 'unused' } : undefined,
    );
    // All of it for one line.
    build.onResolve({ filter: /^assert$/ }, args =>
      /[\\/]neo-blessed[\\/]lib[\\/]/.test(args.importer) ? { path: args.path, namespace: 'assert' } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'assert' }, () => ({
      contents: "exports.ok = value => { if (!value) throw new Error('neo-blessed: assertion failed'); };",
    }));
    build.onLoad({ filter: /.*/, namespace: 'unused' }, args => ({
      contents: `module.exports = function () { throw new Error(${JSON.stringify(`neo-blessed ${args.path} is not in the bundle`)}); };`,
    }));
  },
};

const licenceOf = folder => {
  const name = readdirSync(folder).find(file => /^(licen[cs]e|copying)/i.test(file));
  return name === undefined ? undefined : readFileSync(join(folder, name), 'utf8').trim();
};

/** The licences of what went into the bundle, as they demand. */
const notice = inputs => {
  const packages = new Set();
  for (const input of inputs) {
    const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (match !== null) packages.add(match[1]);
  }
  const parts = [...packages].sort().map(folder => {
    const json = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'));
    const text = licenceOf(join(ROOT, folder)) ?? `(the package has no licence file; its licence is ${json.license})`;
    return `${json.name} ${json.version} (${json.license})\n\n${text}\n`;
  });
  return `Causette contains the following packages.\n\n${parts.join(`\n${'-'.repeat(72)}\n\n`)}`;
};

/** Loaded after the first frame, so they stay out of the file that is read before it: module as imported → file in `dist`. */
const LATER = {
  conf: { entry: 'conf', file: 'conf.js' },
  '@decimalturn/toml-patch': { entry: '@decimalturn/toml-patch', file: 'toml-patch.js' },
  './demo/server.js': { entry: join(ROOT, 'src', 'demo', 'server.ts'), file: 'demo.js' },
};
const later = {
  name: 'later',
  setup(build) {
    build.onResolve({ filter: /.*/ }, args =>
      args.kind === 'dynamic-import' && Object.hasOwn(LATER, args.path)
        ? { path: `./${LATER[args.path].file}`, external: true }
        : undefined,
    );
  },
};

const COMMON = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: 'node',
  target: 'node20',
  // Names stay: they are what a crash report says.
  minifyWhitespace: true,
  minifySyntax: true,
  sourcemap: false,
  metafile: true,
  legalComments: 'none',
  logLevel: 'warning',
  // Optional, so it stays outside.
  external: ['@photostructure/sqlite'],
};

const results = await Promise.all([
  // A script and not a module: only of scripts can V8's compiled code be kept (see `bin/causette.js`).
  esbuild.build({
    ...COMMON,
    entryPoints: [ENTRY],
    outfile: join(DIST, 'causette.cjs'),
    write: false,
    format: 'cjs',
    banner: { js: '(function (require, __url, __import) { const module = { exports: {} };' },
    footer: { js: '})' },
    define: { 'process.env.CAUSETTE_BUNDLED': '"1"', 'import.meta.url': '__url' },
    plugins: [declarations, blessed, later],
  }),
  ...Object.values(LATER).map(({ entry, file }) =>
    esbuild.build({
      ...COMMON,
      entryPoints: [entry],
      outfile: join(DIST, file),
      format: 'esm',
      // CommonJS packages in an ES module want a `require` for the modules of Node.
      banner: {
        js: "import { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);",
      },
    }),
  ),
]);
mkdirSync(DIST, { recursive: true });
for (const old of ['causette.js', 'causette.cache']) rmSync(join(DIST, old), { force: true });
// `bin/causette.js` reads one byte a character. What esbuild leaves as it is (tagged templates, regular expressions) says the
// same when escaped.
const code = results[0].outputFiles[0].text
  .replace(/[^\0-\x7f]/g, char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
  // A script cannot import by itself without a warning on the terminal; who runs it hands over how.
  .replace(/(?<![\w$.])import\(/g, '__import(');
// V8 compares nothing but the length of a script with what was compiled from one; `bin/causette.js` compares this.
const mark = createHash('sha256').update(code).digest('hex').slice(0, 16);
writeFileSync(join(DIST, 'causette.cjs'), `//${mark}\n${code}`);
writeFileSync(join(DIST, 'NOTICE'), notice(results.flatMap(result => Object.keys(result.metafile.inputs))));

const warmed = spawnSync(process.execPath, [join(ROOT, 'warm-up.mjs'), DIST], { encoding: 'utf8' });
// The program works without; it only starts slower.
if (warmed.status !== 0) console.log(`Nothing was compiled in advance: ${warmed.stderr.trim()}`);
