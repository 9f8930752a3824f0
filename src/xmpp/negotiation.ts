/** From the first header to a bound or resumed session: features, SASL, restart, resume or bind, enable. RFC 6120 §6, §7, XEP-0198 */
import { randomUUID } from 'node:crypto';
import { domainOf, type FullJid, localOf, parseFullJid, parseJid } from '../lib/jid.js';
import { StreamFailure, stanzaErrorOf } from './errors.js';
import { NS_BIND, NS_SASL, NS_SASL_CB, NS_SM, NS_STREAM } from './ns.js';
import { type ChannelBinding, chooseMechanism, type SaslAccount, type SaslDialogue } from './sasl.js';
import { attr, childOf, childrenOf, type Element, elementsOf, nsOf, textOf, xml } from './xml.js';

export interface NegotiationOptions {
  account: SaslAccount;
  resource: string;
  secure: boolean;
  bindings: readonly ChannelBinding[];
  resume: { id: string; received: number } | undefined;
  /** `shown` is what a raw log may see instead of secrets. */
  write(text: string, shown?: string): void;
  restart(): void;
  onMechanism(name: string): void;
  /** The old session is gone; `h` is what the server had handled of it, if it said so. */
  onResumeRefused(h: string | undefined): void;
  onDone(result: Negotiated): void;
  onFailure(failure: StreamFailure): void;
}

export type Negotiated =
  | { kind: 'resumed'; h: string | undefined }
  | {
      kind: 'bound';
      jid: FullJid;
      management: { resumeId: string | undefined; location: string | undefined } | undefined;
      /** Stanzas which came before `<enabled/>`: they are not counted. */
      early: readonly Element[];
    };

export interface Negotiation {
  handle(element: Element): void;
}

// login → sasl → session → resuming → binding → enabling → done
type Phase = 'login' | 'sasl' | 'session' | 'resuming' | 'binding' | 'enabling' | 'done';

export function createNegotiation(options: NegotiationOptions): Negotiation {
  const { account } = options;
  const subject = account.domain;
  let phase: Phase = 'login';
  let dialogue: SaslDialogue | undefined;
  let managementOffered = false;
  let bindId = '';
  let bound: FullJid | undefined;
  const early: Element[] = [];

  const fail = (failure: StreamFailure): void => {
    phase = 'done';
    options.onFailure(failure);
  };
  const failWith = (error: unknown): void => {
    if (phase === 'done') return;
    fail(error instanceof StreamFailure ? error : new StreamFailure('internal', { subject, cause: error }));
  };
  const finish = (result: Negotiated): void => {
    phase = 'done';
    options.onDone(result);
  };

  function login(features: Element): void {
    const mechanisms = childrenOf(childOf(features, 'mechanisms', NS_SASL), 'mechanism').map(item => item.getText());
    const types = childOf(features, 'sasl-channel-binding', NS_SASL_CB);
    const bindingTypes =
      types === undefined ? undefined : childrenOf(types, 'channel-binding').map(item => attr(item, 'type') ?? '');
    phase = 'sasl';
    const chosen = chooseMechanism({ mechanisms, bindingTypes }, account, options);
    dialogue = chosen;
    chosen.first().then(first => {
      if (phase !== 'sasl') return;
      const open = `<auth xmlns='${NS_SASL}' mechanism='${chosen.mechanism}'>`;
      options.write(`${open}${first === '' ? '=' : toBase64(first)}</auth>`, `${open}***</auth>`);
    }, failWith);
  }

  function sasl(element: Element): void {
    if (dialogue === undefined) return;
    const { mechanism } = dialogue;
    switch (element.getName()) {
      case 'challenge':
        dialogue.respond(fromBase64(element.getText())).then(response => {
          if (phase !== 'sasl') return;
          const open = `<response xmlns='${NS_SASL}'>`;
          options.write(`${open}${toBase64(response)}</response>`, `${open}***</response>`);
        }, failWith);
        return;
      case 'success':
        dialogue.verify(fromBase64(element.getText()));
        phase = 'session';
        options.onMechanism(mechanism);
        options.restart();
        return;
      case 'failure': {
        const reason = elementsOf(element).find(child => child.getName() !== 'text');
        const condition = reason?.getName() ?? 'not-authorized';
        fail(new StreamFailure('auth', { subject, condition, text: textOf(element, 'text') }));
        return;
      }
    }
  }

  function session(features: Element): void {
    managementOffered = childOf(features, 'sm', NS_SM) !== undefined;
    if (options.resume !== undefined && managementOffered) {
      phase = 'resuming';
      const { id, received } = options.resume;
      options.write(xml('resume', { xmlns: NS_SM, previd: id, h: received }).toString());
      return;
    }
    if (options.resume !== undefined) options.onResumeRefused(undefined);
    bind();
  }

  function bind(): void {
    phase = 'binding';
    bindId = randomUUID();
    const request = xml('bind', NS_BIND, xml('resource', {}, options.resource));
    options.write(xml('iq', { type: 'set', id: bindId }, request).toString());
  }

  function binding(answer: Element): void {
    if (attr(answer, 'type') !== 'result') {
      const error = stanzaErrorOf(answer);
      const details = { subject, condition: error.condition, text: error.text, reason: error.condition };
      if (error.condition === 'conflict') fail(new StreamFailure('stream', details));
      else fail(new StreamFailure('bind', details));
      return;
    }
    bound = parseFullJid(textOf(childOf(answer, 'bind', NS_BIND), 'jid'));
    if (bound === undefined || !isOurs(bound, account)) {
      fail(new StreamFailure('bind', { subject, reason: 'it is not the address of this account', fatal: true }));
      return;
    }
    if (!managementOffered) {
      finish({ kind: 'bound', jid: bound, management: undefined, early });
      return;
    }
    phase = 'enabling';
    options.write(xml('enable', { xmlns: NS_SM, resume: 'true' }).toString());
  }

  function management(element: Element): void {
    const name = element.getName();
    if (phase === 'resuming') {
      if (name === 'resumed') finish({ kind: 'resumed', h: attr(element, 'h') });
      else if (name === 'failed') {
        options.onResumeRefused(attr(element, 'h'));
        bind();
      }
      return;
    }
    if (phase !== 'enabling' || bound === undefined) return;
    if (name === 'failed') finish({ kind: 'bound', jid: bound, management: undefined, early });
    if (name !== 'enabled') return;
    const resumable = attr(element, 'resume') === 'true' || attr(element, 'resume') === '1';
    const id = attr(element, 'id');
    const resumeId = resumable && id !== undefined && id !== '' ? id : undefined;
    finish({ kind: 'bound', jid: bound, management: { resumeId, location: attr(element, 'location') }, early });
  }

  return {
    handle(element) {
      try {
        const ns = nsOf(element);
        if (element.is('features', NS_STREAM)) {
          if (phase === 'login') login(element);
          else if (phase === 'session') session(element);
        } else if (ns === NS_SASL) {
          if (phase === 'sasl') sasl(element);
        } else if (ns === NS_SM) management(element);
        else if (phase === 'binding' && element.getName() === 'iq' && attr(element, 'id') === bindId) binding(element);
        else if (phase === 'enabling') early.push(element);
      } catch (error) {
        failWith(error);
      }
    },
  };
}

// > the domain must be ours, and for a named account the local part too: the server cannot make us somebody else
function isOurs(jid: FullJid, account: SaslAccount): boolean {
  const expected = parseJid(account.username === undefined ? account.domain : `${account.username}@${account.domain}`);
  if (expected === undefined || domainOf(jid) !== domainOf(expected)) return false;
  return account.username === undefined || localOf(jid) === localOf(expected);
}

function toBase64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}

function fromBase64(text: string): string {
  return Buffer.from(text, 'base64').toString('utf8');
}
