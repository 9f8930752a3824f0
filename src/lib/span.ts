/** A span: safe text and the name of its style; what rows are made of before anyone knows about colours. */
import type { Safe } from './text.js';
import type { Token } from './tokens.js';

export type { Token } from './tokens.js';

export interface Span {
  readonly text: Safe;
  readonly token: Token;
  /** Text whose XEP-0392 colour is used for the foreground, or a colour chosen for it (`fixedHue`). */
  readonly hue?: string;
  /** Address to open (OSC 8), where the terminal can. */
  readonly link?: string;
}

/** A span in one call. */
export function span(token: Token, text: Safe, hue?: string): Span {
  return hue === undefined ? { text, token } : { text, token, hue };
}
