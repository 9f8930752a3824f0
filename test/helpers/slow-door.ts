/** A TCP proxy on loopback that carries everything both ways and in order, only later: for suites that are slowed down on purpose. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { createLag } from './patience.js';

export interface SlowDoor {
  readonly port: number;
  close(): void;
}

export async function openSlowDoor(target: number): Promise<SlowDoor> {
  const open = new Set<Socket>();
  const server = createServer(client => {
    const upstream = connect(target, '127.0.0.1');
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      const carry = createLag();
      open.add(from);
      from.setNoDelay(true);
      from.on('data', chunk => carry(() => void (to.writable && to.write(chunk))));
      from.on('end', () => carry(() => to.end()));
      from.on('error', () => undefined);
      from.on('close', () => {
        open.delete(from);
        carry(() => to.destroy());
      });
    }
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}
