/** Numbered lines both ways, one-to-one and in a room, through cuts at any byte, black holes, outages and restarts of the server: none lost, none twice, all in order. `long.ts` does it for hours. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { complaints, runOrdeal, SERVERS } from './ordeal.js';

const SEED = Number(process.env['CAUSETTE_CUT_SEED'] ?? 7);
const MESSAGES = Number(process.env['CAUSETTE_CUT_MESSAGES'] ?? 30);

for (const [name, server] of Object.entries(SERVERS)) {
  test(`${MESSAGES} lines each way in two places; the server ${name} (seed ${SEED})`, async () => {
    const report = await runOrdeal({
      seed: SEED,
      messages: MESSAGES,
      paceMs: 50,
      bytes: [1500, 15_000],
      outages: 1,
      outageMs: 1300,
      restarts: 1,
      server,
    });
    assert.deepEqual(complaints(report), []);
    assert.equal(report.failed, 0, 'nothing had to be sent again by hand');
    assert.ok(report.cuts > 0, 'there were cuts');
  });
}
