/** A room service that is only there to flood: a component (XEP-0114) on a raw socket, next to a real Prosody. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { escapeXml } from '../helpers/peer.js';

export const FLOOD_HOST = 'flood.example.test';
const SECRET = 'flood-secret';

/** For the configuration of Prosody. */
export const floodConfig = (port: number): string => `
component_ports = { ${port} }
component_interfaces = { "127.0.0.1" }
component_stanza_size_limit = 10485760
Component "${FLOOD_HOST}"
  component_secret = "${SECRET}"
  modules_disabled = { "s2s", "s2s_auth_certs", "limits" }
`;

export interface Flood {
  /** The address of a room of so many occupants; any word makes it another room. */
  room(word: string, occupants: number): string;
  /** The nick by which somebody is in this room. */
  joined(room: string, timeoutMs?: number): Promise<string>;
  /** So many messages, as fast as they are taken, or so many a second; the last one has this body. */
  say(room: string, count: number, last: string, perSecond?: number): Promise<void>;
  /** So many changes of presence of its occupants, then a message with this body. */
  presences(room: string, count: number, last: string): Promise<void>;
  /** So many times somebody leaves or comes back, so many a second, then a message with this body. */
  joinsAndParts(room: string, count: number, last: string, perSecond: number): Promise<void>;
  /** What asked the occupants something: none must. */
  readonly asked: () => number;
  stop(): void;
}

const WORDS = 'hello how are you today this is some chat text & more it\'s "quoted" lorem ipsum ça été'.split(' ');
/** Characters in one write. */
const CHUNK = 32_000;

const OCCUPANTS = /-(\d+)$/;

/** Prosody listens for clients a moment before it listens for components. */
async function reach(port: number): Promise<Socket> {
  for (let tries = 1; ; tries++) {
    const socket = connect(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return socket;
    } catch (error) {
      if (tries === 100) throw error;
      await delay(50);
    }
  }
}

export async function startFlood(port: number): Promise<Flood> {
  const socket = await reach(port);
  socket.setNoDelay(true);
  /** Room → who is in it: full JID and nick. */
  const guests = new Map<string, { readonly jid: string; readonly nick: string }>();
  const waiting = new Set<() => void>();
  let asked = 0;
  let serial = 0;

  const write = (text: string): Promise<void> =>
    new Promise(resolve => {
      if (socket.write(text)) resolve();
      else socket.once('drain', resolve);
    });
  const left = (room: string, nick: string, to: string): string =>
    `<presence type='unavailable' from='${escapeXml(`${room}/${nick}`)}' to='${escapeXml(to)}'>` +
    `<occupant-id xmlns='urn:xmpp:occupant-id:0' id='o-${escapeXml(nick)}-0123456789='/>` +
    `<x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='none' role='none'/></x></presence>`;
  const presence = (room: string, nick: string, to: string, show = '', codes = ''): string =>
    `<presence from='${escapeXml(`${room}/${nick}`)}' to='${escapeXml(to)}'>${show}` +
    `<c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='https://poez.io' ver='${createHash('sha1')
      .update(`${nick.length}${nick.at(-1)}`)
      .digest('base64')}'/>` +
    `<x xmlns='vcard-temp:x:update'><photo/></x><occupant-id xmlns='urn:xmpp:occupant-id:0' id='o-${escapeXml(nick)}-0123456789='/>` +
    `<x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='none' role='participant'/>${codes}</x></presence>`;
  const message = (room: string, nick: string, to: string, body: string): string => {
    serial++;
    return (
      `<message from='${escapeXml(`${room}/${nick}`)}' to='${escapeXml(to)}' type='groupchat' id='m${serial}'><body>${escapeXml(body)}</body>` +
      `<stanza-id xmlns='urn:xmpp:sid:0' by='${escapeXml(room)}' id='s${serial}-abcdef'/><occupant-id xmlns='urn:xmpp:occupant-id:0' id='o-${escapeXml(nick)}-0123456789='/></message>`
    );
  };
  const occupantsOf = (room: string): number => Number(OCCUPANTS.exec(room.split('@')[0] ?? '')?.[1] ?? 0);
  const guestOf = (room: string): { readonly jid: string; readonly nick: string } => {
    const guest = guests.get(room);
    if (guest === undefined) throw new Error(`nobody is in ${room}`);
    return guest;
  };
  const nickOf = (index: number): string => `user${index}`;

  /** Many stanzas in few writes. */
  const writer = (): { add(text: string): Promise<void>; end(): Promise<void> } => {
    let text = '';
    const end = async (): Promise<void> => {
      const all = text;
      text = '';
      if (all !== '') await write(all);
    };
    return {
      async add(more) {
        text += more;
        if (text.length > CHUNK) await end();
      },
      end,
    };
  };

  /** To be called behind each: keeps to so many a second. */
  const pace = (out: { end(): Promise<void> }, perSecond: number | undefined) => {
    const start = performance.now();
    return async (count: number): Promise<void> => {
      if (perSecond === undefined) return;
      await out.end();
      const wait = start + (count * 1000) / perSecond - performance.now();
      if (wait > 1) await delay(wait);
    };
  };

  const enter = async (room: string, nick: string, to: string): Promise<void> => {
    const out = writer();
    const count = occupantsOf(room);
    for (let i = 0; i < count; i++) await out.add(presence(room, nickOf(i), to));
    await out.add(presence(room, nick, to, '', "<status code='110'/>"));
    await out.add(
      `<message from='${room}' to='${escapeXml(to)}' type='groupchat'><subject>A flood</subject></message>`,
    );
    await out.add(message(room, nickOf(0), to, `welcome to ${room.split('@')[0]}`));
    await out.end();
    guests.set(room, { jid: to, nick });
    for (const look of [...waiting]) look();
  };

  const info = (room: string): string =>
    `<query xmlns='http://jabber.org/protocol/disco#info'><identity category='conference' type='text'${room.includes('@') ? '' : " name='Flood'"}/><feature var='http://jabber.org/protocol/muc'/><feature var='urn:xmpp:occupant-id:0'/></query>`;

  const attribute = (tag: string, name: string): string => {
    const found = new RegExp(` ${name}=(?:'([^']*)'|"([^"]*)")`).exec(tag);
    return found?.[1] ?? found?.[2] ?? '';
  };
  const receive = (stanza: string): void => {
    const tag = stanza.slice(0, stanza.indexOf('>') + 1);
    const from = attribute(tag, 'from');
    const to = attribute(tag, 'to');
    const type = attribute(tag, 'type');
    const [room = '', nick] = to.split('/');
    if (stanza.startsWith('<presence')) {
      if (type === 'unavailable') guests.delete(room);
      else if (nick !== undefined && stanza.includes('protocol/muc')) void enter(room, nick, from);
    } else if (stanza.startsWith('<message') && type === 'groupchat') {
      const body = /<body>([^<]*)<\/body>/.exec(stanza)?.[1];
      const guest = guests.get(room);
      if (body !== undefined && guest !== undefined)
        void write(
          `<message from='${escapeXml(`${room}/${guest.nick}`)}' to='${escapeXml(from)}' type='groupchat' id='${attribute(tag, 'id')}'><body>${body}</body></message>`,
        );
    } else if (stanza.startsWith('<iq') && (type === 'get' || type === 'set')) {
      if (nick !== undefined) asked++;
      const result = stanza.includes('disco#info') && nick === undefined;
      void write(
        `<iq from='${escapeXml(to)}' to='${escapeXml(from)}' id='${attribute(tag, 'id')}' type='${result ? 'result' : 'error'}'>${
          result
            ? info(to)
            : "<error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"
        }</iq>`,
      );
    }
  };

  let buffer = '';
  const ready = new Promise<void>((resolve, reject) => {
    socket.on('error', reject);
    socket.on('data', chunk => {
      buffer += String(chunk);
      const id = /<stream:stream[^>]* id=['"]([^'"]+)['"][^>]*>/.exec(buffer);
      if (id !== null) {
        buffer = buffer.slice(id.index + id[0].length);
        socket.write(`<handshake>${createHash('sha1').update(`${id[1]}${SECRET}`).digest('hex')}</handshake>`);
      }
      for (;;) {
        // Prosody writes whole stanzas without nesting of their own kind.
        const next = /<(handshake|iq|presence|message)\b[^>]*?(?:\/>|>[\s\S]*?<\/\1>)/.exec(buffer);
        if (next === null) return;
        buffer = buffer.slice(next.index + next[0].length);
        if (next[1] === 'handshake') resolve();
        else receive(next[0]);
      }
    });
  });
  socket.write(
    `<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' to='${FLOOD_HOST}'>`,
  );
  await ready;

  return {
    room: (word, occupants) => `${word}-${occupants}@${FLOOD_HOST}`,
    joined: (room, timeoutMs = 60_000) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const guest = guests.get(room);
          if (guest === undefined) return;
          clearTimeout(timer);
          waiting.delete(look);
          resolve(guest.nick);
        };
        const timer = setTimeout(() => {
          waiting.delete(look);
          reject(new Error(`nobody entered ${room}`));
        }, timeoutMs);
        waiting.add(look);
        look();
      }),
    async say(room, count, last, perSecond) {
      const { jid } = guestOf(room);
      const many = Math.max(1, occupantsOf(room));
      const out = writer();
      const paced = pace(out, perSecond);
      for (let i = 1; i <= count; i++) {
        const words = Array.from({ length: 10 }, (_, k) => WORDS[(i * 7 + k * 3) % WORDS.length]).join(' ');
        await out.add(message(room, nickOf(i % many), jid, i === count ? last : `${words} ${i}`));
        await paced(i);
      }
      await out.end();
    },
    async presences(room, count, last) {
      const { jid } = guestOf(room);
      const many = Math.max(1, occupantsOf(room));
      const out = writer();
      for (let i = 0; i < count; i++) {
        const show =
          ['', '<show>away</show><status>gone for lunch</status>', '<show>dnd</show>'][((i / many) % 3) | 0] ?? '';
        await out.add(presence(room, nickOf((i * 7) % many), jid, show));
      }
      await out.add(message(room, nickOf(0), jid, last));
      await out.end();
    },
    async joinsAndParts(room, count, last, perSecond) {
      const { jid } = guestOf(room);
      const many = Math.max(1, occupantsOf(room));
      const out = writer();
      const paced = pace(out, perSecond);
      for (let i = 0; i < count; i++) {
        // A hundred leave, then these come back, then the next hundred.
        const nick = nickOf(((Math.floor(i / 200) * 100 + (i % 100)) * 7) % many);
        await out.add(i % 200 < 100 ? left(room, nick, jid) : presence(room, nick, jid));
        await paced(i + 1);
      }
      await out.add(message(room, nickOf(0), jid, last));
      await out.end();
    },
    asked: () => asked,
    stop: () => socket.destroy(),
  };
}
