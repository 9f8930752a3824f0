/** Several accounts in one process: one row of tabs, lines and keys to the right one, each with its own trouble. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { defineCommand, definePlugin, safe } from '../../src/api.js';
import account from '../../src/commands/account.js';
import join from '../../src/commands/join.js';
import win from '../../src/commands/win.js';
import { wantedAccounts } from '../../src/core/account-wishes.js';
import { bare } from '../helpers/fake-wire.js';
import { createSeveral, type Several } from '../helpers/several-accounts.js';

const ROOM = 'lobby@muc.test';
const settle = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

/** Romeo and Juliet, both in the same room, each there with a tab of its own; Romeo's start tab is shown. */
function couple(options: Parameters<typeof createSeveral>[0] = {}): Several {
  const set = { 'account.jid': 'romeo@a.test', ...options.set };
  const several = createSeveral({ commands: [account, win, join], ...options, set });
  for (const [i, name] of ['romeo', 'juliet'].entries()) {
    const core = several.open(i === 0 ? 'main' : { jid: bare(`${name}@a.test`) }, `${name}@a.test`);
    several.wires[i]?.enter(ROOM, name, ['nemo']);
    core.api.tabs.openChat(bare(ROOM), { background: true });
  }
  // What is said at the start is older than what follows.
  several.clock.advance(1000);
  return several;
}
const go = (several: Several, number: number): unknown => several.accounts.shown.api.tabs.go(number);
const shownJid = (several: Several): string | undefined =>
  several.accounts.shown.api.session.facts.jid?.replace(/\/.*/, '');

test('the tabs of all accounts are one row with running numbers, and bear a mark', () => {
  const several = couple();
  assert.deepEqual(several.tabs(), ['1r:start', '2r:lobby', '3j:start', '4j:lobby']);
});

test('one account alone bears no mark, and its bar says what it always said', () => {
  const several = createSeveral();
  several.open('main', 'romeo@a.test');
  assert.deepEqual(several.tabs(), ['1:start']);
  assert.deepEqual(several.bar(), ['romeo@a.test [not encrypted]', '']);
});

test('a line goes out as the account of the tab, and so does a command', async () => {
  const several = couple();
  const [romeo, juliet] = several.wires;
  go(several, 4);
  await several.run('by juliet');
  go(several, 2);
  await several.run('by romeo');
  assert.deepEqual(
    [romeo, juliet].map(wire => wire?.said.map(one => one.body)),
    [['by romeo'], ['by juliet']],
  );
  go(several, 3);
  await several.run('/join garden@muc.test/jul');
  assert.deepEqual(juliet?.calls.at(-1)?.slice(0, 3), ['muc.join', 'garden@muc.test', 'jul']);
  assert.equal(
    romeo?.calls.some(call => call[0] === 'muc.join'),
    false,
  );
  assert.equal(several.tabs().at(-1), '5j:garden');
});

test('/account NAME runs one line as another, and what it answers is seen from here', async () => {
  const several = couple();
  await several.run('/account juliet /join garden@muc.test/jul');
  assert.deepEqual(several.wires[1]?.calls.at(-1)?.slice(0, 3), ['muc.join', 'garden@muc.test', 'jul']);
  go(several, 1);
  await several.run('/account j /win nowhere-at-all');
  assert.equal(shownJid(several), 'romeo@a.test');
  assert.match(several.info().at(-1) ?? '', /^juliet: .*No tab is called nowhere-at-all/);
});

test('next, previous, last and important go across accounts', () => {
  const several = couple();
  const [romeo, juliet] = several.wires;
  const shell = several.accounts.shell;
  const number = (): number => shell.current().info.number;
  go(several, 2);
  shell.chord('alt-right');
  several.accounts.shown.api.tabs.go('next');
  assert.equal(number(), 3);
  several.accounts.shown.api.tabs.go('previous');
  assert.equal(number(), 2);
  several.accounts.shown.api.tabs.go('last');
  assert.equal(number(), 3);
  romeo?.message(`${ROOM}/nemo`, 'words');
  juliet?.message(`${ROOM}/nemo`, 'juliet: for you');
  several.accounts.shown.api.tabs.go('important');
  assert.equal(number(), 4);
  shell.seen(shell.current().info.id);
  several.accounts.shown.api.tabs.go('important');
  assert.equal(number(), 2);
  shell.seen(shell.current().info.id);
  assert.equal(several.accounts.shown.api.tabs.go('important'), false);
});

test('the same room twice: each account has its own unread, and the bar names both', () => {
  const several = couple();
  go(several, 1);
  several.wires[0]?.message(`${ROOM}/nemo`, 'one');
  several.wires[1]?.message(`${ROOM}/nemo`, 'one');
  several.wires[1]?.message(`${ROOM}/nemo`, 'two');
  assert.equal(several.bar()[1], '2r:lobby 4j:lobby(2)');
  go(several, 4);
  const shell = several.accounts.shell;
  shell.seen(shell.current().info.id);
  assert.equal(several.bar()[1], '2r:lobby');
});

test('what happens in the room of another account does not touch the log that is shown', () => {
  const several = couple();
  go(several, 2);
  const touched: string[] = [];
  several.accounts.shell.onTouch((region, chat) => touched.push(`${region} ${chat ?? ''}`.trim()));
  several.wires[1]?.message(`${ROOM}/nemo`, 'words');
  assert.equal(touched.includes(`log ${ROOM}`), false);
  assert.ok(touched.includes('log'), touched.join());
  touched.length = 0;
  several.wires[0]?.message(`${ROOM}/nemo`, 'words');
  assert.ok(touched.includes(`log ${ROOM}`), touched.join());
});

test('a chat is that of its tab, although two have the same address', () => {
  const several = couple();
  several.wires[1]?.message(`${ROOM}/nemo`, 'for juliet');
  const shell = several.accounts.shell;
  const last = shell.tabs().flatMap(({ id, chatId }) => {
    const entry = chatId === undefined ? undefined : shell.chat(chatId, id)?.log.last();
    return entry?.kind === 'message' ? [entry.body] : chatId === undefined ? [] : ['-'];
  });
  assert.deepEqual(last, ['-', 'for juliet']);
});

test('completion, the prompt and what is typed belong to the account of the tab', async () => {
  const several = couple();
  several.wires[1]?.enter('garden@muc.test', 'jul', ['nightingale']);
  several.accounts.cores[1]?.api.tabs.openChat(bare('garden@muc.test'));
  const shell = several.accounts.shell;
  assert.equal(
    shell
      .current()
      .prompt.map(one => one.text)
      .join(''),
    'jul> ',
  );
  const { candidates } = await shell.complete('night', 5);
  assert.deepEqual(
    candidates.map(one => one.label),
    ['nightingale'],
  );
  go(several, 2);
  assert.deepEqual((await shell.complete('night', 5)).candidates, []);
});

test('the bar says whose connection it speaks of, and what is wrong with the others', () => {
  const several = couple();
  go(several, 2);
  assert.equal(several.bar()[0], 'romeo@a.test [not encrypted]');
  several.wires[1]?.offline({ status: 'waiting', anonymous: false });
  assert.equal(several.bar()[0], 'romeo@a.test [not encrypted] [juliet: no connection]');
  go(several, 4);
  assert.equal(several.bar()[0], 'juliet no connection');
  several.wires[1]?.online({ anonymous: false });
  several.wires[1]?.enter(ROOM, 'juliet');
  several.wires[0]?.offline({ status: 'stopped', anonymous: false });
  assert.match(several.bar()[0], /\[romeo: no connection\]$/);
  assert.equal(several.accounts.shell.tabs()[1]?.greyed, true);
  assert.equal(several.accounts.shell.tabs()[3]?.greyed, false);
});

test('notices bear the name of their account', () => {
  const several = couple();
  several.accounts.cores[1]?.api.ui.notice(safe`something`);
  several.clock.advance(1);
  several.accounts.cores[0]?.api.ui.notice(safe`another thing`);
  assert.deepEqual(several.info().slice(-2), ['juliet: something', 'romeo: another thing']);
});

test('questions of several accounts come one after the other in the one line', async () => {
  const several = couple();
  const { shell } = several.accounts;
  go(several, 1);
  const second = several.accounts.cores[1]?.api.ui.ask({ text: safe`Which one?` });
  const first = several.accounts.cores[0]?.api.ui.ask({ text: safe`Really?` });
  assert.equal(shell.question()?.text, 'juliet: Which one?');
  go(several, 3);
  assert.equal(shell.question()?.text, 'juliet: Which one?');
  shell.answer(shell.question()?.id ?? -1, 'that');
  assert.equal(shell.question()?.text, 'Really?');
  shell.answer(shell.question()?.id ?? -1, 'no');
  assert.deepEqual(await Promise.all([second, first]), ['that', 'no']);
});

test('closing takes the tabs along, shows another account, and the last one stays', async () => {
  const several = couple();
  go(several, 4);
  assert.equal(await several.run('/account close'), true);
  assert.deepEqual(several.tabs(), ['1:start', '2:lobby']);
  assert.equal(shownJid(several), 'romeo@a.test');
  assert.match(several.info().at(-1) ?? '', /^The account juliet is closed\./);
  assert.equal(several.wires[1]?.facts.status, 'offline');
  // What still comes for it opens nothing.
  several.wires[1]?.message('tybalt@a.test/x', 'you', { type: 'chat' });
  assert.deepEqual(several.tabs(), ['1:start', '2:lobby']);
  assert.equal(await several.run('/account close'), false);
  assert.equal(several.accounts.cores.length, 1);
});

test('a closed account hears of no setting and asks nothing more', async () => {
  const several = couple();
  const asked = several.accounts.cores[1]?.api.ui.ask({ text: safe`Which one?` });
  const heard: string[] = [];
  several.accounts.cores[1]?.api.on('config:changed', ({ option }) => heard.push(option));
  await several.run('/account close juliet');
  assert.equal(await asked, undefined);
  assert.equal(several.accounts.shell.question(), undefined);
  several.settings.set('ui.clock', 'on');
  assert.deepEqual(heard, []);
});

test('every account has a tab to come back to', () => {
  const several = couple();
  const juliet = several.accounts.cores[1];
  for (const tab of juliet?.api.tabs.list ?? []) juliet?.api.tabs.close(tab);
  assert.deepEqual(several.tabs(), ['1r:start', '2r:lobby', '3j:start']);
  assert.equal(shownJid(several), 'romeo@a.test');
});

test('an account is opened once, whoever wants to log in as it', async () => {
  const several = couple();
  assert.equal(await several.run('/account add juliet@a.test'), false);
  assert.match(several.info().at(-1) ?? '', /juliet@a\.test is open already/);
  await assert.rejects(
    several.accounts.cores[0]?.api.session.connect({ jid: bare('juliet@a.test') }) ?? Promise.resolve(),
    /is open already, beside this account/,
  );
  assert.equal(several.accounts.cores.length, 2);
});

test('a wrong password of one leaves the others alone', async () => {
  const several = couple();
  await several.run('/account add ana@b.test');
  await settle();
  assert.match(several.accounts.shell.question()?.text ?? '', /Password of ana@b\.test/);
  several.accounts.shell.answer(several.accounts.shell.question()?.id ?? -1, undefined);
  await settle();
  await settle();
  go(several, 2);
  await several.run('still here');
  assert.equal(several.wires[0]?.said.at(-1)?.body, 'still here');
  assert.match(several.bar()[0], /\[ana: offline\]/);
});

test('/account lists what is open, goes there by name, and says what it does not know', async () => {
  const several = couple();
  assert.equal(await several.run('/account juliet'), true);
  assert.equal(shownJid(several), 'juliet@a.test');
  assert.equal(await several.run('/account switch r'), true);
  assert.equal(shownJid(several), 'romeo@a.test');
  assert.equal(await several.run('/account mercutio'), false);
  assert.match(several.info().at(-1) ?? '', /No account here is called mercutio/);
  several.clock.advance(1);
  assert.equal(await several.run('/account ana@b.test'), false);
  assert.match(several.info().at(-1) ?? '', /\/account add ana@b\.test opens it/);
  assert.equal(await several.run('/account'), true);
  const lines = several.info().slice(-2);
  assert.match(lines[0] ?? '', /\*r\s+romeo\s+online\s+romeo@a\.test, 2 tabs$/);
  assert.match(lines[1] ?? '', / j\s+juliet\s+online\s+juliet@a\.test, 2 tabs, not kept/);
});

test('kept accounts are in the settings, in tables of their own, and come back; forgotten ones do not', async () => {
  const several = couple();
  await several.run('/account forget romeo');
  assert.equal(several.settings.get('account.jid'), '');
  await several.run('/account keep romeo');
  assert.equal(several.settings.get('account.jid'), 'romeo@a.test');
  await several.run('/account keep juliet');
  assert.equal(several.settings.get('accounts.juliet.jid'), 'juliet@a.test');
  assert.deepEqual(wantedAccounts(several.settings), ['main', { kept: 'juliet' }]);
  several.settings.set('accounts.juliet.autoconnect', 'off');
  assert.deepEqual(wantedAccounts(several.settings), ['main']);
  await several.run('/account forget juliet');
  assert.deepEqual(several.settings.accounts, []);
  assert.throws(() => several.settings.get('accounts.juliet.jid'));
});

test('a guest that is kept comes back with its rooms and its nick', async () => {
  const several = couple();
  const guest = several.open({ guest: 'anon.test' });
  several.wires[2]?.enter('support@muc.test', 'nemo');
  guest.api.tabs.openChat(bare('support@muc.test'));
  assert.equal(several.tabs().at(-1), '6g:support');
  await several.run('/account keep');
  assert.equal(several.settings.get('accounts.guest.guest'), 'anon.test');
  assert.deepEqual(several.settings.get('accounts.guest.rooms'), ['support@muc.test']);
  assert.equal(several.settings.get('accounts.guest.nick'), 'nemo');
});

test('each account logs in with its own settings; a proxy holds for all', async () => {
  const several = createSeveral({
    commands: [account],
    keep: ['work'],
    set: {
      'account.jid': 'romeo@a.test',
      'account.host': 'a.example',
      'account.password_command': '["pass", "romeo"]',
      'account.proxy': 'socks5://127.0.0.1:9050',
      'accounts.work.jid': 'romeo@corp.test',
      'accounts.work.port': '5223',
      'accounts.work.tls': 'direct',
      'accounts.work.password_command': '["pass", "work"]',
    },
  });
  for (const wish of wantedAccounts(several.settings)) await several.accounts.begin(several.accounts.open(wish));
  const logins = several.wires.map(wire => wire.logins[0]);
  assert.deepEqual(
    logins.map(login => ({ ...login, password: undefined })),
    [
      { domain: 'a.test', local: 'romeo', host: 'a.example', proxy: 'socks5://127.0.0.1:9050', password: undefined },
      {
        domain: 'corp.test',
        local: 'romeo',
        port: 5223,
        tls: 'direct',
        proxy: 'socks5://127.0.0.1:9050',
        password: undefined,
      },
    ],
  );
  assert.equal(several.accounts.shell.question(), undefined);
});

test('who names further accounts only is no guest', () => {
  const several = createSeveral({ keep: ['work'], set: { 'accounts.work.jid': 'romeo@corp.test' } });
  assert.deepEqual(wantedAccounts(several.settings), [{ kept: 'work' }]);
});

test('a command of a plugin runs once, as the account of the tab; the plugin is there for all', async () => {
  const ran: string[] = [];
  const plugin = definePlugin({
    name: 'shout',
    api: 1,
    settings: { loud: { type: 'boolean', default: true, help: 'loud' } },
    setup(api) {
      api.commands.add(
        defineCommand({
          name: 'shout',
          group: 'plugins',
          summary: 'Shout',
          run: ({ api: own }) => void ran.push(`${own.session.facts.jid} ${api.settings.get('loud')}`),
        }),
      );
    },
  });
  const several = couple({ plugins: [plugin] });
  await several.accounts.shown.api.plugins.load('shout');
  go(several, 4);
  assert.equal(await several.run('/shout'), true);
  assert.deepEqual(ran, ['juliet@a.test/x true']);
  await several.run('/account close juliet');
  // Unloaded with one account, its options stay for the other.
  assert.equal(several.settings.options.has('plugins.shout.loud'), true);
  await several.accounts.shown.api.plugins.unload('shout');
  assert.equal(several.settings.options.has('plugins.shout.loud'), false);
});

test('who is ignored in one account is so in the other at once', () => {
  const several = couple();
  several.accounts.cores[0]?.api.chats.ignore({ jid: bare('tybalt@a.test') });
  several.wires[1]?.message('tybalt@a.test/x', 'you', { type: 'chat' });
  assert.equal(several.tabs().length, 4);
});

test('the screen of an account that is not shown chooses nothing and moves nothing', () => {
  const several = couple();
  go(several, 2);
  several.screen.chosen = 7;
  several.screen.input.set('half a line');
  const [romeo, juliet] = several.accounts.cores;
  assert.equal(romeo?.api.ui.screen.focused(), 7);
  assert.equal(juliet?.api.ui.screen.focused(), undefined);
  juliet?.api.ui.screen.input.set('/something');
  assert.equal(several.screen.input.get().line, 'half a line');
});

test('typing is told by the account that types, and ends when its tab is left', () => {
  const several = couple();
  const states = (i: number): (string | undefined)[] =>
    several.wires[i]?.said.flatMap(one => (one.chatState === undefined ? [] : [one.chatState])) ?? [];
  go(several, 4);
  const { shell } = several.accounts;
  shell.typed('wor', shell.current().info.id);
  go(several, 2);
  assert.deepEqual([states(0), states(1)], [[], ['composing', 'paused']]);
});

test('the file of settings has a table for each further account', async () => {
  const several = couple();
  await several.run('/account keep juliet');
  const config = several.settings as unknown as { flush(): Promise<void>; readonly file: string };
  await config.flush();
  assert.match(readFileSync(config.file, 'utf8'), /^\[accounts[\s\S]*juliet[\s\S]*jid = "juliet@a\.test"/m);
});
