/** Lines that were nearly a command: what slipped in before or after the slash is no reason to say it to a room. */

/** A slash of other keyboards and scripts. */
const SLASHES = '/\uff0f\u2044\u2215\u29f8';
/** Blanks of all kinds, what cannot be seen, and what a finger next to the slash hits. Quotation marks quote. */
const SLIPPED = '[\\s\\p{Cf}.,;:\\\\\\-\\][=#+*´]{0,3}';
const PATTERNS: readonly RegExp[] = [
  // ` /quit`, `./quit`, `／quit`, `/ quit`, `.//quit`
  new RegExp(`^${SLIPPED}[${SLASHES}]+[\\s\\p{Cf}]*([\\p{L}_-]+)(?=\\s|$)`, 'u'),
  // `\quit`
  /^\s*\\([\p{L}_-]+)(?=\s|$)/u,
];
/** The commands that fingers trained by editors type. */
const EDITOR = /^\s*:(q|qa|wq|x|quit|exit)!?\s*$/;

/**
 * The name of the command that was probably meant by a line that is none; `undefined` if it is a text. `isCommand` says
 * whether there is one of that name. A line that begins with two slashes is a text on purpose.
 */
export function nearMiss(line: string, isCommand: (name: string) => boolean): string | undefined {
  if (line.startsWith('//')) return undefined;
  if (EDITOR.test(line)) return 'quit';
  for (const pattern of PATTERNS) {
    const name = pattern.exec(line)?.[1];
    if (name !== undefined && isCommand(name.toLowerCase())) return name.toLowerCase();
  }
  return undefined;
}
