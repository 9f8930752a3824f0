import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDisposables } from '../../src/lib/disposables.js';
import { createEmitter } from '../../src/lib/emitter.js';
import { createHooks, DROP } from '../../src/lib/hooks.js';

interface Events {
  'thing:done': [name: string];
}
interface Table {
  'line:submit': string;
}

test('a listener that throws is charged to its owner and the next is called', () => {
  const faults: string[] = [];
  const heard: string[] = [];
  const emitter = createEmitter<Events>({
    onFault: (owner, error) => faults.push(`${owner}: ${(error as Error).message}`),
  });
  emitter.on(
    'thing:done',
    () => {
      throw new Error('no');
    },
    'plugin:bad',
  );
  emitter.on('thing:done', name => heard.push(name));
  emitter.emit('thing:done', 'a');
  assert.deepEqual(heard, ['a']);
  assert.deepEqual(faults, ['plugin:bad: no']);
});

test('a rejected promise of a listener is a fault too', async () => {
  const faults: string[] = [];
  const emitter = createEmitter<Events>({ onFault: owner => faults.push(owner) });
  emitter.on('thing:done', () => Promise.reject(new Error('late')), 'plugin:late');
  emitter.emit('thing:done', 'a');
  await Promise.resolve();
  await Promise.resolve();
  assert.deepEqual(faults, ['plugin:late']);
});

test('undo takes a listener away, also during the event', () => {
  const heard: string[] = [];
  const emitter = createEmitter<Events>({ onFault: () => {} });
  const undo: () => void = emitter.on('thing:done', () => {
    undo();
  });
  emitter.on('thing:done', name => heard.push(name));
  emitter.once('thing:done', name => heard.push(`once ${name}`));
  emitter.emit('thing:done', 'a');
  emitter.emit('thing:done', 'b');
  assert.deepEqual(heard, ['a', 'once a', 'b']);
  assert.equal(emitter.count(), 1);
});

test('filters run by slot, and the first that drops ends it', () => {
  const hooks = createHooks<Table>({ onFault: () => {} });
  hooks.filter('line:submit', line => `${line} last`, { slot: 'last' });
  hooks.filter('line:submit', line => `${line} normal`);
  const undo = hooks.filter('line:submit', line => `${line} first`, { slot: 'first' });
  hooks.filter('line:submit', () => {});
  assert.equal(hooks.run('line:submit', 'x'), 'x first normal last');
  undo();
  hooks.filter('line:submit', () => DROP, { slot: 'first' });
  assert.equal(hooks.run('line:submit', 'x'), DROP);
});

test('a filter at fault is skipped, and one that promises where it must answer is at fault', async () => {
  const faults: string[] = [];
  const hooks = createHooks<Table>({ onFault: owner => faults.push(owner) });
  hooks.filter(
    'line:submit',
    () => {
      throw new Error('no');
    },
    { owner: 'plugin:a' },
  );
  hooks.filter('line:submit', async line => `${line}!`, { owner: 'plugin:b' });
  assert.equal(hooks.run('line:submit', 'x'), 'x');
  assert.deepEqual(faults, ['plugin:a', 'plugin:b']);
  assert.equal(await hooks.runAsync('line:submit', 'x'), 'x!');
});

test('disposables are undone in reverse, each once, whatever throws', () => {
  const order: number[] = [];
  const faults: unknown[] = [];
  const bag = createDisposables(error => faults.push(error));
  bag.add(() => order.push(1));
  bag.add(() => {
    throw new Error('no');
  });
  const early = bag.add(() => order.push(3));
  early();
  early();
  bag.dispose();
  bag.dispose();
  bag.add(() => order.push(4));
  assert.deepEqual(order, [3, 1, 4]);
  assert.equal(faults.length, 1);
});
