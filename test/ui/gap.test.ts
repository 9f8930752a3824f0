import assert from 'node:assert/strict';
import { test } from 'node:test';
import { span } from '../../src/lib/span.js';
import { safe } from '../../src/lib/text.js';
import { createFakeApp, createFakeLog, createFakeShell, fakeTab, logView } from '../helpers/expect-screen.js';

const UP = '\x1b[1;3A';

test('a mark where something is missing is chosen like a message, and Enter asks again', async () => {
  const log = createFakeLog();
  log.say('ana', 'before');
  log.add({
    kind: 'notice',
    seq: 1,
    rev: 1,
    at: 0,
    level: 'warning',
    rows: [[span('notice.warning', safe`Something may be missing here`)]],
    command: '/history fill',
  });
  // What has nothing to do is passed over.
  log.add({ kind: 'notice', seq: 2, rev: 1, at: 0, level: 'info', rows: [[span('notice.info', safe`words`)]] });
  log.say('bob', 'after');
  const tabs = [fakeTab(1, 'room', logView(log))];
  const shell = createFakeShell(tabs);
  const app = await createFakeApp(tabs, { rows: 12, columns: 70, shell });
  shell.wanted = chord => {
    if (chord !== 'alt-up') return false;
    app.ui.port.focus('previous');
    return true;
  };
  await app.type(UP);
  assert.equal(app.ui.port.focused(), 3);
  await app.type(UP);
  assert.equal(app.ui.port.focused(), 1);
  await app.type('\r');
  assert.deepEqual(shell.submitted.at(-1), '/history fill');
  assert.equal(app.ui.port.focused(), undefined);
  app.close();
});
