/** The other side of an ordeal: says each of its numbered lines exactly once over restarts of the server, and reads what the server keeps. */
import { connectPeer, escapeXml, type Peer } from '../helpers/peer.js';
import type { World } from '../helpers/world.js';

const NS_MAM = 'urn:xmpp:mam:2';

export interface Witness {
  /** Says the lines of one place in their order, one at a time; settles when the server keeps the last. */
  say(place: Place, bodies: readonly string[], pace: () => Promise<void>): Promise<void>;
  /** Bodies that the server keeps in this archive (`undefined`: the own one), oldest first. */
  archived(archive: string | undefined, prefix: string): Promise<readonly string[]>;
  /** Bodies heard live, in one connection after the other. */
  heard(prefix: string): readonly string[];
  close(): Promise<void>;
}
export interface Place {
  readonly to: string;
  readonly type: 'chat' | 'groupchat';
}

export async function startWitness(world: World, local: string, password: string, nick: string): Promise<Witness> {
  const past: string[] = [];
  let closed = false;
  let peer: Peer | undefined;
  let connecting: Promise<Peer> | undefined;

  const bodiesOf = (one: Peer): string[] => one.stanzas.flatMap(stanza => stanza.getChildText('body') ?? []);
  const connect = async (): Promise<Peer> => {
    for (;;) {
      if (closed) throw new Error('the witness is gone');
      try {
        const { prosody } = world;
        const made = await connectPeer({
          host: prosody.host,
          port: prosody.port,
          domain: prosody.domain,
          caFile: prosody.caFile,
          user: local,
          password,
        });
        await made.joinRoom(world.room, nick, { history: 0 });
        void made.closed.then(() => {
          past.push(...bodiesOf(made));
          if (peer === made) peer = undefined;
        });
        peer = made;
        return made;
      } catch {
        await new Promise(resolve => setTimeout(resolve, 50));
      }
    }
  };
  const connected = (): Promise<Peer> => {
    if (peer !== undefined) return Promise.resolve(peer);
    connecting ??= connect().finally(() => {
      connecting = undefined;
    });
    return connecting;
  };
  /** As often as the server goes away under it. */
  const safely = async <T>(work: (peer: Peer) => Promise<T>): Promise<T> => {
    for (;;) {
      const one = await connected();
      try {
        return await work(one);
      } catch (error) {
        if (closed) throw error;
        await Promise.race([one.closed, new Promise(resolve => setTimeout(resolve, 100))]);
      }
    }
  };

  const read = async (one: Peer, archive: string | undefined): Promise<string[]> => {
    const found: string[] = [];
    for (let after = ''; ; ) {
      const from = one.stanzas.length;
      const fin = await one.request(
        `<query xmlns='${NS_MAM}'><set xmlns='http://jabber.org/protocol/rsm'><max>250</max>${
          after === '' ? '' : `<after>${escapeXml(after)}</after>`
        }</set></query>`,
        archive,
        'set',
      );
      if (fin.attrs['type'] === 'error') throw new Error(`the archive refused: ${fin.toString()}`);
      for (const stanza of one.stanzas.slice(from)) {
        const inner = stanza.getChild('result', NS_MAM)?.getChild('forwarded')?.getChild('message');
        const body = inner?.getChildText('body');
        if (body !== null && body !== undefined) found.push(body);
      }
      const end = fin.getChild('fin', NS_MAM);
      after = end?.getChild('set')?.getChildText('last') ?? '';
      if (end?.attrs['complete'] === 'true' || after === '') return found;
    }
  };

  await connected();
  return {
    async say({ to, type }, bodies, pace) {
      const archive = type === 'groupchat' ? to : undefined;
      let sender: Peer | undefined;
      for (let i = 0; i < bodies.length; ) {
        await pace();
        await safely(async one => {
          if (sender !== one) {
            // What the server kept before it went away was said.
            const kept = new Set(await read(one, archive));
            while (i < bodies.length && kept.has(bodies[i] ?? '')) i++;
            sender = one;
            return;
          }
          const body = bodies[i] ?? '';
          if (type === 'groupchat') await one.say(to, body);
          else {
            one.message(to, body);
            // Answered behind the message, because a stream is read in order.
            await one.request("<ping xmlns='urn:xmpp:ping'/>", world.prosody.domain);
          }
          i++;
        });
      }
    },
    archived: (archive, prefix) =>
      safely(async one => (await read(one, archive)).filter(body => body.startsWith(prefix))),
    heard: prefix => [...past, ...(peer === undefined ? [] : bodiesOf(peer))].filter(body => body.startsWith(prefix)),
    async close() {
      closed = true;
      await peer?.close();
    },
  };
}
