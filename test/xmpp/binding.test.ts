/** Logins bound to the TLS connection on real servers (RFC 5802 §6.1, RFC 5929, RFC 9266), and somebody in the middle with a certificate that counts. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { connect as connectTls, createServer, type TLSSocket } from 'node:tls';
import type { SessionOptions } from '../../src/xmpp/session.js';
import { type Ejabberd, startEjabberd } from '../helpers/ejabberd.js';
import { type Prosody, startProsody } from '../helpers/prosody.js';
import { openSession, type WireSession } from '../helpers/wire-session.js';

const PASSWORD = 'r-secret';
const users = { romeo: PASSWORD };
interface Server {
  readonly domain: string;
  readonly ca: string;
}
/** A session with what it sent and received. */
function login(server: Server, port: number, options: Partial<SessionOptions> = {}): WireSession & { raw: string[] } {
  const raw: string[] = [];
  const { domain, ca } = server;
  const given = { domain, ca, tls: 'starttls', username: 'romeo', password: async () => PASSWORD, ...options } as const;
  const wire = openSession(port, given);
  wire.session.on('received', ({ xml }) => raw.push(xml));
  return Object.assign(wire, { raw });
}
/** How a login ends: the mechanism, or why not. */
async function outcome(wire: WireSession): Promise<string> {
  await wire.until(() => wire.events.some(({ event }) => event === 'online' || event === 'fatal'));
  const failure = wire.events.find(({ event }) => event === 'fatal')?.payload;
  const { session } = wire;
  const how =
    failure === undefined
      ? `${session.secure?.mechanism} ${session.secure?.protocol}`
      : (failure as { failure: { condition: string } }).failure.condition;
  await session.stop();
  return how;
}

describe('Prosody', () => {
  let [old, current]: Prosody[] = [];
  before(async () => {
    [old, current] = await Promise.all([startProsody({ users, oldTls: true }), startProsody({ users })]);
  });
  after(() => Promise.all([old?.stop(), current?.stop()]));
  const at = (server: Prosody | undefined): Prosody => server ?? assert.fail('no server');

  test('over TLS 1.2 it offers -PLUS without naming its bindings, and tls-unique is the one', async () => {
    const wire = login(at(old), at(old).port);
    assert.equal(await outcome(wire), 'SCRAM-SHA-1-PLUS TLSv1.2');
    assert.doesNotMatch(wire.raw.join(''), /sasl-channel-binding/);
  });

  test('and what was bound once must stay so: over TLS 1.3, where it has no -PLUS, the login is refused', async () => {
    const pinned = { pinnedMechanism: 'SCRAM-SHA-1-PLUS' };
    assert.equal(await outcome(login(at(current), at(current).port, pinned)), 'downgrade');
    assert.equal(await outcome(login(at(old), at(old).port, pinned)), 'SCRAM-SHA-1-PLUS TLSv1.2');
  });

  test('over TLS 1.3 it has no -PLUS; we say that we could have (y), and it takes that', async () => {
    const wire = login(at(current), at(current).port);
    assert.equal(await outcome(wire), 'SCRAM-SHA-1 TLSv1.3');
    assert.doesNotMatch(wire.raw.join(''), /-PLUS/);
  });

  describe('somebody in the middle, with the certificate of the server', () => {
    /** Ends TLS on both sides and changes what the server says. */
    const middle = async (
      server: Prosody,
      change: (text: string) => string,
    ): Promise<{ port: number; stop(): void }> => {
      const folder = dirname(server.caFile);
      const sockets = new Set<TLSSocket>();
      const listener = createServer(
        {
          key: readFileSync(join(folder, 'server.key')),
          cert: readFileSync(join(folder, 'server.pem')),
          ALPNProtocols: ['xmpp-client'],
          maxVersion: 'TLSv1.2',
        },
        client => {
          const upstream = connectTls({
            host: server.host,
            port: server.tlsPort,
            ca: server.ca,
            servername: server.domain,
            ALPNProtocols: ['xmpp-client'],
          });
          for (const one of [client, upstream]) {
            sockets.add(one);
            one.on('error', () => {});
          }
          client.on('data', data => upstream.write(data));
          upstream.on('data', data => client.write(change(data.toString('utf8'))));
          client.on('close', () => upstream.destroy());
          upstream.on('close', () => client.destroy());
        },
      );
      await new Promise<void>(resolve => listener.listen(0, '127.0.0.1', resolve));
      const stop = (): void => {
        for (const one of sockets) one.destroy();
        listener.close();
      };
      return { port: (listener.address() as AddressInfo).port, stop };
    };

    test('who only passes on is found out: the binding is of another connection', async () => {
      const server = at(old);
      const mitm = await middle(server, text => text);
      assert.equal(await outcome(login(server, mitm.port, { tls: 'direct' })), 'malformed-request');
      mitm.stop();
      assert.equal(await outcome(login(server, server.tlsPort, { tls: 'direct' })), 'SCRAM-SHA-1-PLUS TLSv1.2');
    });

    test('who takes -PLUS out of the list is found out by the server: we say that we could have (y)', async () => {
      const server = at(old);
      const without = (text: string): string => text.replace(/<mechanism>[^<]*-PLUS<\/mechanism>/g, '');
      const mitm = await middle(server, without);
      const wire = login(server, mitm.port, { tls: 'direct' });
      assert.notEqual(await outcome(wire), 'SCRAM-SHA-1 TLSv1.2');
      assert.doesNotMatch(wire.raw.join(''), /-PLUS/);
      assert.match(wire.raw.join(''), /<failure/);
      mitm.stop();
    });

    test('who takes it out where it was used before is found out by us, before anything is told', async () => {
      const server = at(old);
      const mitm = await middle(server, text => text.replace(/<mechanism>[^<]*-PLUS<\/mechanism>/g, ''));
      let asked = 0;
      const wire = login(server, mitm.port, {
        tls: 'direct',
        pinnedMechanism: 'SCRAM-SHA-1-PLUS',
        password: async () => {
          asked++;
          return PASSWORD;
        },
      });
      assert.equal(await outcome(wire), 'downgrade');
      assert.equal(asked, 0);
      mitm.stop();
    });
  });
});

describe('ejabberd', () => {
  let [old, current]: Ejabberd[] = [];
  before(async () => {
    [old, current] = await Promise.all([startEjabberd({ users, oldTls: true }), startEjabberd({ users })]);
  });
  after(() => Promise.all([old?.stop(), current?.stop()]));

  test('over TLS 1.2 the login is bound by tls-unique', async () => {
    const server = old ?? assert.fail('no server');
    const wire = login(server, server.port);
    assert.equal(await outcome(wire), 'SCRAM-SHA-512-PLUS TLSv1.2');
    assert.doesNotMatch(wire.raw.join(''), /sasl-channel-binding/);
  });

  test('over TLS 1.3 it offers -PLUS, names no binding and knows tls-unique only, which TLS 1.3 has not: none is guessed', async () => {
    const server = current ?? assert.fail('no server');
    const wire = login(server, server.port);
    assert.equal(await outcome(wire), 'SCRAM-SHA-512 TLSv1.3');
    assert.match(wire.raw.join(''), /SCRAM-SHA-512-PLUS/);
  });
});
