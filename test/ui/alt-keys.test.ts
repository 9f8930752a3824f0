/** Keys with Alt where the terminal makes letters of them (xterm, mlterm as delivered): switched over, and back at the end. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { altModeOff } from '../../src/ui/device.js';
import { createFakeApp, createFakeLog, fakeTab, logView } from '../helpers/expect-screen.js';

const ANSWERS: readonly (readonly [answer: string, mode: number | undefined])[] = [
  ['\x1b[?1036;2$y', 1036],
  ['\x1b[?1039;2$y', 1039],
  ['\x1b[?1036;1$y', undefined],
  ['\x1b[?1036;0$y', undefined],
  ['\x1b[?1036;4$y', undefined],
  ['\x1b[?2026;2$y', undefined],
];
for (const [answer, mode] of ANSWERS) {
  test(`${JSON.stringify(answer)} ${mode === undefined ? 'changes nothing' : `switches ${mode} on until the end`}`, async () => {
    assert.equal(altModeOff(answer), mode);
    const app = await createFakeApp([fakeTab(1, 'hall', logView(createFakeLog()))], { env: { TERM: 'xterm' } });
    assert.match(app.tty.takeOutput(), /\x1b\[\?1036\$p\x1b\[\?1039\$p/);
    await app.type(answer);
    assert.deepEqual(
      app.tty.takeOutput().match(/\x1b\[\?103[69]h/g) ?? [],
      mode === undefined ? [] : [`\x1b[?${mode}h`],
    );
    app.close();
    assert.deepEqual(
      app.tty.takeOutput().match(/\x1b\[\?103[69]l/g) ?? [],
      mode === undefined ? [] : [`\x1b[?${mode}l`],
    );
  });
}
