/** SOCKS5 with names resolved by the proxy, so that nothing is asked of the local name server. RFC 1928, 1929 */
import { isIP, type Socket } from 'node:net';
import { within } from './clock.js';
import { type DialOptions, dial } from './dial.js';
import { StreamFailure } from './errors.js';
import type { SocksProxy } from './session-types.js';

const VERSION = 5;
const NO_AUTHENTICATION = 0;
const USERNAME_PASSWORD = 2;
const CONNECT = 1;
const ADDRESS_BYTES: Readonly<Record<number, number>> = { 1: 4, 4: 16 };
const REPLIES: Readonly<Record<number, string>> = {
  1: 'general failure',
  2: 'not allowed by its rules',
  3: 'network unreachable',
  4: 'host unreachable',
  5: 'connection refused',
  6: 'too far away',
  7: 'it cannot connect',
  8: 'it does not know this kind of address',
};

export async function dialThroughProxy(
  proxy: SocksProxy,
  target: { host: string; port: number },
  options: DialOptions,
): Promise<Socket> {
  const subject = `${target.host}:${target.port}`;
  const failed = (reason: string): StreamFailure => new StreamFailure('proxy', { subject, reason });
  let socket: Socket;
  try {
    socket = await dial(proxy.host, proxy.port, options);
  } catch (error) {
    throw failed(error instanceof StreamFailure ? error.sentence.replace(/\.$/, '') : 'it is not reachable');
  }
  const abort = (): void => void socket.destroy();
  options.signal.addEventListener('abort', abort);
  const reader = createReader(socket);
  try {
    await within(options.clock, options.tcpMs, greet(socket, reader, proxy, target, failed), () => failed('no answer'));
    reader.release();
    return socket;
  } catch (error) {
    socket.destroy();
    throw error instanceof StreamFailure ? error : failed('it closed the connection');
  } finally {
    options.signal.removeEventListener('abort', abort);
  }
}

async function greet(
  socket: Socket,
  reader: Reader,
  proxy: SocksProxy,
  target: { host: string; port: number },
  failed: (reason: string) => StreamFailure,
): Promise<void> {
  const wanted = proxy.username === undefined ? NO_AUTHENTICATION : USERNAME_PASSWORD;
  socket.write(Buffer.from([VERSION, 1, wanted]));
  const [version, method] = await reader.take(2);
  if (version !== VERSION) throw failed('it is not a SOCKS5 proxy');
  if (method !== wanted) throw failed('it wants another way to log in');
  if (wanted === USERNAME_PASSWORD) {
    const name = sized(proxy.username ?? '', failed);
    const password = sized(proxy.password ?? '', failed);
    socket.write(Buffer.concat([Buffer.from([1]), name, password]));
    const answer = await reader.take(2);
    if (answer[1] !== 0) throw failed('it did not accept name and password');
  }
  const port = Buffer.from([target.port >> 8, target.port & 255]);
  const address = addressFor(target.host, failed);
  socket.write(Buffer.concat([Buffer.from([VERSION, CONNECT, 0]), address, port]));
  const reply = await reader.take(4);
  if (reply[1] !== 0) throw failed(REPLIES[reply[1]!] ?? `answer ${reply[1]}`);
  const length = ADDRESS_BYTES[reply[3]!] ?? (await reader.take(1))[0]!;
  await reader.take(length + 2);
}

/** Names stay names: the proxy resolves them. RFC 1928 §5 */
function addressFor(host: string, failed: (reason: string) => StreamFailure): Buffer {
  const literal = host.replace(/^\[(.*)\]$/, '$1');
  if (isIP(literal) === 4) return Buffer.from([1, ...literal.split('.').map(Number)]);
  if (isIP(literal) === 6) {
    const address = new URL(`http://[${literal}]`).hostname.slice(1, -1);
    const [head = '', tail] = address.split('::');
    const groups = (text: string | undefined): number[] =>
      text === undefined || text === '' ? [] : text.split(':').map(group => Number.parseInt(group, 16));
    const [first, last] = [groups(head), groups(tail)];
    const all = [...first, ...new Array<number>(8 - first.length - last.length).fill(0), ...last];
    return Buffer.from([4, ...all.flatMap(group => [group >> 8, group & 255])]);
  }
  return Buffer.concat([Buffer.from([3]), sized(host, failed)]);
}

/** One byte of length, then the text. */
function sized(text: string, failed: (reason: string) => StreamFailure): Buffer {
  const bytes = Buffer.from(text);
  if (bytes.length === 0 || bytes.length > 255) throw failed('a name or password is empty or too long for it');
  return Buffer.concat([Buffer.from([bytes.length]), bytes]);
}

interface Reader {
  take(length: number): Promise<Buffer>;
  /** Gives what was read too much back to the socket. */
  release(): void;
}

function createReader(socket: Socket): Reader {
  let buffered: Buffer = Buffer.alloc(0);
  let waiting: (() => void) | undefined;
  let closed = false;
  const onData = (chunk: Buffer): void => {
    buffered = Buffer.concat([buffered, chunk]);
    waiting?.();
  };
  const onClose = (): void => {
    closed = true;
    waiting?.();
  };
  socket.on('data', onData);
  socket.on('close', onClose);
  socket.on('end', onClose);
  return {
    async take(length) {
      while (buffered.length < length) {
        if (closed) throw new Error('closed');
        await new Promise<void>(resolve => {
          waiting = resolve;
        });
      }
      const taken = buffered.subarray(0, length);
      buffered = buffered.subarray(length);
      return taken;
    },
    release() {
      socket.off('data', onData);
      socket.off('close', onClose);
      socket.off('end', onClose);
      socket.pause();
      if (buffered.length > 0) socket.unshift(buffered);
    },
  };
}
