/** A process of its own that stores messages, says each number when it is kept, and is killed by itself in the middle. */
import { writeSync } from 'node:fs';
import { createState } from '../../src/config/state.js';
import { parseBareJid } from '../../src/lib/jid.js';
import { cleanBody, cleanIdentifier } from '../../src/lib/text.js';
import { systemClock } from '../../src/lib/time.js';
import { openAccount } from '../../src/storage/account.js';

const [, , data = '', round = ''] = process.argv;
const me = parseBareJid('me@example.test');
const room = parseBareJid('lobby@rooms.test');
if (me === undefined || room === undefined) throw new Error('no address');
const account = await openAccount(me, () => {}, { data, clock: systemClock, createState });
/** So many are kept before it is killed, however slow the machine is. */
const LEAST = 60;
for (let n = 1; ; n++) {
  account?.history.add(
    room,
    {
      kind: 'message',
      seq: n,
      rev: 1,
      at: n,
      sender: { name: cleanIdentifier('romeo') },
      self: false,
      body: cleanBody(`${round}-${n}`),
      action: false,
      source: 'live',
      highlight: false,
    },
    'end',
  );
  writeSync(1, `${n}\n`);
  if (n === LEAST) setTimeout(() => process.kill(process.pid, 'SIGKILL'), Number(round) * 37);
  if (n % 50 === 0) await new Promise(resolve => setImmediate(resolve));
}
