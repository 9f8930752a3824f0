/** Errors meant for the person at the keyboard. */

/** One sentence that says what did not work, and if possible the next step. */
export class UserError extends Error {
  override readonly name = 'UserError';
  readonly hint?: string;
  /** Id of the chat it is about, if that is not where it was asked for. */
  readonly about?: string;

  constructor(sentence: string, hint?: string, about?: string) {
    super(sentence);
    if (about !== undefined) this.about = about;
    if (hint !== undefined) this.hint = hint;
  }
}

/** The words of anything that was thrown. */
export function errorText(error: unknown): string {
  if (error instanceof Error) return error.message || error.name;
  return String(error);
}

/** The `code` of a system error (`ENOENT`), if it has one. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
