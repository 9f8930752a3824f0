/** From the first header to a bound or resumed session: features, SASL, restart, resume or bind, enable. RFC 6120 §6, §7, XEP-0198, -0388 */
import { randomUUID } from 'node:crypto';
import { domainOf, type FullJid, localOf, parseFullJid, parseJid } from '../lib/jid.js';
import { StreamFailure, stanzaErrorOf } from './errors.js';
import { type TokenPlace, tokenDialogue, tokenMechanism } from './fast.js';
import { NS_BIND, NS_SASL, NS_SASL_CB, NS_SASL2, NS_SM, NS_STREAM } from './ns.js';
import { type ChannelBinding, chooseMechanism, type SaslAccount, type SaslDialogue } from './sasl.js';
import { authenticate, readOffer, readSuccess, type Sasl2Offer } from './sasl2.js';
import { attr, childOf, childrenOf, type Element, elementsOf, nsOf, textOf, xml } from './xml.js';

export interface NegotiationOptions {
  account: SaslAccount;
  resource: string;
  secure: boolean;
  bindings: readonly ChannelBinding[];
  resume: { id: string; received: number } | undefined;
  /** Where the token of this account is kept; undefined: none is asked for. */
  tokens: TokenPlace | undefined;
  software: string | undefined;
  /** Milliseconds since the epoch. */
  now(): number;
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
  /** The new way to log in, where the server has it; guests take the old one, which tells less. */
  let offer2: Sasl2Offer | undefined;
  let bindingTypes: string[] | undefined;
  let wantedToken: string | undefined;
  let usesToken = false;
  let resumeTried = false;
  let tokenRefused = false;

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
    const types = childOf(features, 'sasl-channel-binding', NS_SASL_CB);
    bindingTypes =
      types === undefined ? undefined : childrenOf(types, 'channel-binding').map(item => attr(item, 'type') ?? '');
    offer2 = account.username !== undefined && options.secure ? readOffer(features) : undefined;
    phase = 'sasl';
    const mechanisms =
      offer2?.mechanisms ??
      childrenOf(childOf(features, 'mechanisms', NS_SASL), 'mechanism').map(item => item.getText());
    begin(mechanisms, offer2 === undefined ? undefined : withToken(offer2));
  }

  function withToken(offer: Sasl2Offer): SaslDialogue | undefined {
    const kept = options.tokens?.get();
    if (kept === undefined || account.username === undefined) return undefined;
    const { domain, username } = account;
    const { bindings } = options;
    return tokenDialogue(kept, { domain, username, offered: offer.tokenMechanisms, bindings, now: options.now() });
  }

  function begin(mechanisms: readonly string[], byToken: SaslDialogue | undefined): void {
    const chosen = byToken ?? chooseMechanism({ mechanisms, bindingTypes }, account, options);
    dialogue = chosen;
    usesToken = byToken !== undefined;
    chosen.first().then(first => {
      if (phase !== 'sasl' || dialogue !== chosen) return;
      const open = `<auth xmlns='${NS_SASL}' mechanism='${chosen.mechanism}'>`;
      const { mechanism } = chosen;
      if (offer2 === undefined) {
        options.write(`${open}${first === '' ? '=' : toBase64(first)}</auth>`, `${open}***</auth>`);
        return;
      }
      const bound = mechanism.endsWith('-PLUS') || account.pinnedMechanism?.endsWith('-PLUS') === true;
      wantedToken =
        usesToken || options.tokens === undefined
          ? undefined
          : tokenMechanism(offer2.tokenMechanisms, options.bindings, bound);
      const wish = {
        mechanism,
        clientId: options.tokens?.clientId,
        software: options.software,
        offer: offer2,
        resume: options.resume,
        usesToken,
        endsToken: options.tokens?.ends === true,
        wantsToken: wantedToken,
      };
      options.write(
        authenticate({ ...wish, initial: toBase64(first) }).toString(),
        authenticate({ ...wish, initial: '***' }).toString(),
      );
    }, failWith);
  }

  function sasl(element: Element): void {
    if (dialogue === undefined) return;
    const { mechanism } = dialogue;
    switch (element.getName()) {
      case 'challenge':
        dialogue.respond(fromBase64(element.getText()).toString('utf8')).then(response => {
          if (phase !== 'sasl') return;
          const open = `<response xmlns='${offer2 === undefined ? NS_SASL : NS_SASL2}'>`;
          options.write(`${open}${toBase64(response)}</response>`, `${open}***</response>`);
        }, failWith);
        return;
      case 'success':
        if (offer2 !== undefined) {
          success2(element, dialogue);
          return;
        }
        dialogue.verify(fromBase64(element.getText()));
        phase = 'session';
        options.onMechanism(mechanism);
        options.restart();
        return;
      case 'failure': {
        const reason = elementsOf(element).find(child => nsOf(child) === NS_SASL && child.getName() !== 'text');
        const condition = reason?.getName() ?? 'not-authorized';
        // > discard the token and fall back to other mechanisms  XEP-0484 §4.1
        if (usesToken && offer2 !== undefined) {
          options.tokens?.set(undefined);
          tokenRefused = true;
          begin(offer2.mechanisms, undefined);
          return;
        }
        // Some servers stay with the mechanisms of tokens on this stream: the next one begins without.
        const fatal = tokenRefused && condition !== 'not-authorized' ? false : undefined;
        fail(new StreamFailure('auth', { subject, condition, text: textOf(element, 'text'), fatal }));
        return;
      }
      case 'continue': {
        const reason = 'it demands a second proof that is not known here';
        fail(new StreamFailure('mechanism', { subject, reason }));
      }
    }
  }

  /** Everything may be done with it, or the rest goes the old way behind the features that follow. */
  function success2(element: Element, proved: SaslDialogue): void {
    const { data, jid, resumed, resumeRefused, bound: binding2, enabled, token } = readSuccess(element);
    proved.verify(data ?? Buffer.alloc(0));
    options.onMechanism(proved.mechanism);
    const tokenFor = usesToken ? proved.mechanism : wantedToken;
    if (token !== undefined && tokenFor !== undefined) options.tokens?.set({ ...token, mechanism: tokenFor });
    if (resumed !== undefined && options.resume !== undefined) {
      finish({ kind: 'resumed', h: attr(resumed, 'h') });
      return;
    }
    const tried = options.resume !== undefined && offer2?.resumes === true;
    if (tried) options.onResumeRefused(attr(resumeRefused, 'h'));
    resumeTried = tried;
    phase = 'session';
    if (binding2 === undefined) return;
    if (jid === undefined || !isOurs(jid, account)) {
      notOurs();
      return;
    }
    bound = jid;
    // Switched on later, behind the features, if not with it.
    if (enabled !== undefined) finishEnabled(enabled, jid);
  }

  function notOurs(): void {
    fail(new StreamFailure('bind', { subject, reason: 'it is not the address of this account', fatal: true }));
  }

  function session(features: Element): void {
    managementOffered = childOf(features, 'sm', NS_SM) !== undefined;
    if (bound !== undefined) {
      enable(bound);
      return;
    }
    if (options.resume !== undefined && !resumeTried && managementOffered) {
      phase = 'resuming';
      const { id, received } = options.resume;
      options.write(xml('resume', { xmlns: NS_SM, previd: id, h: received }).toString());
      return;
    }
    if (options.resume !== undefined && !resumeTried) options.onResumeRefused(undefined);
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
      notOurs();
      return;
    }
    enable(bound);
  }

  function enable(jid: FullJid): void {
    if (!managementOffered) {
      finish({ kind: 'bound', jid, management: undefined, early });
      return;
    }
    phase = 'enabling';
    options.write(xml('enable', { xmlns: NS_SM, resume: 'true' }).toString());
  }

  function finishEnabled(enabled: Element, jid: FullJid): void {
    const resumable = attr(enabled, 'resume') === 'true' || attr(enabled, 'resume') === '1';
    const id = attr(enabled, 'id');
    const resumeId = resumable && id !== undefined && id !== '' ? id : undefined;
    finish({ kind: 'bound', jid, management: { resumeId, location: attr(enabled, 'location') }, early });
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
    else if (name === 'enabled') finishEnabled(element, bound);
  }

  return {
    handle(element) {
      try {
        const ns = nsOf(element);
        if (element.is('features', NS_STREAM)) {
          if (phase === 'login') login(element);
          else if (phase === 'session') session(element);
        } else if (ns === NS_SASL || ns === NS_SASL2) {
          if (phase === 'sasl' && (ns === NS_SASL2) === (offer2 !== undefined)) sasl(element);
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

function toBase64(data: string | Buffer): string {
  return (typeof data === 'string' ? Buffer.from(data) : data).toString('base64');
}

function fromBase64(text: string): Buffer {
  return Buffer.from(text, 'base64');
}
