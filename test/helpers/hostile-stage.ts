/** The built program with an account on a scripted server, in a room full of strangers: the stage of the hostile suites. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { attr, childOf, type Element, elementsOf, xml } from '../../src/xmpp/xml.js';
import { type HostileClient, type HostileOptions, type HostileServer, startHostileServer } from './hostile-server.js';
import { PATIENCE_MS } from './patience.js';
import { openTerminal, type TerminalOptions, type TestTerminal } from './pty.js';
import { readTerminalBytes, type TerminalUse } from './terminal-bytes.js';

export interface HostileRow {
  readonly id: string;
  readonly where: string;
  readonly value: string;
  readonly must: string;
}

export const HOSTILE_ROWS: readonly HostileRow[] = JSON.parse(
  readFileSync(new URL('../fixtures/hostile.json', import.meta.url), 'utf8'),
);

export const AUTHORITY = fileURLToPath(new URL('../fixtures/certs/ca.pem', import.meta.url));
export const DOMAIN = 'chat.test';
export const ROOM = 'hall@rooms.chat.test';
export const ME = 'me@chat.test';
export const FRIEND = 'friend@chat.test';
export const STRANGER = 'mallory@evil.test/x';

/** Undoes the generators of the table. */
export function expandRow(value: string): string {
  return value
    .replace(/@@repeat\((\d+),"((?:[^"\\]|\\.)*)"\)/g, (_all, count: string, unit: string) =>
      (JSON.parse(`"${unit}"`) as string).repeat(Number(count)),
    )
    .replace(/@@bytes\(([0-9a-f ]+)\)/gi, (_all, hex: string) => Buffer.from(hex.replace(/ /g, ''), 'hex').toString());
}

/** Text as XML can carry it: what it cannot (C0, lone surrogates, two noncharacters) is left out. */
export function escapeXml(text: string): string {
  return (text as string & { toWellFormed(): string })
    .toWellFormed()
    .replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, '')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/'/g, '&apos;')
    .replace(/[\t\n\r]/g, control => `&#${control.charCodeAt(0)};`);
}

/** True if the text comes through a parser that keeps to the rules of XML. */
export const isXmlText = (text: string): boolean => !/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/.test(text);

export type Answer = (iq: Element, client: HostileClient) => string | undefined;

export interface Stage {
  readonly server: HostileServer;
  readonly terminal: TestTerminal;
  readonly debugFile: string;
  /** The connection that is up now. */
  client(): HostileClient;
  send(xml: string): void;
  /** As one of the room, escaped. */
  say(nick: string, body: string, more?: string): void;
  enter(nick: string, more?: string): void;
  leave(nick: string): void;
  /** Settles when the server has seen what is meant; fails with the screen when that does not come. */
  until(condition: () => boolean): Promise<void>;
  /** Says something nobody said before and waits until it is the last line of the room. */
  sync(): Promise<string>;
  /** What was written since the last call, read against the list of what we may write. */
  taken(): TerminalUse;
  /** Asked for every iq before the polite answers. */
  answer: Answer | undefined;
  /** Rows of the screen that belong to the log of the room, without the side list. */
  logRows(): readonly string[];
  /** Column of the line between the log and the side list. */
  separator(): number;
  stop(): Promise<void>;
}

const NICK = 'nemo';
const SYNC_NICK = 'zz';

export async function startStage(
  options: {
    readonly server?: HostileOptions;
    readonly terminal?: TerminalOptions;
    readonly roster?: string;
    readonly args?: readonly string[];
    readonly rooms?: readonly string[];
    /** False: the room is not expected to be entered. */
    readonly wait?: boolean;
  } = {},
): Promise<Stage> {
  let serial = 0;
  let offset = 0;
  const polite = (client: HostileClient, element: Element): boolean => {
    if (element.getName() === 'presence') return room(client, element);
    if (element.getName() === 'message') {
      // A room says everything to everybody, the speaker included.
      if (attr(element, 'type') !== 'groupchat') return false;
      const to = attr(element, 'to') ?? ROOM;
      const inside = elementsOf(element)
        .map(child => child.toString())
        .join('');
      client.send(
        `<message type='groupchat' from='${to}/${NICK}' to='${client.jid}' id='${escapeXml(attr(element, 'id') ?? '')}'>${inside}</message>`,
      );
      return false;
    }
    if (element.getName() !== 'iq') return false;
    const type = attr(element, 'type');
    if (type !== 'get' && type !== 'set') return true;
    if (childOf(element, 'bind', 'urn:ietf:params:xml:ns:xmpp-bind') !== undefined) return false;
    const from = attr(element, 'to');
    const id = escapeXml(attr(element, 'id') ?? '');
    const own = stage.answer?.(element, client) ?? builtin(element);
    const origin = from === undefined ? '' : ` from='${escapeXml(from)}'`;
    if (own !== undefined) {
      if (own !== '')
        client.send(
          own.startsWith('<iq')
            ? own
            : `<iq type='result' id='${id}'${origin} to='${client.jid}'>${own === '-' ? '' : own}</iq>`,
        );
    } else
      client.send(
        `<iq type='error' id='${id}'${origin} to='${client.jid}'><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>`,
      );
    return true;
  };
  const builtin = (iq: Element): string | undefined => {
    if (childOf(iq, 'query', 'jabber:iq:roster') !== undefined)
      return attr(iq, 'type') === 'get'
        ? `<query xmlns='jabber:iq:roster'>${options.roster ?? `<item jid='${FRIEND}' name='Friend' subscription='both'/>`}</query>`
        : '-';
    if (childOf(iq, 'query', 'http://jabber.org/protocol/disco#info') !== undefined) {
      const to = attr(iq, 'to') ?? DOMAIN;
      return to.includes('rooms')
        ? "<query xmlns='http://jabber.org/protocol/disco#info'><identity category='conference' type='text' name='Hall'/><feature var='http://jabber.org/protocol/muc'/><feature var='urn:xmpp:sid:0'/></query>"
        : "<query xmlns='http://jabber.org/protocol/disco#info'><identity category='server' type='im' name='Test'/><feature var='urn:xmpp:carbons:2'/><feature var='urn:xmpp:ping'/></query>";
    }
    if (childOf(iq, 'enable', 'urn:xmpp:carbons:2') !== undefined) return '-';
    if (childOf(iq, 'ping', 'urn:xmpp:ping') !== undefined) return '-';
    return undefined;
  };
  const occupant = (nick: string, more = ''): string =>
    `<presence from='${ROOM}/${escapeXml(nick)}' to='${stage.client().jid}'>${more}<x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='none' role='participant'/></x></presence>`;
  const room = (client: HostileClient, presence: Element): boolean => {
    const to = attr(presence, 'to');
    if (to === undefined || childOf(presence, 'x', 'http://jabber.org/protocol/muc') === undefined) return false;
    const [address = ''] = to.split('/');
    for (const nick of ['alice', 'mallory', SYNC_NICK])
      client.send(
        `<presence from='${address}/${nick}' to='${client.jid}'><x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='none' role='participant'/></x></presence>`,
      );
    client.send(
      `<presence from='${address}/${NICK}' to='${client.jid}'><x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='none' role='participant'/><status code='110'/></x></presence>`,
    );
    client.send(
      `<message type='groupchat' from='${address}/alice' to='${client.jid}'><subject>welcome</subject></message>`,
    );
    return true;
  };

  const server = await startHostileServer({
    domain: DOMAIN,
    tls: 'starttls',
    certificate: 'good',
    mechanisms: ['SCRAM-SHA-256'],
    password: 'hunter2',
    jid: `${ME}/here`,
    ...options.server,
    onElement: (client, element) => options.server?.onElement?.(client, element) === true || polite(client, element),
  });
  const { terminal: more = {} } = options;
  const home = more.home;
  const terminal = openTerminal({
    columns: 100,
    rows: 30,
    ...more,
    args: [
      ...['--jid', ME, '--password-command', 'echo hunter2', '--nick', NICK],
      ...['--host', '127.0.0.1', '--port', String(server.port), '--tls', 'starttls', '--ca-file', AUTHORITY],
      ...['--debug', join(home ?? '.', 'debug.log')],
      ...(options.args ?? []),
      ...(options.rooms ?? [ROOM]),
    ],
  });

  const stage: Stage = {
    server,
    terminal,
    debugFile: join(terminal.home, 'debug.log'),
    client() {
      const client = [...server.clients].reverse().find(one => one.authenticated && !one.socket.destroyed);
      if (client === undefined) throw new Error('nobody is connected');
      return client;
    },
    send: text => stage.client().send(text),
    say(nick, body, extra = '') {
      stage.send(
        `<message type='groupchat' from='${ROOM}/${escapeXml(nick)}' to='${stage.client().jid}' id='n${++serial}'><body>${escapeXml(body)}</body>${extra}</message>`,
      );
    },
    enter: (nick, extra) => stage.send(occupant(nick, extra)),
    leave: nick =>
      stage.send(
        `<presence type='unavailable' from='${ROOM}/${escapeXml(nick)}' to='${stage.client().jid}'><x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='none' role='none'/></x></presence>`,
      ),
    async until(condition) {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<never>((_resolve, reject) => {
        timer = setTimeout(
          () => reject(new Error(`the server waits in vain for ${condition}\n${terminal.text()}`)),
          PATIENCE_MS,
        );
      });
      await Promise.race([server.until(condition), late]).finally(() => clearTimeout(timer));
    },
    async sync() {
      const word = `sync-${++serial}-ok`;
      stage.say(SYNC_NICK, word);
      // A big frame comes in pieces; it is whole when the terminal was told to show it.
      await terminal.waitFor(lines => lines.some(line => line.includes(word)) && !terminal.modes().synchronizedOutput);
      return word;
    },
    taken() {
      const raw = terminal.raw();
      // What is cut in half where we look is judged the next time.
      const tail = /(?:\x1b(?:\[[0-?]*|\][^\x07\x1b]*\x1b?)?|[\xc2-\xf4][\x80-\xbf]{0,2})$/.exec(
        raw.toString('latin1'),
      );
      const whole = tail !== null && isCut(tail[0]) ? tail.index : raw.length;
      const use = readTerminalBytes(raw.subarray(offset, Math.max(offset, whole)));
      offset = Math.max(offset, whole);
      return use;
    },
    answer: undefined,
    separator: () => {
      const row = terminal.screen().find(line => /^\d\d:\d\d.*│/.test(line)) ?? '';
      return row.lastIndexOf('│');
    },
    logRows() {
      return terminal.screen().slice(1, terminal.rows - 3);
    },
    async stop() {
      await terminal.kill();
      await server.close();
    },
  };
  if (options.wait !== false)
    await stage.until(() => server.clients.some(client => client.log.some(line => line.includes(`${ROOM}/`))));
  return stage;
}

/** An introducer is always cut here; the start of a character is, if the rest of it is missing. */
function isCut(tail: string): boolean {
  const lead = tail.charCodeAt(0);
  if (lead === 0x1b) return true;
  return tail.length < (lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2);
}

/** One element as text, for scripts that answer. */
export const printXml = (...parts: Parameters<typeof xml>): string => xml(...parts).toString();
