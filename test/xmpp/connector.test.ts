import assert from 'node:assert/strict';
import { connect as connectSocket, createServer, type Socket } from 'node:net';
import { after, test } from 'node:test';
import { isLoopback } from '../../src/xmpp/connector.js';
import type { Resolver } from '../../src/xmpp/session.js';
import {
  type HostileOptions,
  type HostileServer,
  startHostileServer,
  testAuthority,
} from '../helpers/hostile-server.js';
import { openSession, type WireSession } from '../helpers/wire-session.js';

const open: { close(): Promise<void> }[] = [];
after(async () => {
  for (const item of open) await item.close();
});

async function serve(options: HostileOptions): Promise<HostileServer> {
  const server = await startHostileServer(options);
  open.push(server);
  return server;
}

function connect(port: number, options: Parameters<typeof openSession>[1] = {}): WireSession {
  const wire = openSession(port, options);
  open.unshift({ close: () => wire.session.stop() });
  return wire;
}

test('STARTTLS and direct TLS lead to the same verified connection', async () => {
  for (const tls of ['starttls', 'direct'] as const) {
    const server = await serve({ tls });
    const wire = connect(server.port, { tls });
    await wire.first('online');
    assert.match(wire.session.secure?.protocol ?? '', /^TLSv1\.[23]$/);
    assert.equal(wire.session.secure?.pinned, false);
    assert.equal(wire.session.secure?.mechanism, 'ANONYMOUS');
  }
});

test('B11 SNI is the domain and the protocol is offered', async () => {
  const server = await serve({ tls: 'direct' });
  const wire = connect(server.port);
  await wire.first('online');
  const socket = server.clients[0]?.socket as Socket & { servername?: string; alpnProtocol?: string };
  assert.equal(socket.servername, 'chat.test');
  assert.equal(socket.alpnProtocol, 'xmpp-client');
});

test('X024 without an offer of encryption nothing is sent, not even for a guest', async () => {
  const server = await serve({ tls: 'none' });
  const wire = connect(server.port, { tls: 'starttls' });
  const { failure } = await wire.first('fatal');
  assert.equal(failure.kind, 'no-tls');
  assert.equal(wire.session.state, 'stopped');
  assert.deepEqual(server.clients[0]?.log, ['(clear) <stream from= to=chat.test>']);
});

test('X030 bytes behind <proceed/> close the connection', async () => {
  const server = await serve({ tls: 'starttls', afterProceed: "<message from='evil@x'/>" });
  const { failure } = await connect(server.port, { tls: 'starttls' }).first('down');
  assert.equal(failure.condition, 'injection');
});

test('X031 a certificate for the host that was dialled is not one for the domain', async () => {
  const server = await serve({ tls: 'direct', certificate: 'other' });
  const { failure } = await connect(server.port).first('fatal');
  assert.equal(failure.kind, 'certificate');
  assert.match(failure.sentence, /not for chat\.test/);
});

test('X032 a self-signed certificate is refused with its fingerprint, and taken when that is pinned', async () => {
  const server = await serve({ tls: 'direct', certificate: 'self' });
  const { failure } = await connect(server.port).first('fatal');
  assert.match(failure.sentence, /self-signed/);
  assert.match(failure.fingerprint ?? '', /^[0-9a-f]{64}$/);
  assert.match(failure.nextStep, /\/trust accept/);
  const pinned = connect(server.port, { pins: [failure.fingerprint?.toUpperCase() ?? ''] });
  await pinned.first('online');
  assert.equal(pinned.session.secure?.pinned, true);
});

test('X032 another pin is refused and both fingerprints are said', async () => {
  const server = await serve({ tls: 'direct', certificate: 'self' });
  const { failure } = await connect(server.port, { pins: ['ab'.repeat(32)] }).first('fatal');
  assert.match(failure.sentence, /abab/);
});

test('X033 an expired certificate is refused with its dates and our clock', async () => {
  const server = await serve({ tls: 'direct', certificate: 'expired' });
  const { failure } = await connect(server.port).first('fatal');
  assert.match(failure.sentence, /2021/);
  assert.match(failure.sentence, /the clock here says 20/);
});

test('X034 TLS 1.1 is refused', async () => {
  const server = await serve({ tls: 'direct', oldTls: true });
  const { failure } = await connect(server.port).first('down');
  assert.equal(failure.kind, 'tls');
  assert.equal(server.clients.length, 0);
});

test('the environment cannot switch the check of certificates off', async () => {
  process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
  try {
    const server = await serve({ tls: 'direct', certificate: 'self' });
    assert.equal((await connect(server.port).first('fatal')).failure.kind, 'certificate');
  } finally {
    delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
  }
});

test('a certificate of an unknown authority is refused', async () => {
  const server = await serve({ tls: 'direct' });
  const wire = openSession(server.port, { ca: '' });
  assert.equal((await wire.first('fatal')).failure.kind, 'certificate');
});

const zone = (port: number, tls: 'direct' | 'starttls'): Resolver => ({
  async resolveSrv(name) {
    const wanted = tls === 'direct' ? '_xmpps-client._tcp.chat.test' : '_xmpp-client._tcp.chat.test';
    if (name !== wanted) throw Object.assign(new Error('none'), { code: 'ENODATA' });
    return [
      { name: 'gone.test', port: 9, priority: 1, weight: 0 },
      { name: 'attacker.test', port, priority: 2, weight: 0 },
    ];
  },
  async lookup(host) {
    if (host === 'gone.test') throw Object.assign(new Error('none'), { code: 'ENOTFOUND' });
    return [{ address: '127.0.0.1', family: 4 }];
  },
});

/** As a person would connect: only the domain is known. */
function connectByName(resolver: Resolver): WireSession {
  const wire = openSession(0, {
    resolver,
    ca: testAuthority,
    tls: undefined as never,
    host: undefined as never,
    port: undefined as never,
  });
  open.unshift({ close: () => wire.session.stop() });
  return wire;
}

test('X035 an SRV record leads to any host, and the certificate must be for the domain', async () => {
  const server = await serve({ tls: 'direct' });
  const wire = connectByName(zone(server.port, 'direct'));
  await wire.first('online');
  assert.equal(wire.session.secure?.host, 'attacker.test');
  const wrong = await serve({ tls: 'direct', certificate: 'other' });
  assert.equal((await connectByName(zone(wrong.port, 'direct')).first('fatal')).failure.kind, 'certificate');
});

test('B12 a domain without addresses is reached by its records', async () => {
  const server = await serve({ tls: 'starttls' });
  await connectByName(zone(server.port, 'starttls')).first('online');
});

test('Q6: a name that cannot be found is said so, and tried again', async () => {
  const none = (): never => {
    throw Object.assign(new Error('none'), { code: 'ENOTFOUND' });
  };
  const wire = connectByName({ resolveSrv: async () => none(), lookup: async () => none() });
  const { failure } = await wire.first('down');
  assert.equal(failure.kind, 'dns');
  await wire.nth('down', 3);
});

test('Q6: a closed port is said so', async () => {
  const server = await startHostileServer();
  await server.close();
  const { failure } = await connect(server.port).first('down');
  assert.equal(failure.kind, 'refused');
});

test('B13 a redirection in clear text is not followed', async () => {
  const server = await serve({
    tls: 'starttls',
    onHeader: client => {
      client.send(
        "<stream:error><see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>127.0.0.1:1</see-other-host></stream:error>",
      );
      return true;
    },
  });
  const { failure } = await connect(server.port, { tls: 'starttls' }).first('fatal');
  assert.equal(failure.condition, 'see-other-host');
});

test('clear text is possible on loopback by request only', async () => {
  const server = await serve({ tls: 'none' });
  const wire = connect(server.port, { tls: undefined as never, allowPlaintext: true });
  await wire.first('online');
  assert.equal(wire.session.secure?.protocol, undefined);
});

test('B9 clear text never carries a PLAIN password', async () => {
  const server = await serve({ tls: 'none', mechanisms: ['PLAIN'] });
  const wire = connect(server.port, {
    tls: undefined as never,
    allowPlaintext: true,
    username: 'juliet',
    password: async () => 'secret',
  });
  assert.equal((await wire.first('fatal')).failure.kind, 'mechanism');
});

test('only addresses of this machine are loopback', () => {
  for (const address of ['127.0.0.1', '127.8.9.1', '::1', '::ffff:127.0.0.1']) assert.equal(isLoopback(address), true);
  for (const address of ['10.0.0.1', '::ffff:10.0.0.1', 'fe80::1', '128.0.0.1', undefined]) {
    assert.equal(isLoopback(address), false);
  }
});

/** A proxy that writes down what it is asked for, and connects to the given port. */
async function startProxy(port: number, answer = 0): Promise<{ port: number; asked: string[] }> {
  const asked: string[] = [];
  const proxy = createServer(client => {
    let step = 0;
    client.on('error', () => undefined);
    const onData = (data: Buffer): void => {
      if (step === 0) {
        step = data[2] === 2 ? 1 : 2;
        client.write(Buffer.from([5, data[2]!]));
      } else if (step === 1) {
        step = 2;
        asked.push(`login ${data.subarray(2, 2 + data[1]!)}`);
        client.write(Buffer.from([1, 0]));
      } else {
        const name = data[3] === 3;
        const end = name ? 5 + data[4]! : 20;
        asked.push(`${name ? data.subarray(5, end) : data.subarray(4, end).toString('hex')}:${data.readUInt16BE(end)}`);
        client.off('data', onData);
        client.write(Buffer.from([5, answer, 0, 1, 0, 0, 0, 0, 0, 0]));
        if (answer !== 0) return;
        const upstream = connectSocket(port);
        client.pipe(upstream).pipe(client);
      }
    };
    client.on('data', onData);
  });
  await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve));
  open.push({ close: () => new Promise(resolve => proxy.close(() => resolve())) });
  return { port: (proxy.address() as { port: number }).port, asked };
}

test('through a proxy the name is resolved there and nothing is asked here', async () => {
  for (const tls of ['starttls', 'direct'] as const) {
    const server = await serve({ tls });
    const proxy = await startProxy(server.port);
    const forbidden = async (): Promise<never> => assert.fail('asked the local name server');
    const wire = openSession(0, {
      tls,
      host: undefined as never,
      port: 5222,
      resolver: { resolveSrv: forbidden, lookup: forbidden },
      proxy: { host: '127.0.0.1', port: proxy.port, username: 'circuit', password: 'one' },
    });
    open.unshift({ close: () => wire.session.stop() });
    await wire.first('online');
    assert.deepEqual(proxy.asked, ['login circuit', 'chat.test:5222']);
  }
});

test('an address of six groups goes to the proxy as one', async () => {
  const server = await serve({ tls: 'direct' });
  const proxy = await startProxy(server.port);
  const wire = connect(5223, { proxy: { host: '127.0.0.1', port: proxy.port }, host: '[2001:db8::1]' });
  await wire.first('online');
  assert.deepEqual(proxy.asked, ['20010db8000000000000000000000001:5223']);
});

test('an .onion address is never asked for in the open', async () => {
  const forbidden = async (): Promise<never> => assert.fail('asked the local name server');
  const wire = openSession(0, {
    domain: 'abcdefghijklmnop.onion',
    host: undefined as never,
    port: undefined as never,
    resolver: { resolveSrv: forbidden, lookup: forbidden },
  });
  const { failure } = await wire.first('fatal');
  assert.match(failure.sentence, /only a proxy such as Tor/);
  assert.match(failure.nextStep, /account\.proxy/);
});

test('a proxy that is gone is no reason to go without one', async () => {
  const server = await serve({ tls: 'direct' });
  const gone = createServer();
  await new Promise<void>(resolve => gone.listen(0, '127.0.0.1', resolve));
  const { port } = gone.address() as { port: number };
  await new Promise(resolve => gone.close(resolve));
  const wire = connect(server.port, { proxy: { host: '127.0.0.1', port } });
  assert.equal((await wire.first('down')).failure.kind, 'proxy');
  await wire.nth('down', 3);
  assert.equal(server.clients.length, 0);
});

test('a proxy that refuses is said to have refused', async () => {
  const proxy = await startProxy(1, 5);
  const wire = connect(5222, { proxy: { host: '127.0.0.1', port: proxy.port }, host: 'hidden.onion' });
  const { failure } = await wire.first('down');
  assert.equal(failure.kind, 'proxy');
  assert.match(failure.sentence, /connection refused/);
});
