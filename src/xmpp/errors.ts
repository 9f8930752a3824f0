/** Errors of stanzas and of streams, each with one English sentence and, for streams, one next step. RFC 6120 §4.9, §8.3 */
import { NS_STANZA_ERRORS } from './ns.js';
import { attr, childOf, type Element, elementsOf, nsOf, textOf, xml } from './xml.js';

export type StanzaErrorType = 'auth' | 'cancel' | 'continue' | 'modify' | 'wait';

/** An `<error/>` of a stanza, or the same for reasons of our own (timeout, offline). */
export class StanzaError extends Error {
  readonly condition: string;
  readonly type: StanzaErrorType;
  readonly text: string | undefined;
  readonly by: string | undefined;
  /** The application-specific condition beside the RFC's, if there is one. */
  readonly detail: Element | undefined;
  /** With `gone` and `redirect`: where it is now, as the other side wrote it. */
  readonly address: string | undefined;

  constructor(
    condition: string,
    options: {
      type?: StanzaErrorType;
      text?: string | undefined;
      by?: string | undefined;
      detail?: Element | undefined;
      address?: string | undefined;
    } = {},
  ) {
    super(condition);
    this.name = 'StanzaError';
    this.condition = condition;
    this.type = options.type ?? 'cancel';
    this.text = options.text;
    this.by = options.by;
    this.detail = options.detail;
    this.address = options.address;
  }
}

const MOVED: ReadonlySet<string> = new Set(['gone', 'redirect']);
const ERROR_TYPES: ReadonlySet<string> = new Set(['auth', 'cancel', 'continue', 'modify', 'wait']);
/** Longer texts of a stranger are cut here; the display cleans and cuts again. */
const MAX_ERROR_TEXT = 1000;

/** Reads the error of a stanza of type `error`; total, whatever the other side sent. */
export function stanzaErrorOf(stanza: Element): StanzaError {
  const error = childOf(stanza, 'error');
  const children = elementsOf(error);
  const named = children.find(child => nsOf(child) === NS_STANZA_ERRORS && child.getName() !== 'text');
  const type = attr(error, 'type');
  return new StanzaError(named?.getName() ?? 'undefined-condition', {
    type: type !== undefined && ERROR_TYPES.has(type) ? (type as StanzaErrorType) : 'cancel',
    text: textOf(error, 'text', NS_STANZA_ERRORS)?.slice(0, MAX_ERROR_TEXT),
    by: attr(error, 'by'),
    detail: children.find(child => nsOf(child) !== NS_STANZA_ERRORS),
    address: MOVED.has(named?.getName() ?? '') ? textOf(named)?.trim().slice(0, MAX_ERROR_TEXT) : undefined,
  });
}

export function errorElement(error: StanzaError): Element {
  return xml(
    'error',
    { type: error.type },
    xml(error.condition, NS_STANZA_ERRORS),
    error.text === undefined ? undefined : xml('text', NS_STANZA_ERRORS, error.text),
    error.detail,
  );
}

/** One sentence per condition of RFC 6120 §8.3.3; `subject` names what was asked, e.g. a room. */
const SENTENCES: Readonly<Record<string, (subject: string) => string>> = {
  'bad-request': subject => `${subject} did not understand the request`,
  conflict: subject => `the name is already taken at ${subject}`,
  'feature-not-implemented': subject => `${subject} does not support this`,
  forbidden: subject => `${subject} does not allow you to do this`,
  gone: subject => `${subject} no longer exists at this address`,
  'internal-server-error': subject => `${subject} failed because of an internal error`,
  'item-not-found': subject => `${subject} was not found`,
  'jid-malformed': () => 'the address is not a valid one',
  'not-acceptable': subject => `${subject} does not accept this`,
  'not-allowed': subject => `nobody is allowed to do this at ${subject}`,
  'not-authorized': subject => `${subject} asks for a password or a login`,
  'payment-required': subject => `${subject} asks for a payment`,
  'policy-violation': subject => `${subject} refused this because of its rules`,
  'recipient-unavailable': subject => `${subject} is not reachable now`,
  redirect: subject => `${subject} has moved to another address`,
  'registration-required': subject => `${subject} is for registered members only`,
  'remote-server-not-found': subject => `the server of ${subject} was not found`,
  'remote-server-timeout': subject => `the server of ${subject} did not answer`,
  'resource-constraint': subject => `${subject} is too busy to do this`,
  'service-unavailable': subject => `${subject} does not offer this or is not reachable`,
  'subscription-required': subject => `${subject} wants you to subscribe first`,
  'undefined-condition': subject => `${subject} refused this without a known reason`,
  'unexpected-request': subject => `${subject} did not expect this request now`,
  // Reasons of our own, in the same shape.
  timeout: subject => `${subject} did not answer in time`,
  offline: () => 'this needs a connection, and there is none',
  disconnected: () => 'the connection was lost before the answer came',
};

/** The error as one sentence without a full stop; the text of the other side is appended in quotes. */
export function sentenceFor(error: StanzaError, context: { subject?: string } = {}): string {
  const known = Object.hasOwn(SENTENCES, error.condition) ? error.condition : 'undefined-condition';
  const sentence = SENTENCES[known]!;
  const said = error.text === undefined || error.text.trim() === '' ? '' : ` ("${error.text.trim()}")`;
  return sentence(context.subject ?? 'the server') + said;
}

export type FailureKind =
  | 'dns'
  | 'no-service'
  | 'refused'
  | 'unreachable'
  | 'timeout'
  | 'proxy'
  | 'no-tls'
  | 'tls'
  | 'certificate'
  | 'mechanism'
  | 'auth'
  | 'server-proof'
  | 'bind'
  | 'stream'
  | 'protocol'
  | 'limit'
  | 'closed'
  | 'silent'
  | 'internal';

export interface FailureDetails {
  /** The XMPP domain, or the host and port that were dialled. */
  subject?: string | undefined;
  condition?: string | undefined;
  /** What the other side said, as received. */
  text?: string | undefined;
  /** SHA-256 of the certificate that was refused. */
  fingerprint?: string | undefined;
  /** Reason of a refused certificate as a half sentence. */
  reason?: string | undefined;
  fatal?: boolean | undefined;
  cause?: unknown;
}

/** Why there is no connection: what happened in one sentence, and one next step. */
export class StreamFailure extends Error {
  readonly kind: FailureKind;
  readonly condition: string;
  readonly text: string | undefined;
  /** Trying again by itself would not help, or would harm. */
  readonly fatal: boolean;
  readonly sentence: string;
  readonly nextStep: string;
  readonly fingerprint: string | undefined;

  constructor(kind: FailureKind, details: FailureDetails = {}) {
    const wording = wordingOf(kind, details);
    super(wording.sentence, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'StreamFailure';
    this.kind = kind;
    this.condition = details.condition ?? kind;
    this.text = details.text?.slice(0, MAX_ERROR_TEXT);
    this.fatal = details.fatal ?? wording.fatal ?? false;
    this.sentence = wording.sentence;
    this.nextStep = wording.nextStep;
    this.fingerprint = details.fingerprint;
  }
}

interface Wording {
  sentence: string;
  nextStep: string;
  fatal?: boolean;
}

const RETRY = 'It is tried again by itself; /reconnect tries now.';

function wordingOf(kind: FailureKind, details: FailureDetails): Wording {
  const subject = details.subject ?? 'the server';
  const said =
    details.text === undefined || details.text.trim() === '' ? '' : `: "${details.text.trim().slice(0, 200)}"`;
  switch (kind) {
    case 'dns':
      return {
        sentence: `The name ${subject} cannot be found.`,
        nextStep: `Check the spelling and the network. ${RETRY}`,
      };
    case 'no-service':
      return {
        sentence: `${subject} says that it offers no chat service.`,
        nextStep: 'Check the domain, or name the host and port of the server by hand.',
        fatal: true,
      };
    case 'refused':
      return { sentence: `Nothing accepts connections at ${subject}.`, nextStep: `Check host and port. ${RETRY}` };
    case 'unreachable':
      return { sentence: `${subject} cannot be reached from this network.`, nextStep: `Check the network. ${RETRY}` };
    case 'timeout':
      return { sentence: `${subject} did not answer in time${reasonOf(details)}.`, nextStep: RETRY };
    case 'proxy':
      if (details.condition === 'onion') {
        return {
          sentence: `${subject} is an .onion address, which only a proxy such as Tor can reach.`,
          nextStep: '/set account.proxy socks5://127.0.0.1:9050, then /connect.',
          fatal: true,
        };
      }
      return {
        sentence: `The proxy did not connect to ${subject}${reasonOf(details)}.`,
        nextStep: `Check the proxy settings. ${RETRY}`,
      };
    case 'no-tls':
      return {
        sentence: `${subject} offers no encryption, so nothing was sent.`,
        nextStep: 'Ask its operator, or suspect the network you are in.',
        fatal: true,
      };
    case 'tls':
      return {
        sentence: `No safe encryption could be agreed with ${subject}${reasonOf(details)}.`,
        nextStep: 'TLS 1.2 or newer is needed; ask the operator of the server.',
      };
    case 'certificate':
      return {
        sentence: `The certificate of ${subject} is not trusted${reasonOf(details)}; fingerprint ${details.fingerprint ?? 'unknown'}.`,
        nextStep: 'Only if its operator confirms this one: /trust accept.',
        fatal: true,
      };
    case 'mechanism':
      return {
        sentence: `${subject} offers no acceptable way to log in${reasonOf(details)}.`,
        nextStep:
          'Suspect the network or ask the operator; if the server really changed: /trust forget, then /connect.',
        fatal: true,
      };
    case 'auth':
      return authWording(subject, details.condition, said);
    case 'server-proof':
      return {
        sentence: `${subject} could not prove that it knows your password${reasonOf(details)}.`,
        nextStep: 'Do not trust this connection; try another network and tell the operator.',
        fatal: true,
      };
    case 'bind':
      return {
        sentence: `${subject} gave no usable address${reasonOf(details)}${said}.`,
        nextStep: 'Tell the operator of the server.',
      };
    case 'stream':
      return streamWording(subject, details.condition ?? 'undefined-condition', said);
    case 'protocol':
      return { sentence: `${subject} broke the rules of the protocol${reasonOf(details)}.`, nextStep: RETRY };
    case 'limit':
      return { sentence: `${subject} sent more than is accepted${reasonOf(details)}.`, nextStep: RETRY };
    case 'closed':
      return { sentence: `${subject} closed the connection.`, nextStep: RETRY };
    case 'silent':
      return { sentence: `${subject} no longer answers; the connection counts as lost.`, nextStep: RETRY };
    case 'internal':
      return {
        sentence: `An internal error ended the connection${reasonOf(details)}.`,
        nextStep: `Please report it. ${RETRY}`,
      };
  }
}

function reasonOf(details: FailureDetails): string {
  return details.reason === undefined ? '' : ` (${details.reason})`;
}

function authWording(subject: string, condition: string | undefined, said: string): Wording {
  switch (condition) {
    case 'temporary-auth-failure':
      return { sentence: `${subject} cannot check logins right now${said}.`, nextStep: RETRY, fatal: false };
    case 'account-disabled':
      return {
        sentence: `${subject} says that this account is disabled${said}.`,
        nextStep: 'Ask the operator of the server.',
        fatal: true,
      };
    case 'credentials-expired':
      return {
        sentence: `${subject} says that the password has expired${said}.`,
        nextStep: 'Change it with the operator of the server.',
        fatal: true,
      };
    case 'no-password':
      return {
        sentence: `There is no password for ${subject}.`,
        nextStep: 'Give the password, then /connect.',
        fatal: true,
      };
    case 'anonymous':
      return {
        sentence: `${subject} does not let guests in${said}.`,
        nextStep: 'Choose a server with guest access, or log in with an account.',
        fatal: true,
      };
    case 'aborted':
    case 'encryption-required':
    case 'incorrect-encoding':
    case 'invalid-mechanism':
    case 'malformed-request':
    case 'mechanism-too-weak':
      return {
        sentence: `${subject} refused this way to log in (${condition})${said}.`,
        nextStep: 'Tell the operator of the server.',
        fatal: true,
      };
    case 'malformed-name':
      return {
        sentence: 'The name is not one that an address can have.',
        nextStep: 'Check the name, then /connect.',
        fatal: true,
      };
    default:
      return {
        sentence: `${subject} did not accept the name or the password${condition === 'not-authorized' ? '' : said}.`,
        nextStep: 'Check both, then /connect.',
        fatal: true,
      };
  }
}

function streamWording(subject: string, condition: string, said: string): Wording {
  switch (condition) {
    case 'conflict':
      return {
        sentence: `Another connection took over the place of this one at ${subject}${said}.`,
        nextStep: 'Close the other client or change the resource, then /connect.',
        fatal: true,
      };
    case 'host-unknown':
      return {
        sentence: `The server that answered does not serve ${subject}${said}.`,
        nextStep: 'Check the domain and the host.',
        fatal: true,
      };
    case 'host-gone':
      return {
        sentence: `The server that answered no longer serves ${subject}${said}.`,
        nextStep: 'Check the domain and the host.',
        fatal: true,
      };
    case 'not-authorized':
      return {
        sentence: `${subject} ended the session as not authorized${said}.`,
        nextStep: 'Check name and password, then /connect.',
        fatal: true,
      };
    case 'see-other-host':
      return {
        sentence: `${subject} sends us to another host, and that was refused${said}.`,
        nextStep: 'Ask the operator of the server.',
        fatal: true,
      };
    case 'unsupported-version':
      return {
        sentence: `${subject} speaks another version of the protocol${said}.`,
        nextStep: 'Ask the operator of the server.',
        fatal: true,
      };
    case 'policy-violation':
      return { sentence: `${subject} ended the connection because of its rules${said}.`, nextStep: RETRY };
    case 'system-shutdown':
      return { sentence: `${subject} is shutting down${said}.`, nextStep: RETRY };
    case 'reset':
      return { sentence: `${subject} asks for a new connection${said}.`, nextStep: RETRY };
    case 'resource-constraint':
      return { sentence: `${subject} is too busy${said}.`, nextStep: RETRY };
    case 'connection-timeout':
      return { sentence: `${subject} heard nothing from us for too long${said}.`, nextStep: RETRY };
    case 'remote-connection-failed':
      return { sentence: `${subject} could not reach a part of itself${said}.`, nextStep: RETRY };
    case 'internal-server-error':
      return { sentence: `${subject} failed because of an internal error${said}.`, nextStep: RETRY };
    default:
      return { sentence: `${subject} ended the connection with the error ${condition}${said}.`, nextStep: RETRY };
  }
}
