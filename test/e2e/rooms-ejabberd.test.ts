/** The same use cases of XEP-0045 on a real ejabberd, and what is different there. */
import { after, before, describe, test } from 'node:test';
import { type Ejabberd, startEjabberd } from '../helpers/ejabberd.js';
import { flat, inTab } from '../helpers/look.js';
import { connectPeer, type Peer } from '../helpers/peer.js';
import { openTerminal } from '../helpers/pty.js';
import { configure, enterRoom, openGuest, type RoomClients, roomCases } from '../helpers/room-cases.js';
import { enteringCases } from '../helpers/room-cases-entering.js';
import { ownerCases } from '../helpers/room-cases-owner.js';

let server: Ejabberd;
let clients: RoomClients;
const peers: Peer[] = [];

before(async () => {
  server = await startEjabberd({ users: { mod: 'pw', bob: 'pw', carol: 'pw' } });
  clients = await enterRoom(server, `lobby@${server.roomService}`, async local => {
    const peer = await connectPeer({
      host: server.host,
      port: server.port,
      domain: server.domain,
      caFile: server.caFile,
      user: local,
      password: 'pw',
    });
    peers.push(peer);
    return peer;
  });
});
after(async () => {
  await Promise.all([clients?.mod.kill(), clients?.profanity.kill()]);
  await Promise.all(peers.map(peer => peer.close().catch(() => undefined)));
  await server?.stop();
});

describe('three clients in a room of ejabberd', () => {
  roomCases(() => clients);
});

describe('a guest beside them', () => {
  enteringCases(() => clients);
});

describe('owners of a room of ejabberd', () => {
  ownerCases(() => clients);
});

describe('what only ejabberd does', () => {
  test('§6.5 /disco shows the occupants of a room', async () => {
    const { mod, room } = clients;
    mod.enter(`/disco ${room}`);
    await mod.waitFor(inTab('disco', /captain nemo/));
    mod.enter('/close');
    await mod.waitFor(inTab('lobby'));
  });

  test('§7.2.9 a full room says so, and is entered when there is a place', async t => {
    const { mod, bob, peer } = clients;
    const room = `small@${server.roomService}`;
    await bob.joinRoom(room, 'bob');
    await configure(bob, room, { maxusers: '5' });
    const others = await Promise.all(['a', 'b', 'c', 'd'].map(() => peer('carol')));
    for (const [i, one] of others.entries()) await one.joinRoom(room, `other${i}`);
    const guest = openGuest(server, 'zoe', room);
    t.after(() => guest.kill());
    await guest.waitFor(flat(/small@\S+ is full \(it says: "Too many users/));
    others[0]?.leaveRoom(room);
    await bob.next(stanza => stanza.attrs['type'] === 'unavailable' && stanza.attrs['from'] === `${room}/other0`);
    guest.enter('/join');
    await guest.waitFor(/You are zoe in small/);
    await mod.waitFor('mod in lobby');
  });
});

describe('a guest of ejabberd', () => {
  test('enters with one command, is told what the room is, and talks', async t => {
    const guest = openTerminal({
      columns: 110,
      rows: 32,
      args: [...server.route, '--server', server.guestHost, '--nick', 'zoe', clients.room],
    });
    t.after(() => guest.kill());
    await guest.waitFor(/You are zoe in lobby/);
    await guest.waitFor(flat(/Only moderators see your address\. The room keeps what is said/));
    guest.enter('hello from a guest');
    await clients.bob.heard('hello from a guest');
    await clients.mod.waitFor(/zoe> hello from a guest/);
  });
});
