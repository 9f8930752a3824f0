/** What can be done with the message that the keyboard has chosen: its keys, and the row that names them. */
import { linksIn } from '../lib/links.js';
import type { MessageEntry } from '../model/types.js';
import type { Row } from '../model/view.js';
import { cellsOf, cellsWidth, words } from './rows/line.js';
import { hintPicture } from './views/hints.js';
import type { Picture } from './views/picture.js';

export interface MessageAction {
  readonly key: string;
  readonly label: string;
  /** Where there is little room. */
  readonly short?: string;
  /** The line is put into the input, to be finished there. */
  readonly edit: boolean;
  readonly fits: (message: MessageEntry) => boolean;
  readonly line: (message: MessageEntry) => string;
}

const MAX_QUOTED = 8;

const stands = (one: MessageEntry): boolean => one.retracted === undefined;
const hasLink = (one: MessageEntry): boolean => stands(one) && linksIn(one.body).length > 0;

const ACTIONS: readonly MessageAction[] = [
  { key: 'r', label: 'reply', edit: true, fits: stands, line: () => '/reply ' },
  {
    key: 'q',
    label: 'quote',
    edit: true,
    fits: stands,
    line: one =>
      `${one.body
        .split('\n')
        .slice(0, MAX_QUOTED)
        .map(line => `> ${line}`)
        .join('\n')}\n`,
  },
  { key: 'e', label: 'correct', edit: true, fits: one => one.self && stands(one), line: one => `/correct ${one.body}` },
  { key: '+', label: 'react', edit: true, fits: stands, line: () => '/react ' },
  { key: 'd', label: 'retract', edit: false, fits: one => one.self && stands(one), line: () => '/retract' },
  { key: 'y', label: 'copy', edit: false, fits: () => true, line: () => '/copy' },
  { key: 'l', label: 'copy line', short: 'line', edit: false, fits: () => true, line: () => '/copy -line' },
  { key: 'o', label: 'open link', short: 'open', edit: false, fits: hasLink, line: () => '/open' },
  { key: 'c', label: 'copy link', short: 'link', edit: false, fits: hasLink, line: () => '/copy -link' },
  { key: 'i', label: 'details', short: 'info', edit: false, fits: () => true, line: () => '/details' },
];

export const actionFor = (key: string, message: MessageEntry): MessageAction | undefined =>
  ACTIONS.find(one => one.key === key && one.fits(message));

type Key = readonly [key: string, label: string];

const rowOfKeys = (keys: readonly Key[], gap: string): Row =>
  keys.flatMap(([key, label], i) => [words('text.key', i === 0 ? key : gap + key), words('text.dim', ` ${label}`)]);

/** What the keys do while a message is chosen; `open`: its actions are listed, in fewer words where there is little room. */
export function messageHint(message: MessageEntry, open: boolean, columns: number): Picture {
  const back: Key = ['Esc', 'back'];
  if (!open) return hintPicture(rowOfKeys([['Alt-Up Alt-Down', 'choose'], ['Enter', 'actions'], back], '  '), columns);
  const actions = ACTIONS.filter(action => action.fits(message));
  const long = rowOfKeys([...actions.map(({ key, label }): Key => [key, label]), back], '  ');
  if (cellsWidth(cellsOf(long)) <= columns) return hintPicture(long, columns);
  return hintPicture(
    rowOfKeys(
      actions.map(({ key, label, short = label }): Key => [key, short]),
      ' ',
    ),
    columns,
  );
}
