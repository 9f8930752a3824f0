/** Scenario `search`: a million messages, what each key costs while a query is typed; then the same without SQLite. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createState } from '../../src/config/state.js';
import { matcherOf, parseQuery } from '../../src/model/history.js';
import { createTextKeep } from '../../src/storage/text-keep.js';
import type { Keep } from '../../src/storage/types.js';
import { printScenario } from './report.js';
import { logsOf, manySaid } from './said.js';

const MANY = 1_000_000;
const MANY_LINES = 200_000;
const BUDGET_MS = 50;
const QUERIES = [
  'xylophone',
  'quiten malshu',
  'from:ba quiing',
  'in:room299 shu vor',
  'before:2019-06 tenbari',
  'zq',
  '龘',
  '中文',
  'nowherefound',
  'from:me since:2023 estlon',
];

interface Key {
  readonly line: string;
  readonly cpu: number;
  readonly turn: number;
  readonly hits: number;
}

/** All of the search for what is typed so far, at each key: CPU of the whole, and the longest the keyboard waited. */
function typeAll(keep: Keep): Key[] {
  const keys: Key[] = [];
  for (const query of QUERIES) {
    for (let length = 1; length <= query.length; length++) {
      const line = query.slice(0, length);
      const asked = parseQuery(line, Date.UTC(2026, 10, 22));
      if (asked.words.length === 0 && asked.from === undefined && asked.in === undefined && asked.since === undefined)
        continue;
      const cpu = process.cpuUsage();
      let hits = 0;
      let turn = 0;
      const search = keep.search(asked, matcherOf(asked));
      for (;;) {
        const begun = process.cpuUsage();
        const next = search.next();
        const spent = process.cpuUsage(begun);
        turn = Math.max(turn, (spent.user + spent.system) / 1000);
        if (next.done === true) break;
        hits += next.value.length;
      }
      const { user, system } = process.cpuUsage(cpu);
      keys.push({ line, cpu: (user + system) / 1000, turn, hits });
    }
  }
  return keys;
}

function print(title: string, keys: readonly Key[]): void {
  const worst = keys.reduce((a, b) => (b.cpu > a.cpu ? b : a));
  const longest = keys.reduce((a, b) => (b.turn > a.turn ? b : a));
  const sorted = keys.map(key => key.cpu).toSorted((a, b) => a - b);
  printScenario(title, 'ms', [
    { who: 'median', value: sorted[sorted.length >> 1] ?? 0, note: `${keys.length} keys` },
    { who: 'worst', value: worst.cpu, note: `“${worst.line}”, ${worst.hits} found` },
    { who: 'longest turn', value: longest.turn, note: `“${longest.line}”` },
  ]);
}

export async function search(): Promise<void> {
  const keep = await manySaid(MANY);
  if (keep === undefined) console.log('\nNo SQLite here: search is measured in text logs alone.');
  else {
    typeAll(keep);
    const keys = typeAll(keep);
    print(`Search in ${MANY} messages, CPU of a key (budget ${BUDGET_MS})`, keys);
    for (const key of keys.filter(one => one.cpu > BUDGET_MS)) {
      console.log(`  over the budget: “${key.line}” ${key.cpu.toFixed(0)} ms, ${key.hits} found`);
    }
    console.log(`  memory ${(process.memoryUsage.rss() / 1e6).toFixed(0)} MB`);
    keep.close();
  }
  const folder = mkdtempSync(join(tmpdir(), 'causette-bench-logs-'));
  try {
    for (const [name, text] of logsOf(MANY_LINES)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    print(
      `Search in ${MANY_LINES} lines of text logs alone, CPU of a key`,
      typeAll(createTextKeep(folder, createState(undefined))),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
