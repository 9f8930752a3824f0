/** The login in one exchange: XEP-0388 (SASL2) with XEP-0386 (Bind 2), XEP-0198 inside and XEP-0484 (tokens), as elements. */
import { type FullJid, parseFullJid } from '../lib/jid.js';
import type { FastToken } from './fast.js';
import { NS_BIND2, NS_FAST, NS_SASL2, NS_SM } from './ns.js';
import { attr, childOf, childrenOf, type Element, textOf, xml } from './xml.js';

export interface Sasl2Offer {
  readonly mechanisms: readonly string[];
  readonly tokenMechanisms: readonly string[];
  /** A session can be bound inside, and its acknowledgements be switched on with it. */
  readonly binds: boolean;
  readonly manages: boolean;
  readonly resumes: boolean;
}

export function readOffer(features: Element): Sasl2Offer | undefined {
  const authentication = childOf(features, 'authentication', NS_SASL2);
  if (authentication === undefined) return undefined;
  const inline = childOf(authentication, 'inline');
  const bind = childOf(inline, 'bind', NS_BIND2);
  const namesIn = (el: Element | undefined): string[] => childrenOf(el, 'mechanism').map(item => item.getText());
  return {
    mechanisms: namesIn(authentication),
    tokenMechanisms: namesIn(childOf(inline, 'fast', NS_FAST)),
    binds: bind !== undefined,
    manages: childrenOf(childOf(bind, 'inline'), 'feature').some(feature => attr(feature, 'var') === NS_SM),
    resumes: childOf(inline, 'sm', NS_SM) !== undefined,
  };
}

export interface Authenticate {
  readonly mechanism: string;
  /** Base64. */
  readonly initial: string;
  readonly clientId: string | undefined;
  readonly software: string | undefined;
  readonly offer: Sasl2Offer;
  readonly resume: { readonly id: string; readonly received: number } | undefined;
  readonly usesToken: boolean;
  /** The token is to be worth nothing afterwards. */
  readonly endsToken: boolean;
  readonly wantsToken: string | undefined;
}

// No tag in the bind: what the server makes of it would tell every contact which program this is.
export function authenticate(wish: Authenticate): Element {
  const { offer, resume } = wish;
  const bind = offer.binds
    ? xml('bind', NS_BIND2, offer.manages ? xml('enable', { xmlns: NS_SM, resume: 'true' }) : undefined)
    : undefined;
  return xml(
    'authenticate',
    { xmlns: NS_SASL2, mechanism: wish.mechanism },
    xml('initial-response', {}, wish.initial),
    wish.clientId === undefined
      ? undefined
      : xml(
          'user-agent',
          { id: wish.clientId },
          wish.software === undefined ? undefined : xml('software', {}, wish.software),
        ),
    resume !== undefined && offer.resumes
      ? xml('resume', { xmlns: NS_SM, previd: resume.id, h: resume.received })
      : undefined,
    // Without a way to resume inside, binding would end the session that is to be resumed afterwards.
    resume !== undefined && !offer.resumes ? undefined : bind,
    wish.usesToken ? xml('fast', { xmlns: NS_FAST, invalidate: wish.endsToken ? 'true' : undefined }) : undefined,
    wish.wantsToken === undefined ? undefined : xml('request-token', { xmlns: NS_FAST, mechanism: wish.wantsToken }),
  );
}

export interface Sasl2Success {
  /** Of the mechanism; undefined: none. */
  readonly data: Buffer | undefined;
  readonly jid: FullJid | undefined;
  readonly resumed: Element | undefined;
  readonly resumeRefused: Element | undefined;
  readonly bound: Element | undefined;
  readonly enabled: Element | undefined;
  /** Without its mechanism, which is the one that was asked for or used. */
  readonly token: Omit<FastToken, 'mechanism'> | undefined;
}

export function readSuccess(success: Element): Sasl2Success {
  const bound = childOf(success, 'bound', NS_BIND2);
  const data = textOf(success, 'additional-data');
  const given = childOf(success, 'token', NS_FAST);
  const token = attr(given, 'token');
  const expiresAt = Date.parse(attr(given, 'expiry') ?? '');
  return {
    data: data === undefined ? undefined : Buffer.from(data, 'base64'),
    jid: parseFullJid(textOf(success, 'authorization-identifier')),
    resumed: childOf(success, 'resumed', NS_SM),
    resumeRefused: childOf(success, 'failed', NS_SM),
    bound,
    enabled: childOf(bound, 'enabled', NS_SM),
    token:
      token === undefined || token === '' ? undefined : { token, ...(Number.isFinite(expiresAt) && { expiresAt }) },
  };
}
