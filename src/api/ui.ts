/** Calls that tell or ask the person something. */
import type { UserError } from '../lib/errors.js';
import type { Jid } from '../lib/jid.js';
import type { Safe } from '../lib/text.js';
import type { Form, FormValues } from '../model/form.js';
import type { ChatId, NoticeLevel } from '../model/types.js';
import type { Row, ScreenPort } from '../model/view.js';

export interface NoticeOptions {
  readonly level?: NoticeLevel;
  /** Where it stands: a chat's log, or the info line and the client's own log. Default: the current chat if a command is running. */
  readonly chat?: ChatId;
}
export interface FormRequest {
  readonly form: Form;
  /** Shown above the form. */
  readonly from: Jid;
  /** Tab title. */
  readonly title: Safe;
  /** Names of the buttons; the first is the default, `cancel` is always there. */
  readonly actions: readonly string[];
}
export interface FormAnswer {
  /** A name of `actions`, or `cancel`. */
  readonly action: string;
  readonly values: FormValues;
}

/** What a person is told and asked. */
export interface UiApi {
  /** A notice: a sentence (or rows) for the person. */
  notice(text: Safe | readonly Row[], options?: NoticeOptions): void;
  error(text: Safe | UserError, options?: NoticeOptions): void;
  /** Asks in the input line; `undefined`: escaped. */
  ask(question: {
    readonly text: Safe;
    readonly secret?: boolean;
    readonly initial?: string;
    readonly check?: (answer: string) => Safe | undefined;
  }): Promise<string | undefined>;
  confirm(text: Safe): Promise<boolean>;
  /** Opens a form tab; settles when it is submitted, cancelled or closed. */
  form(request: FormRequest): Promise<FormAnswer>;
  bell(): void;
  readonly screen: ScreenPort;
}
