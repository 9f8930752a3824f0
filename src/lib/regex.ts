/** Regular expressions that people type, tried on texts of strangers: bounded in length and in time, so that none can hang the program. */
import { createContext, runInContext, Script } from 'node:vm';
import { UserError } from './errors.js';

const MAX_PATTERN = 200;
const MAX_TEXT = 2000;
/** For all texts together. */
const MAX_MS = 200;
/** For one text of a pattern that looks at every message; tried twice, because the machine may be busy with something else. */
const MAX_MS_EACH = 100;
/** Answers that a matcher remembers: the same nicks speak again and again. */
const MAX_REMEMBERED = 500;
/** Longer texts do not come twice. */
const LONGEST_REMEMBERED = 80;

export interface TypedPattern {
  readonly source: string;
  /** What follows the pattern in the line. */
  readonly rest: string;
}

/** Takes a pattern from the start of a line: `/with blanks/`, or one word. Backslashes stay. `undefined`: there is none. */
export function readPattern(line: string): TypedPattern | undefined {
  const text = line.trimStart();
  const slashed = /^\/((?:[^/\\]|\\.)+)\/i?(?=\s|$)/u.exec(text);
  const found = slashed ?? /^(\S+)/u.exec(text);
  if (found?.[1] === undefined) return undefined;
  return { source: found[1], rest: text.slice(found[0].length).trim() };
}

/**
 * Which of the texts fit, in any case. Texts are looked at up to 2,000 characters. Throws a UserError if the pattern is none,
 * is too long, or takes more than 200 milliseconds: some patterns take years on the right text, and V8 can only be stopped
 * in a context of its own.
 */
export function matchAll(source: string, texts: readonly (readonly string[])[]): readonly boolean[] {
  check(source);
  const context = createContext({ source, lists: texts.map(list => list.map(text => text.slice(0, MAX_TEXT))) });
  try {
    const found: unknown = runInContext(
      'const pattern = new RegExp(source, "iu"); lists.map(list => list.some(text => pattern.test(text)))',
      context,
      { timeout: MAX_MS },
    );
    return Array.isArray(found) || isArrayLike(found)
      ? Array.from(found as ArrayLike<unknown>, one => one === true)
      : [];
  } catch {
    throw tooSlow();
  }
}

/** Whether a text fits. Throws a UserError if that takes too long. */
export type Matcher = (text: string) => boolean;

/** The same for texts that come one by one, of which there may be many. Throws a UserError if the pattern is none. */
export function createMatcher(source: string): Matcher {
  check(source);
  const sandbox = createContext({ source, text: '' });
  runInContext('var pattern = new RegExp(source, "iu")', sandbox);
  const script = new Script('pattern.test(text)');
  const known = new Map<string, boolean>();
  let last: readonly [text: string, fits: boolean] | undefined;
  return text => {
    // One message asks more than once.
    const before = last?.[0] === text ? last[1] : known.get(text);
    if (before !== undefined) return before;
    sandbox['text'] = text.slice(0, MAX_TEXT);
    const run = (): boolean => script.runInContext(sandbox, { timeout: MAX_MS_EACH }) === true;
    let fits: boolean;
    try {
      fits = run();
    } catch {
      try {
        fits = run();
      } catch {
        throw tooSlow();
      }
    }
    last = [text, fits];
    if (text.length <= LONGEST_REMEMBERED) {
      if (known.size >= MAX_REMEMBERED) known.clear();
      known.set(text, fits);
    }
    return fits;
  };
}

const tooSlow = (): UserError =>
  new UserError('This pattern takes too long.', 'Repetitions inside repetitions do that, such as (a+)+.');

function check(source: string): void {
  if (source.length > MAX_PATTERN)
    throw new UserError(`A pattern may have ${MAX_PATTERN} characters.`, 'Use a shorter one.');
  try {
    new RegExp(source, 'iu');
  } catch {
    throw new UserError(
      'That is no valid regular expression.',
      'Signs such as . * + ? ( ) [ ] stand for themselves after a \\.',
    );
  }
}

const isArrayLike = (value: unknown): boolean => typeof value === 'object' && value !== null && 'length' in value;
