/** Where on the screen of our program something stands: a wait for words that may also stand in the bar of tabs, in the line or in the tab before proves nothing. */

/** What `waitFor` and `waitGone` take: a question about the rows of the screen. */
export type Look = (lines: readonly string[]) => boolean;

/** Rows below a tab: status, bar of tabs, the line that is typed in. */
const BARS = 3;

const finds = (words: RegExp | string, text: string): boolean =>
  typeof words === 'string' ? text.includes(words) : words.test(text);

/** The words anywhere on the screen, whatever lines they were broken into. */
export const flat =
  (words: RegExp): Look =>
  lines =>
    words.test(lines.join(' ').replace(/[\s│]+/g, ' '));

/** The tab with this title is the one that is shown, and the words stand in it: not in the bars, not in the line. */
export const inTab =
  (title: RegExp | string, words: RegExp | string = ''): Look =>
  lines =>
    finds(title, /\[\d+:([^\]]*)/.exec(lines.at(-2) ?? '')?.[1] ?? '\0') &&
    finds(words, lines.slice(0, -BARS).join('\n'));

/** The words stand in the line that is typed in. */
export const inLine =
  (words: RegExp | string): Look =>
  lines =>
    finds(words, lines.at(-1) ?? '');

/** The words stand in the row above the bar of tabs: who and where we are, and whether there is a connection. */
export const inStatus =
  (words: RegExp | string): Look =>
  lines =>
    finds(words, lines.at(-3) ?? '');

/** Somebody has said this: it is a row of the log, and no longer only in the line. */
export const said = (nick: string, text: string): Look => {
  const row = `${nick}> ${text}`;
  return lines => lines.slice(0, -BARS).some(line => /^\d\d:\d\d/.test(line) && line.includes(row));
};
