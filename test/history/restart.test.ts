/** History over restarts with a real Prosody: kept, caught up, in order, once; unread kept; older pages from the archive. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { startWorld, type World } from '../helpers/world.js';
import { type Client, startClient } from './rig.js';

let world: World;
let data: string;
const ROMEO = 'romeo@example.test';
const JULIET = 'juliet@example.test';
before(async () => {
  world = await startWorld({ users: { romeo: 'orchard', juliet: 'balcony', benvolio: 'verona' } });
  data = mkdtempSync(join(tmpdir(), 'causette-history-'));
});
after(() => world.stop());

const start = (room?: string): Promise<Client> =>
  startClient({
    data,
    account: ROMEO,
    password: 'orchard',
    host: world.prosody.host,
    port: world.prosody.port,
    caFile: world.prosody.caFile,
    ...(room !== undefined && { room }),
  });
const numbered = (name: string, from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => `${name} ${from + i}`);

describe('with an account', () => {
  test('what comes while nobody is there is not lost, even if nothing was there before', async () => {
    const juliet = await world.peerWithAccount('juliet', 'balcony');
    const fresh = {
      data: mkdtempSync(join(tmpdir(), 'causette-history-')),
      account: 'benvolio@example.test',
      password: 'verona',
      host: world.prosody.host,
      port: world.prosody.port,
      caFile: world.prosody.caFile,
    };
    let benvolio = await startClient(fresh);
    await benvolio.until(() => existsSync(join(fresh.data, 'benvolio@example.test', 'history.db')), 'the store');
    await benvolio.stop();
    juliet.message('benvolio@example.test', 'are you there');
    benvolio = await startClient(fresh);
    await benvolio.until(() => benvolio.bodies(JULIET).length > 0, 'the message');
    assert.deepEqual(benvolio.bodies(JULIET), ['are you there']);
    await benvolio.stop();
    await juliet.close();
  });

  test('what was said is there after a restart, and what was missed is put behind it, once', async () => {
    const juliet = await world.peerWithAccount('juliet', 'balcony');
    let romeo = await start();
    for (const text of numbered('a', 1, 5)) juliet.message(ROMEO, text);
    await romeo.until(() => romeo.bodies(JULIET).length === 5, 'five messages');
    romeo.core.store.openChat(JULIET as never);
    await romeo.core.api.chats.say(JULIET as never, 'from romeo');
    await romeo.until(() => romeo.entries(JULIET).at(-1)?.delivery === 'sent', 'the acknowledgement');
    await romeo.stop();
    for (const text of numbered('b', 1, 130)) juliet.message(ROMEO, text);
    romeo = await start();
    await romeo.until(() => romeo.bodies(JULIET).includes('b 130'), 'what was missed');
    assert.deepEqual(romeo.bodies(JULIET), [...numbered('a', 1, 5), 'from romeo', ...numbered('b', 1, 130)]);
    assert.equal(romeo.core.store.chat(JULIET as never)?.unread.count, 130);
    await romeo.stop();
    romeo = await start();
    romeo.core.store.openChat(JULIET as never);
    assert.equal(romeo.bodies(JULIET).at(-1), 'b 130');
    assert.equal(romeo.core.store.chat(JULIET as never)?.unread.count, 130, 'unread is kept');
    romeo.core.store.markRead(JULIET as never);
    await romeo.stop();
  });

  test('older talk comes from the archive when nothing of it is here', async () => {
    const juliet = await world.peerWithAccount('juliet', 'balcony');
    const elsewhere = await startClient({
      data: mkdtempSync(join(tmpdir(), 'causette-history-')),
      account: ROMEO,
      password: 'orchard',
      host: world.prosody.host,
      port: world.prosody.port,
      caFile: world.prosody.caFile,
    });
    elsewhere.core.store.openChat(JULIET as never);
    assert.deepEqual(elsewhere.bodies(JULIET), []);
    const view = elsewhere.core.shell;
    elsewhere.core.api.tabs.openChat(JULIET as never);
    const older = (): void => {
      const shown = view.current().view;
      if (shown.type === 'log') shown.older?.();
    };
    for (let count = 0; count < 136; ) {
      older();
      // A page holds receipts too, which nobody sees.
      await elsewhere.until(() => elsewhere.bodies(JULIET).length > count, 'a page');
      count = elsewhere.bodies(JULIET).length;
    }
    assert.deepEqual(elsewhere.bodies(JULIET), [...numbered('a', 1, 5), 'from romeo', ...numbered('b', 1, 130)]);
    assert.equal(elsewhere.core.store.chat(JULIET as never)?.unread.count, 0);
    await elsewhere.stop();
    await juliet.close();
  });

  test('in a room too: kept, caught up behind what is live, no line twice', async () => {
    const { room } = world;
    const juliet = await world.peerWithAccount('juliet', 'balcony');
    await juliet.joinRoom(room, 'juliet');
    let romeo = await start(`${room}/romeo`);
    for (const text of numbered('c', 1, 5)) await juliet.say(room, text);
    await romeo.until(() => romeo.bodies(room).length === 5, 'five lines');
    await romeo.core.api.chats.say(room as never, 'romeo was here');
    await romeo.until(() => romeo.entries(room).at(-1)?.delivery === 'sent', 'the echo');
    await romeo.stop();
    for (const text of numbered('d', 1, 60)) await juliet.say(room, text);
    romeo = await start(`${room}/romeo`);
    await juliet.say(room, 'live');
    await romeo.until(
      () => romeo.bodies(room).includes('live') && romeo.bodies(room).length >= 67,
      'everything of the room',
    );
    assert.deepEqual(romeo.bodies(room), [...numbered('c', 1, 5), 'romeo was here', ...numbered('d', 1, 60), 'live']);
    await romeo.stop();
    romeo = await start();
    romeo.core.store.openChat(room as never, 'room');
    assert.deepEqual(romeo.bodies(room), [...numbered('c', 1, 5), 'romeo was here', ...numbered('d', 1, 60), 'live']);
    await romeo.stop();
    await juliet.close();
  });

  test('lines that a kill left behind arrive exactly once after the next start, in order', async () => {
    const juliet = await world.peerWithAccount('juliet', 'balcony');
    let romeo = await start();
    const chat = romeo.core.store.openChat(JULIET as never).id;
    for (const text of numbered('k', 1, 3)) await romeo.core.api.chats.say(chat, text);
    await juliet.heard('k 3');
    // Acknowledged or not: the next run has to find out.
    romeo.kill();
    romeo = await start();
    await romeo.until(
      () =>
        romeo
          .entries(JULIET)
          .slice(-3)
          .every(one => one.delivery === 'sent'),
      'the answer of the archive',
    );
    romeo.core.store.openChat(JULIET as never);
    await romeo.core.api.chats.say(chat, 'k 4');
    await juliet.heard('k 4');
    await romeo.stop();
    const heard = juliet.stanzas.flatMap(one => one.getChildText('body') ?? []).filter(body => body.startsWith('k '));
    assert.deepEqual(heard, numbered('k', 1, 4));
    await juliet.close();
  });

  test('lines typed without a connection go out after a restart', async () => {
    const juliet = await world.peerWithAccount('juliet', 'balcony');
    let romeo = await start();
    const chat = romeo.core.store.openChat(JULIET as never).id;
    await world.prosody.halt('SIGKILL');
    await romeo.until(() => romeo.core.store.session.status !== 'online', 'the loss');
    for (const text of numbered('o', 1, 3)) await romeo.core.api.chats.say(chat, text);
    romeo.core.shell.typed('');
    romeo.core.api.tabs.openChat(chat);
    romeo.core.shell.typed('half a sen');
    await romeo.stop();
    await world.prosody.resume();
    const again = await world.peerWithAccount('juliet', 'balcony');
    romeo = await start();
    await again.heard('o 3');
    romeo.core.api.tabs.openChat(chat);
    assert.equal(romeo.core.shell.draft?.(romeo.core.api.tabs.current.id), 'half a sen');
    await romeo.stop();
    const heard = again.stanzas.flatMap(one => one.getChildText('body') ?? []).filter(body => body.startsWith('o '));
    assert.deepEqual(heard, numbered('o', 1, 3));
    await juliet.close().catch(() => undefined);
    await again.close();
  });
});
