/** A process of its own that raises a number in a file, and sets options of its own in settings that others set too. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createConfig } from '../../src/config/config.js';
import { withLock } from '../../src/config/with-lock.js';
import { systemClock } from '../../src/lib/time.js';

const [, , folder = '', times = '0', option = '', value = ''] = process.argv;
const file = join(folder, 'number');
for (let i = 0; i < Number(times); i++) {
  withLock(`${file}.lock`, () => writeFileSync(file, String(Number(readFileSync(file, 'utf8')) + 1)));
}
const config = createConfig({
  file: join(folder, 'config.toml'),
  clock: systemClock,
  onProblem: sentence => {
    throw new Error(sentence);
  },
});
config.set(option, value);
await config.flush();
