/** A Prosody, and the built program in a terminal on it: what the end-to-end suites share. */
import { connectPeer, type Peer } from './peer.js';
import { type Prosody, type ProsodyOptions, startProsody } from './prosody.js';
import { openTerminal, type TerminalOptions, type TestTerminal } from './pty.js';

export interface World {
  readonly prosody: Prosody;
  readonly room: string;
  /** The program as a guest with this nick, in the room. */
  guest(nick: string, options?: TerminalOptions & { readonly more?: readonly string[] }): Promise<TestTerminal>;
  /** The program with an account; the password is typed at the prompt. */
  account(
    local: string,
    password: string,
    options?: TerminalOptions & { readonly more?: readonly string[] },
  ): Promise<TestTerminal>;
  /** Arguments that lead to this server. */
  readonly route: readonly string[];
  /** A second client, as a guest. */
  peer(): Promise<Peer>;
  peerWithAccount(local: string, password: string): Promise<Peer>;
  stop(): Promise<void>;
}

export async function startWorld(options: ProsodyOptions = {}): Promise<World> {
  const prosody = await startProsody(options);
  const open: { kill(): Promise<void> }[] = [];
  const peers: Peer[] = [];
  const room = `lobby@${prosody.roomService}`;
  const route = [
    '--host',
    prosody.host,
    '--port',
    String(prosody.port),
    '--tls',
    'starttls',
    '--ca-file',
    prosody.caFile,
  ];
  const start = (args: readonly string[], terminal: TerminalOptions): TestTerminal => {
    const opened = openTerminal({ ...terminal, args });
    open.push(opened);
    return opened;
  };
  return {
    prosody,
    room,
    route,
    async guest(nick, { more = [], ...terminal } = {}) {
      const opened = start([...route, '--server', prosody.guestHost, '--nick', nick, ...more, room], terminal);
      // Nick and room stand in the bars before anybody is connected.
      await opened.waitFor(`${nick} in lobby`);
      return opened;
    },
    async account(local, password, { more = [], ...terminal } = {}) {
      const opened = start([...route, '--jid', `${local}@${prosody.domain}`, ...more], terminal);
      await opened.waitFor(/password/i);
      opened.enter(password);
      return opened;
    },
    async peer() {
      const peer = await connectPeer({
        host: prosody.host,
        port: prosody.port,
        domain: prosody.guestHost,
        caFile: prosody.caFile,
      });
      peers.push(peer);
      return peer;
    },
    async peerWithAccount(local, password) {
      const peer = await connectPeer({
        host: prosody.host,
        port: prosody.port,
        domain: prosody.domain,
        caFile: prosody.caFile,
        user: local,
        password,
      });
      peers.push(peer);
      return peer;
    },
    async stop() {
      await Promise.all(open.map(terminal => terminal.kill()));
      await Promise.all(peers.map(peer => peer.close().catch(() => undefined)));
      await prosody.stop();
    },
  };
}
