/** A stanza error on its way to a person: a sentence, and still the condition for whoever can do something about it. */
import { UserError } from '../lib/errors.js';
import { type StanzaError, sentenceFor } from './errors.js';

export class Refusal extends UserError {
  /** RFC 6120 §8.3.3. */
  readonly condition: string;

  constructor(condition: string, sentence: string, hint?: string) {
    super(sentence, hint);
    this.condition = condition;
  }
}

export function refusalOf(error: StanzaError, subject?: string): Refusal {
  const sentence = sentenceFor(error, subject === undefined ? {} : { subject });
  return new Refusal(error.condition, `${sentence}.`);
}
