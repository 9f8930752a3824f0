/** Scenario `search`: a million messages, what each key costs while a query is typed; then the same without SQLite. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createState } from '../../src/config/state.js';
import { matcherOf, parseQuery } from '../../src/model/history.js';
import { createTextKeep } from '../../src/storage/text-keep.js';
import type { Keep } from '../../src/storage/types.js';
import { median } from './process.js';
import { OURS, type Row } from './report.js';
import { logsOf, manySaid } from './said.js';
import type { Load } from './scenario.js';

const MANY = 1_000_000;
const QUICK = 100_000;
const MANY_LINES = 100_000;
const BUDGET_MS = 50;
const QUERIES = [
  'xylophone',
  'quiten malshu',
  'from:ba quiing',
  'in:room299 shu vor',
  'before:2019-06 tenbari',
  'zq',
  '龘',
  '中',
  '中文',
  'shulontion ri ing',
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

function rowsOf(title: string, keys: readonly Key[], budget: number | undefined): readonly Row[] {
  const worst = keys.reduce((a, b) => (b.cpu > a.cpu ? b : a));
  const longest = keys.reduce((a, b) => (b.turn > a.turn ? b : a));
  return [
    {
      title: `${title}, median key`,
      unit: 'ms',
      cells: [{ who: OURS, value: median(keys.map(key => key.cpu)) }],
      meaning: `CPU time of the whole search at a key, while ${QUERIES.length} queries are typed: words, parts of words, Chinese, from:, in:, before:, since:; ${keys.length} keys.`,
    },
    {
      title: `${title}, worst key`,
      unit: 'ms',
      budget,
      cells: [{ who: OURS, value: worst.cpu }],
      meaning: `The most that a key cost: “${worst.line}”, ${worst.hits} found. The longest that the keyboard waited for a part of a search: ${longest.turn.toFixed(1)} ms.`,
    },
  ];
}

export async function search({ quick }: Load): Promise<readonly Row[]> {
  const many = quick ? QUICK : MANY;
  const rows: Row[] = [];
  const keep = await manySaid(many);
  if (keep === undefined) console.log('\nNo SQLite here: search is measured in text logs alone.');
  else {
    typeAll(keep);
    const keys = typeAll(keep);
    rows.push(...rowsOf(`search in ${many} messages`, keys, BUDGET_MS), {
      title: `search in ${many} messages, memory`,
      unit: 'MB',
      cells: [{ who: OURS, value: process.memoryUsage.rss() / 1e6 }],
      meaning: 'Resident memory of the process that searches, which here is the bench itself.',
    });
    for (const key of keys.filter(one => one.cpu > BUDGET_MS)) {
      console.log(`  over the budget: “${key.line}” ${key.cpu.toFixed(0)} ms, ${key.hits} found`);
    }
    keep.close();
  }
  const folder = mkdtempSync(join(tmpdir(), 'causette-bench-logs-'));
  try {
    for (const [name, text] of logsOf(MANY_LINES)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    const keys = typeAll(createTextKeep(folder, createState(undefined)));
    rows.push(...rowsOf(`search in ${MANY_LINES} lines of text logs`, keys, undefined));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return rows;
}
