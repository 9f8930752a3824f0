/** The main job: a stranger joins a room in one command and talks. The built program in a pty, a real Prosody, a second client. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { inTab, said } from '../helpers/look.js';
import { chatStateOf, type Peer } from '../helpers/peer.js';
import type { TestTerminal } from '../helpers/pty.js';
import { startWorld, type World } from '../helpers/world.js';

let world: World;
let bob: Peer;
before(async () => {
  world = await startWorld();
  bob = await world.peer();
  await bob.joinRoom(world.room, 'bob');
  await bob.say(world.room, 'said before you came');
  bob.send(`<message type='groupchat' to='${world.room}'><subject>Ask here</subject></message>`);
});
after(() => world.stop());

describe('a guest in a room', () => {
  let ana: TestTerminal;
  before(async () => {
    ana = await world.guest('ana');
    await ana.waitFor('said before you came');
  });

  test('lands in the room with topic, history and the names of who is here', async () => {
    await ana.waitFor('Ask here');
    await ana.waitFor('bob');
  });

  test('what is typed arrives, once on their side and in one row on ours', async () => {
    ana.enter('hello everybody');
    await bob.heard('hello everybody');
    await ana.waitFor(/ana.*hello everybody/);
    await bob.say(world.room, 'after hello');
    await ana.waitFor('after hello');
    assert.equal(ana.screen().filter(line => line.includes('hello everybody')).length, 1);
  });

  test('what others say is shown', async () => {
    await bob.say(world.room, 'nice to meet you');
    await ana.waitFor('nice to meet you');
  });

  test('our name rings the bell', async () => {
    const bells = ana.bells();
    await bob.say(world.room, 'ana: look');
    await ana.waitFor('ana: look');
    await ana.waitFor(() => ana.bells() > bells);
  });

  test('chat states go both ways', async () => {
    ana.type('half a sen');
    await bob.next(
      stanza =>
        stanza.is('message') && stanza.attrs['from'] === `${world.room}/ana` && chatStateOf(stanza) === 'composing',
    );
    ana.key('Ctrl-c');
    bob.chatState(world.room, 'composing', 'groupchat');
    await ana.waitFor(/bob is typing/i);
    bob.chatState(world.room, 'paused', 'groupchat');
    await ana.waitGone(/bob is typing/i);
  });

  test('/me, nick completion and // are as on IRC', async () => {
    ana.enter('/me waves');
    await bob.heard('/me waves');
    await ana.waitFor(/\* ana waves/);
    ana.type('bo');
    ana.key('Tab');
    ana.enter('are you there?');
    await bob.heard('bob: are you there?');
    ana.enter('//quit is a command');
    await bob.heard('/quit is a command');
  });

  test('/nick changes the nick for everybody', async () => {
    ana.enter('/nick anna');
    await bob.next(stanza => stanza.is('presence') && stanza.attrs['from'] === `${world.room}/anna`);
    await ana.waitFor('anna');
    ana.enter('it is still me');
    await ana.waitFor(/anna.*it is still me/);
  });

  test('an unknown command is not said but answered', async () => {
    ana.enter('/qiut');
    await ana.waitFor(/There is no command \/qiut/);
    await bob.say(world.room, 'nothing heard');
    await ana.waitFor('nothing heard');
    assert.equal(
      bob.stanzas.some(stanza => stanza.getChildText('body')?.includes('qiut')),
      false,
    );
    ana.key('Ctrl-c');
  });

  test('a private message opens a tab of its own', async () => {
    bob.message(`${world.room}/anna`, 'psst', "<x xmlns='http://jabber.org/protocol/muc#user'/>");
    await ana.waitFor(/2:bob\*1/);
    ana.key('Alt-a');
    await ana.waitFor('psst');
    ana.enter('what?');
    await bob.heard('what?');
    ana.key('Alt-1');
  });

  test('/disco shows what the server is and walks into its items', async () => {
    ana.enter(`/disco ${world.prosody.roomService}`);
    await ana.waitFor(inTab('disco', /conference|Multi-User Chat/i));
    await ana.waitFor(inTab('disco', /lobby/));
    ana.enter('/close');
    await ana.waitFor('it is still me');
  });

  test('a theme is switched live', async () => {
    ana.enter('/theme mono');
    await ana.waitFor(() =>
      ana
        .screen()
        .every((line, row) =>
          [...line].every((_, column) => ana.attributesAt(column, row).foreground.mode === 'default'),
        ),
    );
    ana.enter('/theme dark');
  });

  test('a plugin is unloaded and loaded', async () => {
    ana.enter('/plugin unload auto-correct');
    await ana.waitFor(/auto-correct/);
    ana.enter('teh cat');
    await bob.heard('teh cat');
    ana.enter('s/teh/the/');
    await bob.heard('s/teh/the/');
    ana.enter('/plugin load auto-correct');
    ana.enter('a dgo');
    await bob.heard('a dgo');
    ana.enter('s/dgo/dog/');
    const corrected = await bob.heard('a dog');
    assert.ok(corrected.getChild('replace', 'urn:xmpp:message-correct:0'));
    await ana.waitFor('a dog');
  });

  test('the screen survives every size', async () => {
    for (const [columns, rows] of [
      [40, 12],
      [200, 50],
      [20, 5],
      [5, 2],
      [1, 1],
      [80, 24],
    ] as const)
      ana.resize(columns, rows);
    await ana.waitFor('a dog');
  });

  test('the server restarts: the client says so, comes back, rejoins, and what was typed meanwhile arrives', async () => {
    await world.prosody.halt('SIGKILL');
    await ana.waitFor(/reconnect|retry|connection|lost|offline/i);
    ana.enter('typed while away');
    await ana.waitFor(said('anna', 'typed while away'));
    await world.prosody.resume();
    bob = await world.peer();
    await bob.joinRoom(world.room, 'bob');
    ana.enter('/reconnect');
    await bob.heard('typed while away');
    await bob.say(world.room, 'welcome back');
    await ana.waitFor('welcome back');
  });

  test('/quit leaves the terminal as it was', async () => {
    ana.enter('/quit bye');
    const end = await ana.waitExit();
    assert.equal(end.code, 0);
    assert.equal(end.sttyRestored, true, end.sttyChanged.join());
    assert.equal(end.modes.alternateScreen, false);
    assert.equal(end.modes.cursorVisible, true);
    assert.equal(end.modes.bracketedPaste, false);
    await bob.next(
      stanza =>
        stanza.is('presence') &&
        stanza.attrs['type'] === 'unavailable' &&
        String(stanza.attrs['from']).startsWith(world.room),
    );
  });
});

describe('the guest host of a room', () => {
  let near: World;
  before(async () => {
    // A host whose guests are kept inside, as XEP-0175 recommends.
    const modules = mkdtempSync(join(tmpdir(), 'causette-modules-'));
    writeFileSync(
      join(modules, 'mod_island.lua'),
      `local st = require "util.stanza";
       local function refuse(event)
         event.origin.send(st.error_reply(event.stanza, "cancel", "remote-server-not-found"));
         return true;
       end
       for _, to in ipairs { "bare", "full", "host" } do
         module:hook("pre-presence/" .. to, function (event) if event.stanza.attr.to then return refuse(event) end end, 1000);
         module:hook("pre-iq/" .. to, function (event)
           if not event.stanza.attr.to:find(module.host, 1, true) then return refuse(event) end
         end, 1000);
       end`,
    );
    near = await startWorld({
      hosts: ['anon.example.test'],
      extraConfig: `
plugin_paths = { ${JSON.stringify(modules)} }
VirtualHost "anon.example.test"
  authentication = "anonymous"
  modules_enabled = { "island" }
`,
    });
    folder = modules;
  });
  let folder: string | undefined;
  after(async () => {
    await near?.stop();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  test('is found near it, and one that does not reach it is left for the next', async () => {
    const { openTerminal } = await import('../helpers/pty.js');
    const cleo = await near.peer();
    await cleo.joinRoom(near.room, 'cleo');
    const terminal = openTerminal({ columns: 140, args: [...near.route, '--nick', 'wanda', near.room] });
    try {
      await terminal.waitFor(/anon\.example\.test does not reach rooms\.example\.test\. Trying/);
      await cleo.next(stanza => stanza.is('presence') && stanza.attrs['from'] === `${near.room}/wanda`);
      await terminal.waitFor(/You are wanda in lobby/);
      terminal.enter('/info');
      await terminal.waitFor(/No guests at rooms\.example\.test\. Trying anon\.example\.test/);
      await terminal.waitFor(/Connected as a guest of guest\.example\.test/);
    } finally {
      await terminal.kill();
    }
  });
});

describe('the first moments', () => {
  test('the nick is asked once, while the connection is being made, and is not the login name', async () => {
    const { openTerminal } = await import('../helpers/pty.js');
    const terminal = openTerminal({
      args: [...world.route, '--server', world.prosody.guestHost, world.room],
      env: { USER: 'secretlogin', LOGNAME: 'secretlogin' },
    });
    try {
      await terminal.waitFor(/nick/i);
      assert.doesNotMatch(terminal.text(), /secretlogin/);
      terminal.enter('zoé');
      await bob.next(stanza => stanza.is('presence') && stanza.attrs['from'] === `${world.room}/zoé`);
      await terminal.waitFor('zoé');
    } finally {
      await terminal.kill();
    }
  });

  test('a link names the room and the guest host', async () => {
    const { openTerminal } = await import('../helpers/pty.js');
    const terminal = openTerminal({
      args: [...world.route, '--nick', 'lin', `xmpp://${world.prosody.guestHost}/${world.room}?join`],
    });
    try {
      await terminal.waitFor(`The link leads to ${world.room} through ${world.prosody.guestHost}.`);
      await terminal.waitFor('Follow the link? (y/n)');
      terminal.key('y');
      await bob.next(stanza => stanza.is('presence') && stanza.attrs['from'] === `${world.room}/lin`);
    } finally {
      await terminal.kill();
    }
  });

  test('typing is possible before anything is connected, and what was typed is said after joining', async () => {
    const { openTerminal } = await import('../helpers/pty.js');
    await world.prosody.halt('SIGKILL');
    const terminal = openTerminal({
      args: [...world.route, '--server', world.prosody.guestHost, '--nick', 'early', world.room],
    });
    try {
      await terminal.waitFor('lobby');
      terminal.enter('first words');
      await terminal.waitFor(/\d\d:\d\d.*first words/);
      await world.prosody.resume();
      bob = await world.peer();
      await bob.joinRoom(world.room, 'bob');
      terminal.enter('/reconnect');
      await bob.heard('first words');
    } finally {
      await terminal.kill();
    }
  });

  test('without an argument a start tab says what to type next', async () => {
    const { openTerminal } = await import('../helpers/pty.js');
    const terminal = openTerminal({ args: [...world.route, '--server', world.prosody.guestHost] });
    try {
      await terminal.waitFor('/join');
      await terminal.waitFor('/demo');
      terminal.enter(`/join ${world.room}/starter`);
      await bob.next(stanza => stanza.is('presence') && stanza.attrs['from'] === `${world.room}/starter`);
    } finally {
      await terminal.kill();
    }
  });

  test('when nothing answers, one sentence says so with a countdown, and the program stays usable', async () => {
    const { openTerminal } = await import('../helpers/pty.js');
    const terminal = openTerminal({
      args: ['--host', '127.0.0.1', '--port', '1', '--server', 'guest.example.test', '--nick', 'ana', world.room],
    });
    try {
      await terminal.waitFor(/retry|again in|reconnect/i);
      terminal.enter('/help join');
      await terminal.waitFor(/-- .*join|\[\d:help\]/);
      terminal.enter('/quit');
      assert.equal((await terminal.waitExit()).code, 0);
    } finally {
      await terminal.kill();
    }
  });
});
