/** What a person or a plugin typed as XML, read as strictly as what comes from a server, so that nothing half-baked reaches the stream. */
import { randomBytes } from 'node:crypto';
import { UserError } from '../lib/errors.js';
import { NS_CLIENT } from './ns.js';
import type { createStreamParser } from './parser.js';
import { attr, cloneOf, type Element } from './xml.js';

/** One stanza; throws UserError for anything else. */
export function parseStanza(text: string, create: typeof createStreamParser): Element {
  let found: Element | undefined;
  let count = 0;
  let problem: string | undefined;
  const parser = create({
    start: () => {},
    element: el => {
      found = el;
      count++;
    },
    skipped: () => {
      problem = 'it is too large';
    },
    end: () => {},
    failure: failure => {
      problem ??= failure.reason;
    },
  });
  parser.write(`<stream:stream xmlns='${NS_CLIENT}' xmlns:stream='http://etherx.jabber.org/streams'>`);
  parser.write(`${text}</stream:stream>`);
  parser.stop();
  if (problem !== undefined || found === undefined) {
    throw new UserError(`This is not well-formed XML${problem === undefined ? '' : `: ${problem}`}.`);
  }
  if (count !== 1) throw new UserError('One stanza at a time, please.');
  const name = found.getName();
  if (name !== 'message' && name !== 'presence' && name !== 'iq') {
    throw new UserError('Only <message/>, <presence/> and <iq/> can be sent.');
  }
  const el = cloneOf(found);
  delete el.attrs['xmlns'];
  if (name === 'iq' && attr(el, 'id') === undefined) el.attrs['id'] = randomBytes(16).toString('hex');
  return el;
}
