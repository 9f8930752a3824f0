/** A TCP proxy on loopback which damages connections on purpose, with a seeded sequence of accidents. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/**
 * `reset`: both sides at once; `end`: half-polite; `truncate`: a part of the chunk arrives, then a reset; `deliver`: the chunk
 * arrives and its acknowledgement does not; `hole`: open, and nothing passes any more.
 */
export type Cut = 'reset' | 'end' | 'truncate' | 'deliver' | 'hole';

export interface Plan {
  cut: Cut;
  /** Bytes from the client after which it happens. */
  afterBytes: number;
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
    let passed = 0;
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
    client.on('data', chunk => {
      if (holed || cutting) return;
      passed += chunk.length;
      if (plan === undefined || passed < plan.afterBytes) {
        upstream.write(chunk);
      } else if (plan.cut === 'truncate') {
        cutting = true;
        upstream.write(chunk.subarray(0, Math.floor(random() * chunk.length)), () => cut('truncate'));
      } else if (plan.cut === 'deliver') {
        cutting = true;
        // The client is cut first, the server reads all and then sees the end.
        upstream.end(chunk, () => client.resetAndDestroy());
        cuts.push('deliver');
        open.delete(client);
      } else cut(plan.cut);
    });
    upstream.on('data', chunk => {
      if (!holed && !cutting) client.write(chunk);
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
      return new Promise(resolve => server.close(() => resolve()));
    },
  };
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.defineProperty(proxy, 'port', { value: port });
}
