/** A file behind an address of the web, as it comes: HTTP over our own dialling, so that a proxy and the authorities of the settings hold. */
import { type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import { connect } from 'node:tls';
import type { ReceivedFile } from '../core/ports.js';
import { errorText, UserError } from '../lib/errors.js';
import { systemClock, within } from './clock.js';
import { type DialOptions, dial, networkFailure } from './dial.js';
import type { SessionOptions } from './session-types.js';
import { dialThroughProxy } from './socks.js';
import { systemResolver } from './srv.js';
import { contextFor } from './tls.js';

/** Time for each step: finding, connecting, the beginning of the answer, each part of it. */
const STEP_MS = 30_000;
const MAX_REDIRECTS = 5;

/** Rejects with a UserError. At most `maxBytes` are taken. Nothing is told about us but our address. */
export async function openDownload(address: string, options: SessionOptions, maxBytes: number): Promise<ReceivedFile> {
  let url = readAddress(address);
  for (let hops = 0; ; hops++) {
    const { answer, socket } = await ask(url, options);
    const close = (): void => void socket.destroy();
    const status = answer.statusCode ?? 0;
    const next = answer.headers.location;
    if (status >= 300 && status < 400 && next !== undefined) {
      close();
      if (hops >= MAX_REDIRECTS) throw new UserError(`${url.host} sends us from one address to the next.`);
      const from = url;
      url = readAddress(next, from);
      if (from.protocol === 'https:' && url.protocol !== 'https:')
        throw new UserError(`${from.host} sends us to an address that is not encrypted.`, '/open shows it elsewhere.');
      continue;
    }
    const size = Number(answer.headers['content-length'] ?? 0);
    if (status !== 200 || size > maxBytes) {
      close();
      if (status === 200) throw tooLarge(maxBytes);
      throw new UserError(
        status === 404 || status === 410
          ? `${url.host} has no such file (any more).`
          : `${url.host} does not give the file: ${status}.`,
      );
    }
    return {
      host: url.host,
      name: nameIn(answer.headers['content-disposition']) ?? url.pathname.split('/').at(-1),
      chunks: limited(answer, url.host, options, maxBytes),
      close,
    };
  }
}

function readAddress(text: string, base?: URL): URL {
  let url: URL | undefined;
  try {
    url = new URL(text, base);
  } catch {
    // Said below.
  }
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.hostname === '')
    throw new UserError('This is no address of a file.', 'http: or https:');
  return url;
}

const tooLarge = (maxBytes: number): UserError =>
  new UserError(`The file is larger than ${Math.round(maxBytes / 1024 / 1024)} MiB.`, '/set files.max_mib');

async function ask(
  url: URL,
  options: SessionOptions,
): Promise<{ readonly answer: IncomingMessage; readonly socket: Socket }> {
  const clock = options.clock ?? systemClock;
  const controller = new AbortController();
  const dialling: DialOptions = {
    resolver: options.resolver ?? systemResolver,
    clock,
    dnsMs: STEP_MS,
    tcpMs: STEP_MS,
    signal: controller.signal,
  };
  const encrypted = url.protocol === 'https:';
  const port = url.port === '' ? (encrypted ? 443 : 80) : Number(url.port);
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const { proxy } = options;
  let socket: Socket | undefined;
  try {
    const raw =
      proxy === undefined ? await dial(host, port, dialling) : await dialThroughProxy(proxy, { host, port }, dialling);
    socket = raw;
    const link = encrypted
      ? connect({
          socket: raw,
          ...(/[a-z]/i.test(host) && !host.includes(':') && { servername: host }),
          host,
          secureContext: contextFor(options.ca),
          // Whatever the environment says.
          rejectUnauthorized: true,
          ALPNProtocols: ['http/1.1'],
        })
      : raw;
    socket = link;
    link.on('error', () => undefined);
    const answer = await within(
      clock,
      STEP_MS,
      new Promise<IncomingMessage>((resolve, reject) => {
        const asked = request({
          path: `${url.pathname}${url.search}`,
          createConnection: () => link,
          headers: { host: url.host, accept: '*/*', 'accept-encoding': 'identity', connection: 'close' },
          maxHeaderSize: 16 * 1024,
        });
        asked.once('response', resolve);
        asked.on('error', reject);
        link.once('error', reject);
        asked.end();
        // Who spoke with the proxy has stopped it.
        link.resume();
      }),
      () => new UserError(`${url.host} does not answer.`, 'Try again later.'),
    );
    answer.on('error', () => undefined);
    return { answer, socket: link };
  } catch (error) {
    controller.abort();
    socket?.destroy();
    if (error instanceof UserError) throw error;
    if (socket !== undefined && /^(?:CERT|ERR_TLS|UNABLE|SELF|DEPTH)/.test(codeOf(error)))
      throw new UserError(`The certificate of ${url.host} is not to be trusted: ${errorText(error)}.`);
    throw new UserError(networkFailure(error, url.host).sentence, 'Try again later.');
  }
}

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');

async function* limited(
  answer: IncomingMessage,
  host: string,
  options: SessionOptions,
  maxBytes: number,
): AsyncIterable<Buffer> {
  const clock = options.clock ?? systemClock;
  const parts = answer[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let bytes = 0;
  try {
    for (;;) {
      const part = await within(clock, STEP_MS, parts.next(), () => new Error('nothing more came'));
      if (part.done === true) break;
      bytes += part.value.length;
      if (bytes > maxBytes) throw tooLarge(maxBytes);
      yield part.value;
    }
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${host} stopped in the middle of the file: ${errorText(error)}.`, 'Try again.');
  } finally {
    answer.destroy();
  }
}

/** `filename*` before `filename`, RFC 6266 §4.3. Still percent-encoded where it came so. */
function nameIn(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const extended = /;\s*filename\*\s*=\s*utf-8'[^']*'([^;\s]+)/i.exec(header)?.[1];
  if (extended !== undefined) return extended;
  const quoted = /;\s*filename\s*=\s*"((?:[^"\\]|\\.)*)"/i.exec(header)?.[1]?.replace(/\\(.)/g, '$1');
  const name = quoted ?? /;\s*filename\s*=\s*([^";\s]+)/i.exec(header)?.[1];
  if (name === undefined) return undefined;
  // Node reads headers as Latin-1; what was UTF-8 is read as such.
  const bytes = Buffer.from(name, 'latin1');
  const text = bytes.toString('utf8');
  return text.includes('\ufffd') ? name : text;
}
