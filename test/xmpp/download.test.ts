/** Files of the web: over TLS that is checked, through the proxy, within limits, and never from an encrypted address to a plain one. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer as createPlain, type RequestListener, type Server } from 'node:http';
import { createServer as createSecure } from 'node:https';
import { type AddressInfo, connect as connectTcp, createServer as createTcp } from 'node:net';
import { after, test } from 'node:test';
import { UserError } from '../../src/lib/errors.js';
import { openDownload } from '../../src/xmpp/download.js';
import type { SessionOptions } from '../../src/xmpp/session-types.js';

const certs = new URL('../fixtures/certs/', import.meta.url);
const pem = (name: string): Buffer => readFileSync(new URL(name, certs));

const answer: RequestListener = (asked, reply) => {
  const [, what = '', where = ''] = /^\/(\w+)\/?(.*)$/.exec(asked.url ?? '') ?? [];
  if (what === 'missing') reply.writeHead(404).end();
  else if (what === 'to') reply.writeHead(302, { location: decodeURIComponent(where) }).end();
  else if (what === 'large') reply.writeHead(200, { 'content-length': 10_000 }).end();
  else if (what === 'endless') {
    reply.writeHead(200);
    const more = (): void => {
      while (!reply.destroyed && reply.write('x'.repeat(1000)));
    };
    reply.on('drain', more);
    more();
  } else if (what === 'broken') {
    reply.writeHead(200, { 'content-length': 500 });
    reply.write('half', () => reply.destroy());
  } else reply.writeHead(200, { 'content-disposition': `inline; filename="${what}"` }).end('text');
};
const listen = async (server: Server): Promise<number> => {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
};
const plain = await listen(createPlain(answer));
const good = await listen(createSecure({ key: pem('server.key'), cert: pem('good.pem') }, answer));
const expired = await listen(createSecure({ key: pem('server.key'), cert: pem('expired.pem') }, answer));

const NOBODY_KNOWN: SessionOptions = {
  domain: '',
  resolver: { resolveSrv: async () => [], lookup: async () => [{ address: '127.0.0.1', family: 4 }] },
};
const OPTIONS: SessionOptions = { ...NOBODY_KNOWN, ca: pem('ca.pem').toString() };

async function read(address: string, options = OPTIONS): Promise<string> {
  const received = await openDownload(address, options, 5000);
  let text = `${received.host} ${received.name}: `;
  for await (const chunk of received.chunks) text += Buffer.from(chunk).toString();
  return text;
}
const refuses = (address: string, sentence: RegExp, options?: SessionOptions): Promise<void> =>
  assert.rejects(read(address, options), error => error instanceof UserError && sentence.test(error.message));

test('a file comes over TLS, and plainly where the address says so', async () => {
  assert.equal(await read(`https://chat.test:${good}/report.txt`), `chat.test:${good} report: text`);
  assert.equal(await read(`http://127.0.0.1:${plain}/report.txt`), `127.0.0.1:${plain} report: text`);
});

test('a certificate that is expired, for another name or of nobody we know ends it', async () => {
  await refuses(`https://chat.test:${expired}/x`, /certificate of chat\.test:\d+ is not to be trusted/);
  await refuses(`https://other.test:${good}/x`, /certificate of other\.test:\d+ is not to be trusted/);
  await refuses(`https://127.0.0.1:${good}/x`, /certificate of 127\.0\.0\.1:\d+ is not to be trusted/);
  await refuses(`https://chat.test:${good}/x`, /certificate of chat\.test:\d+ is not to be trusted/, NOBODY_KNOWN);
});

test('a redirect is followed, but not for ever, not to a plain address and to nothing but the web', async () => {
  const to = (target: string): string => `/to/${encodeURIComponent(target)}`;
  const secureBase = `https://chat.test:${good}`;
  assert.equal(await read(`${secureBase}${to('/final')}`), `chat.test:${good} final: text`);
  await refuses(`${secureBase}${to(`http://127.0.0.1:${plain}/final`)}`, /address that is not encrypted/);
  await refuses(`${secureBase}${to('file:///etc/passwd')}`, /no address of a file/);
  let endless = '/final';
  for (let hop = 0; hop < 7; hop++) endless = to(endless);
  await refuses(`${secureBase}${endless}`, /from one address to the next/);
});

test('what is missing, too large, endless or broken off is said in a sentence', async () => {
  const base = `http://127.0.0.1:${plain}`;
  await refuses(`${base}/missing`, /has no such file/);
  await refuses(`${base}/large`, /larger than/);
  await refuses(`${base}/endless`, /larger than/);
  await refuses(`${base}/broken`, /stopped in the middle of the file/);
  await refuses('http://127.0.0.1:1/x', /127\.0\.0\.1:1/);
  await refuses('data:text/plain,x', /no address of a file/);
});

test('with a proxy nothing is asked of the local name server, and the proxy dials', async () => {
  const asked: string[] = [];
  // As much of SOCKS5 as is needed (RFC 1928): no login, a name, one connection to the plain server.
  const proxy = createTcp(socket => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      socket.write(Buffer.from([5, 0]));
      socket.once('data', request => {
        asked.push(request.subarray(5, 5 + (request[4] ?? 0)).toString());
        const target = connectTcp(plain, '127.0.0.1', () => {
          socket.write(Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 0]));
          socket.pipe(target).pipe(socket);
        });
        target.on('error', () => socket.destroy());
      });
    });
  });
  await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve));
  after(() => proxy.close());
  const { port } = proxy.address() as AddressInfo;
  const looked: string[] = [];
  const resolver = {
    resolveSrv: async () => [],
    lookup: async (host: string) => {
      looked.push(host);
      return [];
    },
  };
  const text = await read('http://files.test/report', { ...OPTIONS, proxy: { host: '127.0.0.1', port }, resolver });
  assert.equal(text, 'files.test report: text');
  assert.deepEqual([asked, looked], [['files.test'], []]);
});
