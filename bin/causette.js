#!/usr/bin/env node
// Starts the built program; nothing else, so that start-up stays short. CommonJS (see package.json beside it): Node takes
// 20 ms longer before the first line of an ES module.
const { readFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');
const { setFlagsFromString } = require('node:v8');
const { Script } = require('node:vm');

// Options for Node are not ours: whoever sets them can run anything in this process, but what we start does not inherit them.
delete process.env.NODE_OPTIONS;

const filename = join(__dirname, '..', 'dist', 'causette.cjs');
const url = pathToFileURL(filename);
const code = readFileSync(filename, 'latin1');
let cachedData;
try {
  // What V8 compiled when this was built: for this script only; whether for this Node, V8 looks itself.
  const cache = readFileSync(join(filename, '..', 'causette.cache'));
  if (cache.latin1Slice(0, 16) === code.slice(2, 18)) cachedData = cache.subarray(16);
} catch {
  // Everything works without, some 50 ms slower.
}
const load = name => import(name.startsWith('./') ? new URL(name, url).href : name);
const script = new Script(code, { filename, cachedData });
// Behind the cache, which is good only for the flags it was made with. A small young generation: pauses of 1 ms instead of 10.
// A V8 that does not know a flag would say so on the terminal.
if (Number.parseInt(process.versions.v8, 10) < 14) {
  setFlagsFromString('--semi-space-growth-factor=1');
  // With so little to do, waiting for a helper that a busy machine does not run takes longer than the work.
  setFlagsFromString('--no-parallel-scavenge');
}
script.runInThisContext()(createRequire(filename), url.href, load);
