/** The built program, killed with SIGKILL in the middle of a talk and started again: what was typed and heard is there once and in order, on every side. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runKills } from './killed.js';
import { complaints } from './ordeal.js';

const SEED = Number(process.env['CAUSETTE_CUT_SEED'] ?? 7);
const KILLS = Number(process.env['CAUSETTE_CUT_KILLS'] ?? 2);

test(`killed ${KILLS} times, nothing is lost, doubled or out of order (seed ${SEED})`, async () => {
  const report = await runKills({
    seed: SEED,
    kills: KILLS,
    messages: 40 * KILLS,
    paceMs: 40,
    bytes: [20_000, 90_000],
  });
  assert.deepEqual(complaints(report), []);
  assert.equal(report.kills, KILLS);
});
