/** `node --import tsx test/history/long.ts [messages] [first seed] [rounds]`: the ordeal with all its disasters, and the kills, seed after seed; prints what was done and what is wrong. */
import { runKills } from './killed.js';
import { complaints, type Report, runOrdeal, SERVERS } from './ordeal.js';

const [messages = 1000, seed = 1, rounds = 1] = process.argv.slice(2).map(Number);
let wrong = 0;

const show = (what: string, began: number, report: Report): void => {
  const { verdicts, ...done } = report;
  const list = Object.entries(done).map(([name, count]) => `${count} ${name}`);
  const found = complaints(report);
  wrong += found.length + report.failed;
  console.log(`${what}: ${list.join(', ')}; ${Math.round((Date.now() - began) / 1000)} s`);
  console.log(
    found.length === 0 ? `  lost 0, doubled 0, reordered 0 in ${verdicts.size} places` : `  ${found.join('\n  ')}`,
  );
};

for (let round = 0; round < rounds; round++) {
  for (const [name, server] of Object.entries(SERVERS)) {
    const began = Date.now();
    const report = await runOrdeal({
      seed: seed + round,
      messages,
      paceMs: 60,
      bytes: [1500, 12_000],
      outages: Math.ceil(messages / 60),
      outageMs: 1300,
      restarts: Math.ceil(messages / 100),
      server,
    });
    show(`seed ${seed + round}, ${messages} lines each way in two places, the server ${name}`, began, report);
  }
  const began = Date.now();
  const report = await runKills({
    seed: seed + round,
    kills: 10,
    messages: Math.ceil(messages / 2),
    paceMs: 60,
    bytes: [8000, 60_000],
  });
  show(
    `seed ${seed + round}, ${Math.ceil(messages / 2)} lines of the other side in two places, the program killed`,
    began,
    report,
  );
}
process.exit(wrong === 0 ? 0 : 1);
