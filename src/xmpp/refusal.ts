/** A stanza error on its way to a person: a sentence, and still the condition for whoever can do something about it. */
import { UserError } from '../lib/errors.js';
import { cleanIdentifier } from '../lib/text.js';
import { StanzaError, sentenceFor } from './errors.js';

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

/** The same calls, rejecting with a sentence that names who was asked instead of a stanza error. */
export function inWords(calls: object): object {
  const reword = (error: unknown, subject: unknown): never => {
    if (!(error instanceof StanzaError)) throw error;
    throw refusalOf(error, typeof subject === 'string' && subject !== '' ? cleanIdentifier(subject) : undefined);
  };
  const made = {};
  for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(calls))) {
    const call: unknown = property.value;
    if (typeof call !== 'function') {
      Object.defineProperty(made, name, property);
      continue;
    }
    const value = (...args: unknown[]): unknown => {
      try {
        const result: unknown = Reflect.apply(call, calls, args);
        return result instanceof Promise ? result.catch((error: unknown) => reword(error, args[0])) : result;
      } catch (error) {
        return reword(error, args[0]);
      }
    };
    Object.defineProperty(made, name, { value, enumerable: true });
  }
  return made;
}
