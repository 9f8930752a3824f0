/** A new account, made before any login: XEP-0077 §3.1 on a stream of its own. https://xmpp.org/extensions/xep-0077.html */
import { randomUUID } from 'node:crypto';
import type { Form, FormValues } from '../model/form.js';
import { systemClock } from './clock.js';
import { createStream, type Stream } from './connection.js';
import { openLink } from './connector.js';
import { StanzaError, StreamFailure, stanzaErrorOf } from './errors.js';
import { NS_REGISTER, NS_STREAM, NS_STREAM_ERRORS } from './ns.js';
import { DEFAULT_LIMITS } from './parser.js';
import { registrationAnswer, registrationFormIn } from './registration-form.js';
import type { SessionOptions } from './session-types.js';
import { systemResolver } from './srv.js';
import { attr, childOf, type Element, elementsOf, nsOf, textOf, xml } from './xml.js';

export interface NewAccount {
  /** What the server wants to know; asked anew each time, because its pictures and questions serve once. */
  form(): Promise<Form>;
  /** Rejects with a StanzaError if the server refuses, with a StreamFailure if the link is gone. */
  submit(form: Form, values: FormValues): Promise<void>;
  close(): void;
}

const STEP_MS = 30_000;

/** The password of the new account is told to the server, so nothing less than verified TLS will do. */
export async function openRegistration(options: SessionOptions): Promise<NewAccount> {
  const clock = options.clock ?? systemClock;
  const subject = options.domain;
  const controller = new AbortController();
  const timeouts = { dnsMs: STEP_MS, tcpMs: STEP_MS, tlsMs: STEP_MS, stepMs: STEP_MS, ...options.timeouts };
  const link = await openLink({
    domain: subject,
    host: options.host,
    port: options.port,
    tls: options.tls,
    ca: options.ca,
    pins: options.pins ?? [],
    seen: options.seenCertificate,
    preferred: undefined,
    proxy: options.proxy,
    allowPlaintext: options.allowPlaintext === true && options.proxy === undefined,
    timeouts,
    resolver: options.resolver ?? systemResolver,
    clock,
    random: options.random ?? Math.random,
    signal: controller.signal,
  });
  let failure: StreamFailure | undefined;
  const asked = new Map<string, { resolve(answer: Element): void; reject(error: Error): void }>();
  let onFeatures: () => void = () => undefined;
  let onFailed: (error: StreamFailure) => void = () => undefined;

  const fail = (error: StreamFailure): void => {
    failure ??= error;
    onFailed(failure);
    for (const question of asked.values()) question.reject(failure);
    asked.clear();
  };
  const onElement = (element: Element): void => {
    if (element.is('error', NS_STREAM)) {
      const named = elementsOf(element).find(child => nsOf(child) === NS_STREAM_ERRORS && child.getName() !== 'text');
      const text = textOf(element, 'text', NS_STREAM_ERRORS);
      stream.destroy('</stream:stream>');
      fail(new StreamFailure('stream', { subject, condition: named?.getName(), text }));
    } else if (element.is('features', NS_STREAM)) onFeatures();
    else if (element.getName() === 'iq') {
      const id = attr(element, 'id') ?? '';
      const question = asked.get(id);
      if (question === undefined) return;
      asked.delete(id);
      if (attr(element, 'type') === 'result') question.resolve(element);
      else question.reject(stanzaErrorOf(element));
    }
  };
  const stream: Stream = createStream({
    socket: link.socket,
    secure: link.secure,
    domain: subject,
    lang: options.lang,
    account: undefined,
    limits: { ...DEFAULT_LIMITS, ...options.limits },
    headerTimeoutMs: timeouts.stepMs,
    onElement,
    onSkipped: () => undefined,
    onFailure: fail,
  });
  const timed = <T>(promise: Promise<T>): Promise<T> => {
    let timer: unknown;
    const late = new Promise<never>((_, reject) => {
      timer = clock.setTimeout(() => reject(new StreamFailure('timeout', { subject })), timeouts.stepMs);
    });
    return Promise.race([promise, late]).finally(() => clock.clearTimeout(timer));
  };
  const ask = (type: 'get' | 'set', children: readonly Element[]): Promise<Element> => {
    if (failure !== undefined) return Promise.reject(failure);
    const id = randomUUID();
    const answer = new Promise<Element>((resolve, reject) => asked.set(id, { resolve, reject }));
    stream.write(xml('iq', { type, id, to: subject }, xml('query', NS_REGISTER, [...children])).toString());
    return timed(answer);
  };
  try {
    await timed(
      new Promise<void>((resolve, reject) => {
        onFeatures = resolve;
        onFailed = reject;
        stream.open();
      }),
    );
  } catch (error) {
    stream.destroy();
    throw error;
  }
  return {
    // Servers that let people in do not always say so in their features.
    async form() {
      const query = childOf(await ask('get', []), 'query', NS_REGISTER);
      if (query === undefined) throw new StanzaError('undefined-condition', { text: 'the answer holds no form' });
      return registrationFormIn(query, options.lang);
    },
    async submit(form, values) {
      await ask('set', registrationAnswer(form, values));
    },
    close() {
      stream.destroy('</stream:stream>');
      controller.abort();
    },
  };
}
