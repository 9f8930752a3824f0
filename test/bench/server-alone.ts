/** How long the server takes to bring somebody into a room: a client that only looks for the last line in what comes. */
import { once } from 'node:events';
import { connect, type TLSSocket } from 'node:tls';
import { escapeXml } from '../helpers/peer.js';
import { median } from './process.js';
import { type Load, word } from './scenario.js';

const RUNS = 3;
const PATIENCE_MS = 60_000;

/** Settles when these words have come. */
function heard(socket: TLSSocket, words: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let rest = Buffer.alloc(0);
    const timer = setTimeout(() => reject(new Error(`no ${words} from the server`)), PATIENCE_MS);
    const listen = (chunk: Buffer): void => {
      const bytes = Buffer.concat([rest, chunk]);
      rest = bytes.subarray(-words.length);
      if (!bytes.includes(words)) return;
      clearTimeout(timer);
      socket.off('data', listen);
      resolve();
    };
    socket.on('data', listen);
  });
}

async function joinOnce(load: Load, occupants: number): Promise<number> {
  const { prosody } = load.world;
  const { host, tlsPort: port, ca, guestHost } = prosody;
  const socket = connect({ host, port, ca, servername: guestHost, ALPNProtocols: ['xmpp-client'] });
  try {
    await once(socket, 'secureConnect');
    socket.setNoDelay(true);
    const ask = async (text: string, words: string): Promise<void> => {
      const answer = heard(socket, words);
      socket.write(text);
      await answer;
    };
    const header = `<stream:stream to='${guestHost}' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>`;
    await ask(header, '</stream:features>');
    await ask("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='ANONYMOUS'>=</auth>", '<success');
    await ask(header, '</stream:features>');
    await ask("<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>", '</jid>');
    const name = word('alone');
    const to = escapeXml(`${load.flood.room(name, occupants)}/alone`);
    const start = performance.now();
    await ask(`<presence to='${to}'><x xmlns='http://jabber.org/protocol/muc'/></presence>`, `welcome to ${name}`);
    return performance.now() - start;
  } finally {
    socket.destroy();
  }
}

/** Milliseconds from the presence that enters a room of so many until its last line has come, median. */
export async function serverAlone(load: Load, occupants: number): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < RUNS; run++) times.push(await joinOnce(load, occupants));
  return median(times);
}
