/** A TCP proxy on loopback which damages connections on purpose, with a seeded sequence of accidents. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/**
 * `reset`: both sides at once; `end`: half-polite; `truncate`: a part of the chunk arrives, then a reset; `deliver`: the chunk
 * arrives and its acknowledgement does not; `hole`: open, and nothing passes any more.
 */
export type Cut = 'reset' | 'end' | 'truncate' | 'deliver' | 'hole';

export interface Plan {
  cut: Cut;
  /** Bytes after which it happens. */
  afterBytes: number;
  /** Whose bytes: `up` from the client (default), `down` from the server; `truncate` and `hole` are exact to the byte. */
  way?: 'up' | 'down';
}

export interface CutProxy {
  readonly port: number;
  readonly accepted: number;
  readonly cuts: readonly Cut[];
  /** Cuts all that is open now. */
  cut(how?: Cut): void;
  /** New connections are reset while this is true. */
  refuse: boolean;
  close(): Promise<void>;
}

/** mulberry32: the same seed gives the same accidents. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

export async function startCutProxy(options: {
  target: { host?: string; port: number };
  /** For each new connection; undefined lets it live. */
  plan?(connection: number, random: () => number): Plan | undefined;
  seed?: number;
}): Promise<CutProxy> {
  const random = createRandom(options.seed ?? 1);
  const open = new Map<Socket, (how: Cut) => void>();
  const upstreams = new Set<Socket>();
  const cuts: Cut[] = [];
  let accepted = 0;

  const server = createServer(client => {
    accepted++;
    client.on('error', () => undefined);
    if (proxy.refuse) {
      client.resetAndDestroy();
      return;
    }
    const upstream = connect(options.target.port, options.target.host ?? '127.0.0.1');
    const plan = options.plan?.(accepted, random);
    upstreams.add(upstream);
    upstream.on('close', () => upstreams.delete(upstream));
    let passed = 0;
    let returned = 0;
    let holed = false;
    let cutting = false;
    upstream.on('error', () => undefined);
    client.setNoDelay(true);
    upstream.setNoDelay(true);

    const cut = (how: Cut): void => {
      cutting = true;
      cuts.push(how);
      if (how === 'hole') {
        holed = true;
        return;
      }
      open.delete(client);
      if (how === 'end') {
        client.end();
        upstream.end();
      } else {
        client.resetAndDestroy();
        upstream.resetAndDestroy();
      }
    };
    open.set(client, cut);
    const gone = (): void => {
      open.delete(client);
      client.destroy();
      // What was delivered must still be read by the other side.
      if (!cutting) upstream.end();
    };
    const reaches = (way: 'up' | 'down', count: number): Plan | undefined =>
      plan !== undefined && (plan.way ?? 'up') === way && count >= plan.afterBytes ? plan : undefined;
    client.on('data', chunk => {
      if (holed || cutting) return;
      passed += chunk.length;
      const now = reaches('up', passed);
      const part = chunk.subarray(0, now === undefined ? chunk.length : chunk.length - (passed - now.afterBytes));
      if (now === undefined) {
        upstream.write(chunk);
      } else if (now.cut === 'truncate') {
        cutting = true;
        upstream.write(part, () => cut('truncate'));
      } else if (now.cut === 'hole') {
        upstream.write(part);
        cut('hole');
      } else if (now.cut === 'deliver') {
        cutting = true;
        // The client is cut first, the server reads all and then sees the end.
        upstream.end(chunk, () => client.resetAndDestroy());
        cuts.push('deliver');
        open.delete(client);
      } else cut(now.cut);
    });
    upstream.on('data', chunk => {
      if (holed || cutting) return;
      returned += chunk.length;
      const now = reaches('down', returned);
      if (now === undefined) {
        client.write(chunk);
        return;
      }
      const part = chunk.subarray(0, chunk.length - (returned - now.afterBytes));
      if (now.cut === 'hole') {
        client.write(part);
        cut('hole');
      } else {
        cutting = true;
        client.write(part, () => cut(now.cut === 'deliver' ? 'reset' : now.cut));
      }
    });
    client.on('close', gone);
    upstream.on('close', () => {
      if (!holed) client.destroy();
    });
  });

  const proxy: CutProxy = {
    port: 0,
    get accepted() {
      return accepted;
    },
    cuts,
    refuse: false,
    cut(how = 'reset') {
      for (const act of [...open.values()]) act(how);
    },
    close() {
      for (const client of open.keys()) client.destroy();
      for (const upstream of upstreams) upstream.destroy();
      return new Promise(resolve => server.close(() => resolve()));
    },
  };
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.defineProperty(proxy, 'port', { value: port });
}
