/** A process of its own, of somebody who may read but not write: opens an account and says what it got. */
import { createState } from '../../src/config/state.js';
import { parseBareJid } from '../../src/lib/jid.js';
import { systemClock } from '../../src/lib/time.js';
import { openAccount } from '../../src/storage/account.js';

const [, , data = '', me = '', room = ''] = process.argv;
const [account, chat] = [parseBareJid(me), parseBareJid(room)];
if (account === undefined || chat === undefined) throw new Error('no address');
const problems: string[] = [];
// Everything is loaded: what follows is done as nobody.
process.once('uncaughtException', error => console.log(error.stack));
await openAccount(account, () => {}, { data: '/dev/null', clock: systemClock, createState });
if (process.getuid?.() === 0) {
  process.setgid?.(65_534);
  process.setuid?.(65_534);
}
const opened = await openAccount(account, text => void problems.push(text), { data, clock: systemClock, createState });
console.log(`writable ${opened?.writable}`);
for (const entry of opened?.history.page(chat, 10) ?? []) console.log(entry.body);
for (const text of problems) console.log(text.split(',')[0]);
opened?.close();
