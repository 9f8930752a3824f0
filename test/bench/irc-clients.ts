/** irssi and WeeChat on a real ngircd: they cannot do the scenarios on XMPP, but what they write to the terminal can be counted. */
import { rmSync } from 'node:fs';
import { type IrcPerson, startGateway } from '../helpers/gateway.js';
import { freePorts } from '../helpers/prosody.js';
import { openTerminal, type TestTerminal } from '../helpers/pty.js';
import { findProgram } from '../setup.js';
import { homeOf, PATIENCE_MS } from './clients.js';

export interface IrcClient {
  readonly who: string;
  readonly command: (port: number) => readonly string[];
  readonly next: string;
}

const NICK = 'bench';

/** Those that are installed. */
export function ircClients(): readonly IrcClient[] {
  const [irssi, weechat] = ['irssi', 'weechat'].map(findProgram);
  const clients: IrcClient[] = [];
  if (irssi !== undefined) {
    clients.push({
      who: 'irssi',
      command: port => [irssi, '-c', '127.0.0.1', '-p', String(port), '-n', NICK],
      next: 'Ctrl-n',
    });
  }
  if (weechat !== undefined) {
    clients.push({ who: 'weechat', command: port => [weechat, `irc://${NICK}@127.0.0.1:${port}`], next: 'Alt-Right' });
  }
  return clients;
}

export interface IrcHall {
  /** Somebody in these channels who talks; others only sit there. */
  readonly talker: IrcPerson;
  /** Starts the client and waits until it is on the server. */
  open(client: IrcClient, size: { readonly columns: number; readonly rows: number }): Promise<TestTerminal>;
  /** Settles when the client has come into this channel: some wait before they ask. */
  entered(channel: string): Promise<void>;
  stop(): Promise<void>;
}

/** An IRC server with so many people in each of these channels. */
export async function openHall(channels: readonly string[], people: number): Promise<IrcHall> {
  const [port] = await freePorts(1);
  const server = await startGateway(undefined, port);
  const homes: string[] = [];
  const terminals: TestTerminal[] = [];
  const sitting: IrcPerson[] = [];
  for (let i = 0; i < people; i++) {
    const person = await server.person(`user${i}`);
    for (const channel of channels) {
      person.send(`JOIN ${channel}`);
      await person.next(/ 366 /);
    }
    sitting.push(person);
  }
  const talker = sitting[0];
  if (talker === undefined) throw new Error('nobody talks');
  return {
    talker,
    async open(client, size) {
      const home = homeOf({});
      homes.push(home);
      const terminal = openTerminal({ command: client.command(port), ...size, home });
      terminals.push(terminal);
      await terminal.waitFor(/Welcome to the Internet Relay Network/, PATIENCE_MS);
      return terminal;
    },
    async entered(channel) {
      await talker.next(new RegExp(`^:${NICK}!\\S+ JOIN :?${channel}`));
    },
    async stop() {
      await Promise.all(terminals.map(terminal => terminal.kill()));
      for (const home of homes) rmSync(home, { recursive: true, force: true });
      await server.stop();
    },
  };
}
