/** Plugins that misbehave are contained, counted, disabled, and leave nothing behind. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createRig, type Rig } from '../helpers/run-command.js';

const FOLDER = fileURLToPath(new URL('../fixtures/plugins', import.meta.url));
const ROOM = 'lobby@muc.test';

async function rigWith(...names: readonly string[]): Promise<Rig> {
  const rig = createRig({ core: { pluginFolder: FOLDER } });
  rig.enter(ROOM, ['nemo']);
  for (const name of names) await rig.core.api.plugins.load(name);
  return rig;
}
const factsOf = (rig: Rig, name: string) => rig.core.api.plugins.list.find(one => one.name === name);
const turn = () => new Promise(resolve => setImmediate(resolve));

test('a throwing listener and filter let the message through and are counted', async () => {
  const rig = await rigWith('throws');
  rig.wire.message(`${ROOM}/nemo`, 'hi');
  assert.equal(rig.core.store.room(ROOM as never)?.log.last()?.kind, 'message');
  assert.equal(factsOf(rig, 'throws')?.faults, 2);
  assert.equal(await rig.run('/throw'), false);
  assert.match(rig.lastNotice(), /internal error/);
});

test('a tab that cannot be drawn shows that instead', async () => {
  const rig = await rigWith('throws');
  rig.core.api.tabs.open('throwing');
  const { view } = rig.core.shell.current();
  assert.equal(view.type === 'text' && view.rows[0]?.[0]?.text.includes('cannot be shown'), true);
});

test('a rejected promise of a listener is counted', async () => {
  const rig = await rigWith('rejects');
  rig.wire.message(`${ROOM}/nemo`, 'hi');
  await turn();
  assert.equal(factsOf(rig, 'rejects')?.faults, 1);
});

test('five faults in a minute disable a plugin with one notice, and its timers are gone', async () => {
  const rig = await rigWith('timer');
  const pending = rig.clock.pending;
  rig.clock.advance(10_000);
  assert.equal(factsOf(rig, 'timer')?.state, 'disabled');
  assert.equal(factsOf(rig, 'timer')?.faults, 5);
  assert.equal(rig.notices().filter(one => one.includes('disabled')).length, 1);
  assert.match(rig.notices().at(-1) ?? '', /\/plugin load timer/);
  assert.equal(rig.clock.pending < pending, true);
});

test('what a plugin started is known as its own', async () => {
  const rig = await rigWith('timer');
  const owner = await new Promise<string>(resolve => {
    Object.assign(globalThis, {
      causetteStray: () => {
        assert.equal(rig.core.handleStray(new Error('stray')), true);
        resolve(rig.core.ownerOf());
      },
    });
    void rig.run('/stray');
  });
  assert.equal(owner, 'plugin:timer');
  assert.equal(factsOf(rig, 'timer')?.faults, 1);
  assert.equal(rig.core.handleStray(new Error('ours')), false);
});

test('a slow listener is remarked on for developers', async () => {
  const rig = await rigWith('slow');
  Object.assign(globalThis, { causetteSlow: () => rig.clock.advance(80) });
  rig.wire.message(`${ROOM}/nemo`, 'hi');
  assert.equal(factsOf(rig, 'slow')?.slowestMs, 80);
  assert.ok(rig.debugged.some(line => line.includes('plugin:slow took 80 ms')));
});

test('a setup that never ends is given up and what it registered is undone', async () => {
  const rig = await rigWith();
  const before = rig.core.registered();
  const loading = rig.core.api.plugins.load('setup-hangs');
  const refused = assert.rejects(loading, /did not finish its setup within 2 s/);
  while (rig.core.api.commands.find('hanging') === undefined) await turn();
  rig.clock.advance(2000);
  await refused;
  assert.deepEqual(rig.core.registered(), before);
  assert.equal(factsOf(rig, 'setup-hangs')?.state, 'failed');
});

test('unloading leaves the registries as they were', async () => {
  const rig = await rigWith();
  const before = rig.core.registered();
  const timers = rig.clock.pending;
  for (const name of ['timer', 'throws', 'rejects']) await rig.core.api.plugins.load(name);
  rig.core.api.tabs.open('timer');
  assert.equal(rig.core.api.config.get('plugins.timer.loud'), true);
  assert.notDeepEqual(rig.core.registered(), before);
  for (const name of ['timer', 'throws', 'rejects']) await rig.core.api.plugins.unload(name);
  assert.deepEqual(rig.core.registered(), before);
  assert.equal(rig.clock.pending, timers);
  assert.equal(
    rig.core.api.tabs.list.some(one => one.kind === 'timer'),
    false,
  );
  await rig.core.api.plugins.load('timer');
  assert.equal(factsOf(rig, 'timer')?.state, 'loaded');
});

test('a plugin that is not there is refused with the nearest name', async () => {
  const rig = await rigWith();
  await assert.rejects(rig.core.api.plugins.load('tiemr'), { hint: 'Did you mean timer?' });
});
