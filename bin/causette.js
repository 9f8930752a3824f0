#!/usr/bin/env node
// Starts the built program; nothing else, so that start-up stays short.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';

const url = new URL('../dist/causette.cjs', import.meta.url);
const filename = fileURLToPath(url);
const code = readFileSync(filename, 'latin1');
let cachedData;
try {
  // What V8 compiled when this was built: for this script only; whether for this Node, V8 looks itself.
  const cache = readFileSync(new URL('causette.cache', url));
  if (cache.latin1Slice(0, 16) === code.slice(2, 18)) cachedData = cache.subarray(16);
} catch {
  // Everything works without, some 50 ms slower.
}
const load = name => import(name.startsWith('./') ? new URL(name, url).href : name);
new Script(code, { filename, cachedData }).runInThisContext()(createRequire(url), url.href, load);
