import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../src/lib/time.js';
import type { FastToken } from '../../src/xmpp/fast.js';
import { endToken } from '../../src/xmpp/log-out.js';
import { NS_BIND2, NS_FAST, NS_SASL2, NS_SM } from '../../src/xmpp/ns.js';
import { createSession, type SessionOptions } from '../../src/xmpp/session.js';
import { attr, childOf, type Element } from '../../src/xmpp/xml.js';
import { type HostileClient, type HostileOptions, startHostileServer } from '../helpers/hostile-server.js';
import { type Prosody, startProsody } from '../helpers/prosody.js';
import { openSession, type WireSession } from '../helpers/wire-session.js';

const CLIENT = 'd4565fa7-4d72-4749-b3d3-740edbf87770';

/** A place for a token, looked into. */
function tokenPlace(token?: FastToken): NonNullable<SessionOptions['tokens']> & { token: FastToken | undefined } {
  const place = {
    token,
    clientId: CLIENT,
    get: () => place.token,
    set(next: FastToken | undefined) {
      place.token = next;
    },
  };
  return place;
}

function watched(wire: WireSession): WireSession & { readonly raw: string[] } {
  const raw: string[] = [];
  wire.session.on('sent', ({ xml }) => raw.push(xml));
  wire.session.on('received', ({ xml }) => raw.push(xml));
  return Object.assign(wire, { raw });
}

describe('a real server with SASL2, Bind 2 and tokens', () => {
  const PLUGINS = fileURLToPath(new URL('../fixtures/prosody/', import.meta.url));
  let server: Prosody;
  const open: (() => Promise<void>)[] = [];
  before(async () => {
    server = await startProsody({
      users: { romeo: 'r-secret' },
      modules: ['stream_facts', 'sasl2', 'sasl2_bind2', 'sasl2_fast'],
      extraConfig: `password_hash = "SHA-256"\nplugin_paths = { ${JSON.stringify(PLUGINS)} }`,
    });
  });
  after(async () => {
    for (const close of open) await close();
    await server.stop();
  });
  const connect = (options: Partial<SessionOptions>): ReturnType<typeof watched> => {
    const given = { domain: server.domain, tls: 'starttls', ca: server.ca, username: 'romeo', ...options } as const;
    const wire = watched(openSession(server.port, given));
    open.push(() => wire.session.stop());
    return wire;
  };
  const never = async (): Promise<string> => assert.fail('no password was needed');

  test('the login binds in the same exchange, and nothing secret stands in the raw log', async () => {
    const wire = connect({ password: async () => 'r-secret' });
    await wire.first('online');
    assert.equal(wire.session.secure?.mechanism, 'SCRAM-SHA-256');
    assert.ok(wire.raw.some(line => line.startsWith('<authenticate ') && line.includes(NS_BIND2)));
    assert.ok(!wire.raw.some(line => line.startsWith('<iq') && line.includes('urn:ietf:params:xml:ns:xmpp-bind')));
    assert.ok(!wire.raw.some(line => /user-agent/.test(line)), 'without a token nobody needs to know this client');
    assert.ok(wire.session.jid?.startsWith('romeo@example.test/'));
    await wire.session.stop();
  });

  test('a token, bound to the connection, takes the place of the password, and another one follows', async () => {
    const tokens = tokenPlace();
    const first = connect({ password: async () => 'r-secret', tokens });
    await first.first('online');
    assert.equal(tokens.token?.mechanism, 'HT-SHA-256-EXPR');
    assert.ok((tokens.token?.expiresAt ?? 0) > Date.now());
    assert.ok(!first.raw.join('').includes(tokens.token?.token ?? ''), 'the token is in no log');
    await first.session.stop();

    const again = connect({ password: never, tokens });
    await again.first('online');
    assert.equal(again.session.secure?.mechanism, 'HT-SHA-256-EXPR');
    await again.session.stop();
  });

  test('a token that was ended is worth nothing to whoever has a copy, and ending it asks for no password', async () => {
    const tokens = tokenPlace();
    const first = connect({ password: async () => 'r-secret', tokens });
    await first.first('online');
    await first.session.stop();
    const copy = tokens.token ?? assert.fail('no token');
    const { domain, ca, host, port } = server;
    const options = { domain, ca, host, port, tls: 'starttls', username: 'romeo', password: never, tokens } as const;
    assert.equal(await endToken(createSession, options, copy, systemClock), true);
    const thief = connect({
      password: () => Promise.reject(new Error('only the copy')),
      tokens: tokenPlace(copy),
    });
    const { failure } = await thief.first('fatal');
    assert.equal(failure.kind, 'auth');
    assert.equal(thief.events.filter(({ event }) => event === 'online').length, 0);
    assert.equal(await endToken(createSession, options, copy, systemClock), false, 'there is nothing to end any more');
  });

  test('a token never becomes the least that is accepted', async () => {
    const seen: string[] = [];
    const tokens = tokenPlace();
    for (let round = 0; round < 2; round++) {
      const wire = connect({ password: async () => 'r-secret', tokens, onMechanism: name => seen.push(name) });
      await wire.first('online');
      await wire.session.stop();
    }
    assert.deepEqual(seen, ['SCRAM-SHA-256']);
  });

  test('a token that is not taken is thrown away, and the password is used instead', async () => {
    const tokens = tokenPlace({ mechanism: 'HT-SHA-256-EXPR', token: 'stale' });
    const wire = connect({ password: async () => 'r-secret', tokens });
    await wire.first('online');
    assert.equal(wire.session.secure?.mechanism, 'SCRAM-SHA-256');
    assert.notEqual(tokens.token?.token, 'stale');
    assert.equal(wire.events.filter(({ event }) => event === 'fatal').length, 0);
    await wire.session.stop();
  });
});

describe('a server that does all in one exchange', () => {
  const TOKEN = 'secret-token:1';
  const FEATURES =
    `<stream:features><authentication xmlns='${NS_SASL2}'><mechanism>PLAIN</mechanism><inline>` +
    `<bind xmlns='${NS_BIND2}'><inline><feature var='${NS_SM}'/></inline></bind><sm xmlns='${NS_SM}'/>` +
    `<fast xmlns='${NS_FAST}'><mechanism>HT-SHA-256-NONE</mechanism></fast></inline></authentication></stream:features>`;

  /** `refuse`: no resumption; `jid`, `responder`: what it claims. */
  function oneExchange(how: { refuse?: boolean; jid?: string; responder?: string } = {}): HostileOptions {
    const jid = how.jid ?? 'romeo@chat.test/r';
    let received = 0;
    return {
      tls: 'direct',
      onHeader(client) {
        client.send(FEATURES);
        return true;
      },
      onElement(client: HostileClient, element: Element) {
        if (element.getName() === 'message') received++;
        if (element.getName() === 'r') {
          client.send(`<a xmlns='${NS_SM}' h='${received}'/>`);
          return true;
        }
        if (element.getName() !== 'authenticate') return false;
        const byToken = attr(element, 'mechanism')?.startsWith('HT-') === true;
        const data = byToken
          ? (how.responder ?? createHmac('sha256', TOKEN).update('Responder').digest('base64'))
          : undefined;
        const resumes = childOf(element, 'resume', NS_SM) !== undefined && how.refuse !== true;
        client.send(
          `<success xmlns='${NS_SASL2}'>${data === undefined ? '' : `<additional-data>${data}</additional-data>`}` +
            `<authorization-identifier>${jid}</authorization-identifier>` +
            (resumes
              ? `<resumed xmlns='${NS_SM}' previd='sm1' h='${received}'/>`
              : `${childOf(element, 'resume', NS_SM) === undefined ? '' : `<failed xmlns='${NS_SM}' h='${received}'/>`}` +
                `<bound xmlns='${NS_BIND2}'><enabled xmlns='${NS_SM}' id='sm1' resume='true'/></bound>`) +
            (byToken ? '' : `<token xmlns='${NS_FAST}' token='${TOKEN}' expiry='2999-01-01T00:00:00Z'/>`) +
            `</success><stream:features/>`,
        );
        if (!resumes) received = 0;
        return true;
      },
    };
  }
  const account = { username: 'romeo', password: async () => 'secret' };
  const authenticates = (log: readonly string[]): string[] => log.filter(line => line.startsWith('<authenticate'));

  test('Q1: the login after a cut is one question and one answer, with the resumption in it', async () => {
    const server = await startHostileServer(oneExchange());
    const tokens = tokenPlace();
    const wire = watched(openSession(server.port, { ...account, tokens }));
    await wire.first('online');
    server.clients[0]?.destroy();
    const { resumed } = await wire.nth('online', 2);
    assert.equal(resumed, true);
    const [second] = authenticates(server.clients[1]?.log ?? []);
    assert.match(second ?? '', /mechanism="HT-SHA-256-NONE".*<resume /);
    assert.equal(server.clients[1]?.log.filter(line => !line.startsWith('<stream')).indexOf(second ?? ''), 0);
    await wire.session.stop();
    await server.close();
  });

  test('Q4: a refused resumption binds in the same exchange, and says what had arrived', async () => {
    const server = await startHostileServer(oneExchange({ refuse: true }));
    const wire = watched(openSession(server.port, { ...account, tokens: tokenPlace() }));
    await wire.first('online');
    server.clients[0]?.destroy();
    assert.equal((await wire.nth('online', 2)).resumed, false);
    assert.match(authenticates(server.clients[1]?.log ?? [])[0] ?? '', /<resume .*<bind /);
    await wire.session.stop();
    await server.close();
  });

  test('a server that does not know its own token is not believed', async () => {
    const server = await startHostileServer(oneExchange({ responder: Buffer.alloc(32).toString('base64') }));
    const tokens = tokenPlace({ mechanism: 'HT-SHA-256-NONE', token: TOKEN });
    const wire = openSession(server.port, { ...account, tokens });
    assert.equal((await wire.first('fatal')).failure.kind, 'server-proof');
    await server.close();
  });

  test('a token that has ended is not used', async () => {
    const server = await startHostileServer(oneExchange());
    const tokens = tokenPlace({ mechanism: 'HT-SHA-256-NONE', token: TOKEN, expiresAt: 1 });
    const wire = openSession(server.port, { ...account, tokens });
    await wire.first('online');
    assert.match(authenticates(server.clients[0]?.log ?? [])[0] ?? '', /mechanism="PLAIN"/);
    await wire.session.stop();
    await server.close();
  });

  test('X029: the bound address of somebody else is refused here too', async () => {
    const server = await startHostileServer(oneExchange({ jid: 'mallory@chat.test/r' }));
    const wire = openSession(server.port, { ...account });
    assert.equal((await wire.first('fatal')).failure.kind, 'bind');
    await server.close();
  });

  test('what was bound to the connection once gets no token that is not', async () => {
    const server = await startHostileServer({ ...oneExchange(), mechanisms: ['PLAIN'] });
    const wire = openSession(server.port, { ...account, tokens: tokenPlace(), pinnedMechanism: 'SCRAM-SHA-256-PLUS' });
    assert.match((await wire.first('fatal')).failure.sentence, /SCRAM-SHA-256-PLUS before and now offers PLAIN/);
    assert.equal(authenticates(server.clients[0]?.log ?? []).length, 0);
    await server.close();
  });

  test('a guest takes the old way, which tells less', async () => {
    const server = await startHostileServer({
      ...oneExchange(),
      onHeader(client) {
        const guests =
          "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>ANONYMOUS</mechanism></mechanisms>";
        client.send(FEATURES.replace('</stream:features>', `${guests}</stream:features>`));
        return true;
      },
    });
    const wire = openSession(server.port, { tokens: tokenPlace() });
    await server.until(() => server.clients[0]?.log.some(line => line.startsWith('<auth ')) === true);
    assert.equal(authenticates(server.clients[0]?.log ?? []).length, 0);
    await wire.session.stop();
    await server.close();
  });
});
