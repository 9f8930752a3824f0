/** One stream on one socket, kept by `@xmpp/client-core`; every path into our code is guarded. Loaded when first needed. */
import type { Socket } from 'node:net';
import { Client } from '@xmpp/client-core';
import ConnectionTCP from '@xmpp/connection-tcp';
import type { Undo } from '../lib/disposables.js';
import { networkFailure } from './dial.js';
import { StreamFailure } from './errors.js';
import { NS_CLIENT, NS_STREAM_ERRORS } from './ns.js';
import { createNudge } from './nudge.js';
import { createStreamParser, isClientHeader, type Skipped, type StreamParser } from './parser.js';
import { createReading } from './reading.js';
import type { ParserLimits } from './session-types.js';
import type { Element } from './xml.js';

export interface StreamOptions {
  socket: Socket;
  secure: boolean;
  domain: string;
  lang: string | undefined;
  /** Named in the header, and only inside TLS. */
  account: string | undefined;
  limits: ParserLimits;
  headerTimeoutMs: number;
  onElement(element: Element): void;
  onSkipped(skipped: Skipped): void;
  /** At most once; the socket is gone then. */
  onFailure(failure: StreamFailure): void;
}

export interface Stream {
  readonly socket: Socket;
  /** Sends a header and reads with a new parser: at the start and after SASL. */
  open(): void;
  write(text: string): void;
  /** What comes waits until the undo. */
  pause(): Undo;
  /** No callback after this; a farewell is written if there is one. */
  destroy(farewell?: string): void;
  /** Says goodbye; resolves when the server closed too. */
  close(): Promise<void>;
}

/** A farewell that the network does not take within this time is not waited for. */
const FAREWELL_MS = 1000;

class ClientTransport extends ConnectionTCP {}
ClientTransport.prototype.NS = NS_CLIENT;

export function createStream(options: StreamOptions): Stream {
  const { socket, domain } = options;
  const entity = new Client({ domain, ...(options.lang === undefined ? {} : { lang: options.lang }) });
  let parser: StreamParser | undefined;
  let over = false;
  let closing = false;
  const nudge = createNudge(socket);
  const reading = createReading({
    parse: piece => {
      if (!over) guarded(() => parser?.write(piece));
    },
    hold: yes => void (yes ? socket.pause() : socket.resume()),
  });

  function end(failure?: StreamFailure, farewell?: string): void {
    if (over) return;
    over = true;
    parser?.stop();
    reading.drop();
    nudge.stop();
    if (farewell === undefined) socket.destroy();
    else {
      socket.setTimeout(FAREWELL_MS, () => socket.destroy());
      socket.end(farewell, () => socket.destroy());
    }
    // Ends the waiting of `open()` inside the library, whose timer would live on.
    entity.emit('error', failure ?? new StreamFailure('closed', { subject: domain }));
    if (failure !== undefined) options.onFailure(failure);
  }
  /** A fault of ours ends this stream and not the process. */
  function guarded(action: () => void): void {
    try {
      action();
    } catch (error) {
      end(new StreamFailure('internal', { subject: domain, cause: error, reason: messageOf(error) }));
    }
  }

  function newParser(emit: (event: string, ...args: unknown[]) => void): StreamParser {
    return createStreamParser(
      {
        start: root => {
          if (!isClientHeader(root)) {
            end(new StreamFailure('protocol', { subject: domain, reason: 'this is no stream for clients' }));
          } else emit('start', root);
        },
        element: element => guarded(() => options.onElement(element)),
        skipped: skipped => guarded(() => options.onSkipped(skipped)),
        end: () => end(new StreamFailure('closed', { subject: domain }), closing ? undefined : '</stream:stream>'),
        failure: ({ condition, reason, limit }) => {
          const kind = limit === undefined ? 'protocol' : 'limit';
          const error = `<stream:error><${condition} xmlns='${NS_STREAM_ERRORS}'/></stream:error></stream:stream>`;
          end(new StreamFailure(kind, { subject: domain, condition, reason }), error);
        },
      },
      options.limits,
    );
  }

  /** What the library creates for each header: an emitter with `write`. */
  class GuardedParser extends ConnectionTCP.prototype.Parser {
    readonly #parser = newParser((event, ...args) => void this.emit(event, ...args));
    constructor() {
      super();
      parser?.stop();
      parser = this.#parser;
      reading.drop();
    }
    override write(chunk: Buffer | string): void {
      this.#parser.write(chunk);
    }
  }

  // The types declare less than the library has; these are its seams for other transports.
  const seams = entity as unknown as {
    Transport: unknown;
    Parser: unknown;
    timeout: number;
    _onData(chunk: Buffer): void;
    _attachSocket(socket: Socket): void;
    _detachParser(): void;
    _jid(text: string): unknown;
  };
  seams.Transport = ClientTransport;
  seams.Parser = GuardedParser;
  seams.timeout = options.headerTimeoutMs;
  seams._onData = chunk => {
    nudge.stop();
    if (!over) reading.take(chunk);
  };
  entity.on('error', () => undefined);
  // What came before the end counts: last words, and why it ended.
  const gone = (failure: () => StreamFailure): void => {
    reading.finish();
    end(failure());
  };
  socket.on('error', error => gone(() => networkFailure(error, domain)));
  socket.on('close', () => gone(() => new StreamFailure('closed', { subject: domain })));
  Object.assign(socket, { secure: options.secure });
  if (options.account !== undefined) guarded(() => void seams._jid(options.account ?? ''));
  seams._attachSocket(socket);

  return {
    socket,
    open() {
      nudge.said();
      seams._detachParser();
      entity.open({ domain, ...(options.lang === undefined ? {} : { lang: options.lang }) }).catch((error: unknown) => {
        const timedOut = error instanceof Error && error.name === 'TimeoutError';
        end(timedOut ? new StreamFailure('timeout', { subject: domain }) : networkFailure(error, domain));
      });
    },
    write(text) {
      // After the farewell nothing may follow: an answer to a late request of the server would break the goodbye off.
      if (over || closing) return;
      entity.write(text).catch((error: unknown) => end(networkFailure(error, domain)));
    },
    pause: reading.pause,
    destroy: farewell => end(undefined, farewell),
    close() {
      closing = true;
      return new Promise(resolve => {
        if (over || socket.destroyed) return resolve();
        socket.once('close', () => resolve());
        socket.end('</stream:stream>');
      });
    },
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
