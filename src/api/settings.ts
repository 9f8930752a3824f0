/** Calls about all options. */
import type { OptionDefinition, OptionValue } from '../config/schema.js';
import type { Safe } from '../lib/text.js';
import type { ChatId } from '../model/types.js';

/** All options. */
export interface ConfigApi {
  get(name: string, chat?: ChatId): OptionValue;
  /** Parses and checks the text; throws UserError with the reason. Saved by itself. */
  set(name: string, text: string, chat?: ChatId): OptionValue;
  reset(name: string, chat?: ChatId): void;
  readonly options: ReadonlyMap<string, OptionDefinition>;
  /** Value as text, masked if secret. */
  show(name: string, chat?: ChatId): Safe;
  /** Set by the person rather than default. */
  isSet(name: string, chat?: ChatId): boolean;
}
