/** The same use cases of XEP-0045 on a real ejabberd, and what is different there. */
import { after, before, describe, test } from 'node:test';
import { type Ejabberd, startEjabberd } from '../helpers/ejabberd.js';
import { connectPeer, type Peer } from '../helpers/peer.js';
import { openTerminal } from '../helpers/pty.js';
import { enterRoom, flat, type RoomClients, roomCases } from '../helpers/room-cases.js';

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
