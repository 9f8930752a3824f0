/** Reads the bytes that went to a terminal against the short list of what the program may send; everything else must be harmless text. */

export interface TerminalUse {
  /** Private modes that were switched, such as `?1049h`. */
  readonly modes: readonly string[];
  readonly titles: readonly string[];
  readonly links: readonly string[];
  readonly bells: number;
  /** Marks that keep right-to-left text within its field: ours, where such text is. */
  readonly isolates: number;
  /** What is not on the list, with its surroundings. */
  readonly forbidden: readonly string[];
}

/** Cursor, erasing, scroll region and colours: what the painter sends. */
const PAINTING = /^\[(?:\d*[ABCDG]|(?:\d+(?:;\d+)?)?H|\d*[KX]|2J|(?:\d+;\d+)?r|[\d;]*m)$/;
/** What a frame switches by itself: the cursor, and to be shown at once. */
const FRAME_MODE = /^\[\?(?:25|2026)[hl]$/;
/** May the next frames be shown at once? Does Alt send Esc? What is the background? */
const QUESTION = /^(?:\[\?(?:2026|1036|1039)\$p|\]11;\?)$/;
const MODE = /^\[\?\d+[hl]$/;
const TITLE_STACK = /^\[2[23];0t$/;
const LINK = /^\]8;(?:id=[\da-z]+)?;((?:https?|xmpp|mailto|geo):[\x21-\x7e]*)?$/;
const TITLE = /^\]2;([^\0-\x1f\x7f-\x9f]*)$/;
const ISOLATES = '\u2066\u2067\u2069';
/** Ours, behind the end of a right-to-left field that begins a pane. */
const FIELD_END = /(?<=[\p{Script=Hebrew}\p{Script=Arabic}])\u200e/gu;
/** Controls, what turns the direction, what is invisible or not a character: never ours, never to be shown. */
const HARMFUL =
  /[\0-\x06\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2065\u2068\u206a-\u206f\ufeff\ufff9-\ufffb\p{Co}\p{Noncharacter_Code_Point}]|\p{M}{5}/u;

export function readTerminalBytes(bytes: Buffer): TerminalUse {
  // The farewell begins with CAN: what was cut in half ends there.
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes).replaceAll('\x18\x1b[?2026l', '');
  const use = {
    modes: [] as string[],
    titles: [] as string[],
    links: [] as string[],
    bells: 0,
    isolates: 0,
    forbidden: [] as string[],
  };
  const harmless = (part: string): void => {
    const found = HARMFUL.exec(part.replace(FIELD_END, ''));
    if (found !== null) use.forbidden.push(JSON.stringify(part.slice(Math.max(0, found.index - 20), found.index + 20)));
    for (const character of part) {
      if (character === '\x07') use.bells += 1;
      if (ISOLATES.includes(character)) use.isolates += 1;
    }
  };
  // An introducer, then what belongs to it: a control sequence, a string with its end, or one character.
  const sequence = /\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?=\x07|\x1b\\)|[\s\S]?)(\x07|\x1b\\)?/g;
  let last = 0;
  for (const match of text.matchAll(sequence)) {
    const [whole, body = '', end] = match;
    harmless(text.slice(last, match.index));
    last = match.index + whole.length;
    const isString = body.startsWith(']');
    if (!isString && end !== undefined) last -= end.length;
    const title = TITLE.exec(body);
    const link = LINK.exec(body);
    if (QUESTION.test(body) || PAINTING.test(body) || body === 'M' || FRAME_MODE.test(body) || TITLE_STACK.test(body))
      continue;
    if (MODE.test(body)) use.modes.push(body.slice(1));
    else if (isString && end === '\x1b\\' && title !== null) use.titles.push(title[1] ?? '');
    else if (isString && end === '\x1b\\' && link !== null) {
      if (link[1] !== undefined) use.links.push(link[1]);
    } else use.forbidden.push(JSON.stringify(text.slice(match.index, match.index + 40)));
  }
  harmless(text.slice(last));
  return use;
}
