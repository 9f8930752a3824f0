/** One screen for several accounts: the account of the shown tab gets lines and keys, of the others is said what matters. */
import { span } from '../lib/span.js';
import { safe } from '../lib/text.js';
import type { ChatId } from '../model/types.js';
import type { AccountMark, InfoNotice, Row } from '../model/view.js';
import type { CoreShell } from './shell.js';

/** Notices kept for the info line. */
const MAX_INFO = 20;
/** A chat that is not on the screen, whichever is: another account may be in the same room. */
const ELSEWHERE = '' as ChatId;
/** Regions of the shown tab; touched by an account that does not show it they concern the tabs only. */
const OF_SHOWN_TAB = new Set(['meta', 'roster', 'occupants', 'subject']);

/** An account, as the switchboard needs it. */
export interface Line {
  readonly shell: CoreShell;
  /** As long as there are others. */
  readonly mark: () => AccountMark | undefined;
}

export interface Switchboard {
  readonly shell: CoreShell;
  /** There is one more; the undo takes it away. */
  plug(line: Line): () => void;
  /** Something that all accounts have in common has changed. */
  touch(region: string): void;
}

/** The name before what an account has to say. */
export function prefixOf(mark: AccountMark | undefined): Row {
  return mark === undefined ? [] : [span('nick.other', safe`${mark.name}`, mark.hue), span('text.dim', safe`: `)];
}

/** `shown` and `of` answer whose tab that is. */
export function createSwitchboard(options: {
  readonly shown: () => Line;
  readonly of: (tab: number) => Line | undefined;
}): Switchboard {
  const { shown, of } = options;
  const lines = new Map<Line, () => void>();
  const listeners = new Set<(region: string, chat?: ChatId) => void>();
  const touch = (region: string, chat?: ChatId): void => {
    for (const listener of listeners) listener(region, chat);
  };
  const now = (): CoreShell => shown().shell;

  /** What is wrong with the others, because nobody looks there. */
  const others = (): Row => {
    if (lines.size < 2) return [];
    const here = shown();
    return [...lines.keys()].flatMap((line): Row => {
      const trouble = line === here ? undefined : line.shell.trouble();
      const name = line.mark()?.name;
      if (trouble === undefined || name === undefined) return [];
      return [span('bar.normal', safe` `), span(trouble.token, safe`[${name}: ${trouble.text}]`)];
    });
  };

  const info = (): readonly InfoNotice[] => {
    if (lines.size < 2) return now().info();
    return [...lines.keys()]
      .flatMap(line => {
        const prefix = prefixOf(line.mark());
        return line.shell.info().map(notice => ({ ...notice, row: [...prefix, ...notice.row] }));
      })
      .sort((a, b) => a.at - b.at)
      .slice(-MAX_INFO);
  };

  const shell: CoreShell = {
    tabs: () => now().tabs(),
    current: () => now().current(),
    submit: line => now().submit(line),
    run: line => now().run(line),
    chord: chord => now().chord(chord),
    bound: chord => now().bound(chord),
    complete: (line, cursor) => now().complete(line, cursor),
    hint: (line, cursor) => now().hint(line, cursor),
    known: line => now().known?.(line),
    ghost: line => now().ghost?.(line),
    typed: (line, tab) => (tab === undefined ? shown() : of(tab))?.shell.typed(line, tab),
    draft: tab => of(tab)?.shell.draft?.(tab) ?? '',
    question: () => now().question(),
    answer: (id, text) => now().answer(id, text),
    statusBar() {
      const { left, right } = now().statusBar();
      return { left: [...left, ...others()], right };
    },
    info,
    seen: tab => of(tab)?.shell.seen(tab),
    focused(yes) {
      for (const line of lines.keys()) line.shell.focused(yes);
    },
    onTouch(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    pasted: text => now().pasted(text),
    cleaned: () => now().cleaned?.(),
    chat: (id, tab) => (tab === undefined ? shown() : of(tab))?.shell.chat(id),
    option: name => now().option(name),
    keeps: line => now().keeps(line),
    render: (row, message) => now().render(row, message),
    hueOf: person => now().hueOf?.(person) ?? person.name,
    trouble: () => now().trouble(),
  };

  return {
    shell,
    plug(line) {
      const undo = line.shell.onTouch((region, chat) => {
        if (lines.size < 2 || line === shown()) touch(region, chat);
        else if (region === 'log') touch('log', ELSEWHERE);
        else touch(OF_SHOWN_TAB.has(region) ? 'tabs' : region);
      });
      lines.set(line, undo);
      return () => {
        undo();
        lines.delete(line);
        touch('all');
      };
    },
    touch,
  };
}
