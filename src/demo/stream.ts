/** One connection to the demo server: stream header, SASL ANONYMOUS, resource binding and acknowledgements (RFC 6120, XEP-0175, XEP-0198). */
import type { Socket } from 'node:net';
import type { Clock } from '../lib/time.js';
import { answerIq, type DemoSession } from './stanza.js';
import { childOf, childText, createStreamParser, el, escapeXml, NS, printXml, type XmlElement } from './xml.js';

/** A client that has not logged in by then is dropped. */
const LOGIN_TIMEOUT_MS = 60_000;
/** A client that does not read while this much waits for it is dropped. */
const MAX_UNREAD_BYTES = 1_048_576;
const MAX_RESOURCE_LENGTH = 256;

export interface StreamOptions {
  readonly socket: Socket;
  readonly domain: string;
  readonly clock: Clock;
  readonly newId: () => string;
  /** Somebody has logged in; gives what is done with stanzas and at the end. */
  onLogin(session: DemoSession): { onStanza(stanza: XmlElement): void; onEnd(): void };
}

type State = 'header' | 'login' | 'logged in' | 'bind' | 'bound' | 'over';

export interface DemoStream {
  /** Says good-bye with a stream error and hangs up. */
  end(condition: string): void;
}

export function createStream({ socket, domain, clock, newId, onLogin }: StreamOptions): DemoStream {
  // header → login → logged in (second header) → bind → bound → over
  let state: State = 'header';
  let isStreamOpen = false;
  let handledCount: number | undefined;
  let handlers: ReturnType<StreamOptions['onLogin']> | undefined;
  const cancelTimeout = clock.after(LOGIN_TIMEOUT_MS, () => end('connection-timeout'));

  const write = (text: string) => {
    if (state === 'over') return;
    if (socket.writableLength > MAX_UNREAD_BYTES) {
      over();
      socket.destroy();
      return;
    }
    socket.write(text);
  };
  const send = (stanza: XmlElement) => write(printXml(stanza));

  const over = () => {
    if (state === 'over') return;
    state = 'over';
    cancelTimeout();
    handlers?.onEnd();
  };

  /** Closes when everything is written, also when the other side does not close. */
  const hangUp = () => {
    socket.end(() => socket.destroy());
  };

  const end = (condition: string) => {
    if (state === 'over') return;
    if (!isStreamOpen) openStream();
    const error = `<stream:error><${condition} xmlns='${NS.streams}'/></stream:error></stream:stream>`;
    write(error);
    over();
    hangUp();
  };

  const openStream = () => {
    isStreamOpen = true;
    write(
      `<?xml version='1.0'?><stream:stream from='${escapeXml(domain)}' id='${newId()}' version='1.0' xml:lang='en' xmlns='${NS.client}' xmlns:stream='${NS.stream}'>`,
    );
  };

  const onStart = (attributes: Readonly<Record<string, string>>) => {
    openStream();
    if (attributes['to']?.toLowerCase() !== domain) return end('host-unknown');
    const features =
      state === 'header'
        ? [el('mechanisms', { xmlns: NS.sasl }, el('mechanism', {}, 'ANONYMOUS'))]
        : [
            el('bind', { xmlns: NS.bind }),
            el('session', { xmlns: NS.session }, el('optional')),
            el('sm', { xmlns: NS.sm }),
          ];
    write(`<stream:features>${features.map(feature => printXml(feature)).join('')}</stream:features>`);
    state = state === 'header' ? 'login' : 'bind';
  };

  const onLoginElement = (element: XmlElement) => {
    if (element.name !== 'auth' || element.ns !== NS.sasl) return end('not-authorized');
    if (element.attributes['mechanism'] !== 'ANONYMOUS') {
      return send(el('failure', { xmlns: NS.sasl }, el('invalid-mechanism')));
    }
    send(el('success', { xmlns: NS.sasl }));
    state = 'logged in';
    isStreamOpen = false;
    feed = newParser();
  };

  const onBind = (iq: XmlElement) => {
    const bind = childOf(iq, 'bind', NS.bind);
    if (iq.name !== 'iq' || iq.attributes['type'] !== 'set' || bind === undefined) return end('not-authorized');
    const wanted = childText(bind, 'resource') ?? '';
    const bareJid = `${newId()}@${domain}`;
    const resource = wanted !== '' && wanted.length <= MAX_RESOURCE_LENGTH ? wanted : newId();
    const jid = `${bareJid}/${resource}`;
    state = 'bound';
    cancelTimeout();
    send(answerIq(iq, domain, jid, { result: [el('bind', { xmlns: NS.bind }, el('jid', {}, jid))] }));
    handlers = onLogin({ jid, bareJid, send });
  };

  /** XEP-0198 without resumption: the client learns what has arrived. */
  const onAcknowledgement = (element: XmlElement) => {
    if (element.name === 'enable' && handledCount === undefined) {
      handledCount = 0;
      send(el('enabled', { xmlns: NS.sm }));
    } else if (element.name === 'r' && handledCount !== undefined) {
      send(el('a', { xmlns: NS.sm, h: String(handledCount) }));
    } else if (element.name !== 'a') {
      send(el('failed', { xmlns: NS.sm }, el('unexpected-request', { xmlns: NS.stanzas })));
    }
  };

  const onStanza = (stanza: XmlElement) => {
    if (state === 'login') onLoginElement(stanza);
    else if (stanza.ns === NS.sm && state === 'bind') {
      send(el('failed', { xmlns: NS.sm }, el('unexpected-request', { xmlns: NS.stanzas })));
    } else if (state === 'bind') onBind(stanza);
    else if (state === 'bound') {
      if (stanza.ns === NS.sm) return onAcknowledgement(stanza);
      if (stanza.ns !== NS.client || !['iq', 'message', 'presence'].includes(stanza.name)) {
        return end('unsupported-stanza-type');
      }
      if (handledCount !== undefined) handledCount = (handledCount + 1) % 2 ** 32;
      handlers?.onStanza(stanza);
    }
  };

  const newParser = () =>
    createStreamParser({
      onStart,
      onStanza,
      onEnd() {
        write('</stream:stream>');
        over();
        hangUp();
      },
      onFault: end,
    });
  let feed = newParser();

  socket.on('data', (chunk: Buffer) => {
    if (state !== 'over') feed(chunk);
  });
  // A reset connection is only a client that has gone.
  socket.on('error', () => socket.destroy());
  socket.on('close', over);
  return { end };
}
