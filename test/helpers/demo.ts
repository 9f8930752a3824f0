/** The demo server with a clock that the test turns, and clients on it. */
import { type DemoServer, startDemoServer } from '../../src/demo/server.js';
import { createFakeClock, type FakeClock } from './fake-clock.js';
import { connectPeer, type Peer } from './peer.js';

export interface TestDemo {
  readonly server: DemoServer;
  readonly clock: FakeClock;
  /** A client that is logged in; all are closed with the server. */
  connect(resource?: string): Promise<Peer>;
  /** Lets the scripts play until the promise settles: turns the clock, step by step, between what arrives. */
  playUntil<T>(promise: Promise<T>): Promise<T>;
  stop(): Promise<void>;
}

const STEP_MS = 500;

export async function startDemo(random: () => number = () => 0): Promise<TestDemo> {
  const clock = createFakeClock();
  const server = await startDemoServer({ clock, random });
  const peers: Peer[] = [];
  return {
    server,
    clock,
    async connect(resource = 'test') {
      const peer = await connectPeer({ port: server.port, domain: server.domain, tls: 'none', resource });
      peers.push(peer);
      return peer;
    },
    async playUntil(promise) {
      let isSettled = false;
      const settle = () => {
        isSettled = true;
      };
      promise.then(settle, settle);
      while (!isSettled) {
        clock.advance(STEP_MS);
        // One turn of the event loop, so that sockets are read and written.
        await new Promise(resolve => setImmediate(resolve));
      }
      return promise;
    },
    async stop() {
      for (const peer of peers) peer.cut();
      await server.stop();
    },
  };
}
