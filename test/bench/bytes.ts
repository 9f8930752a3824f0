/** Scenario `bytes`: what a keystroke, a new line and a tab switch cost on the wire to the terminal. */
import { setTimeout as delay } from 'node:timers/promises';
import type { TestTerminal } from '../helpers/pty.js';
import { PATIENCE_MS } from './clients.js';
import { ircClients, openHall } from './irc-clients.js';
import { median } from './process.js';
import { type Measured, OURS, type Row } from './report.js';
import { createRandom } from './said.js';
import { failed, inRoom, isWanted, type Load, quiet, sideBySide, word } from './scenario.js';

const SIZE = { columns: 200, rows: 50 } as const;
const LETTERS = 'the quick brown fox jumps over it now';
/** Characters of a line. */
const LENGTH = 77;
const LINES = 7;
/** More than there are rows: the list is full. */
const PEOPLE = 60;
/** Beside its own text, where no list of occupants is shown. */
const BARE_LINE = 60;

/** A program in one room, with a second one to come. */
interface Seat {
  readonly terminal: TestTerminal;
  /** Somebody says this in the first or the second room. */
  say(where: 1 | 2, text: string): void | Promise<void>;
  /** Settles when it is known there, or at once. */
  enterSecond(): void | Promise<void>;
  nextTab(): void;
}

/** Lines of one length that have little in common: what scrolls must not look like what was there. */
function createLines(random = createRandom(7)): () => string {
  const letters = 'abcdefghijklmnopqrstuvwxyz';
  let count = 0;
  return () => {
    let text = `n${++count}`;
    while (text.length < LENGTH) {
      const length = 2 + Math.floor(random() * 8);
      text += ` ${Array.from({ length }, () => letters[Math.floor(random() * 26)]).join('')}`;
    }
    return text
      .slice(0, LENGTH - 1)
      .trimEnd()
      .padEnd(LENGTH, '.');
  };
}

/** Bytes of a key, of a line and of a tab switch. */
async function costs({ terminal, say, enterSecond, nextTab }: Seat): Promise<readonly number[]> {
  const said = async (where: 1 | 2, text: string): Promise<void> => {
    await say(where, text);
    await terminal.waitFor(text, PATIENCE_MS);
    await quiet(terminal, 120);
  };
  const line = createLines();
  const fill = async (where: 1 | 2): Promise<void> => {
    for (let i = 0; i < SIZE.rows; i++) await say(where, line());
    await said(where, line());
  };
  await fill(1);
  await quiet(terminal, 1000);
  let before = 0;
  // The better of two: a clock or a lag that is shown meanwhile is not the key's.
  let key = Number.POSITIVE_INFINITY;
  for (let tries = 0; tries < 2; tries++) {
    before = terminal.bytesWritten();
    for (const letter of LETTERS) {
      terminal.type(letter);
      await delay(15);
      await quiet(terminal, 20);
    }
    key = Math.min(key, (terminal.bytesWritten() - before) / LETTERS.length);
    terminal.key('Ctrl-u');
    await quiet(terminal, 100);
  }
  // The scroll region is set with the first line that comes by itself.
  await said(1, line());
  const lines: number[] = [];
  for (let i = 0; i < LINES; i++) {
    before = terminal.bytesWritten();
    await said(1, line());
    lines.push(terminal.bytesWritten() - before);
  }
  const last = `the ${word('end')} of one`;
  await said(1, last);
  await enterSecond();
  await terminal.waitGone(last, PATIENCE_MS);
  await quiet(terminal, 500);
  await fill(2);
  const other = `the ${word('end')} of two`;
  await said(2, other);
  await quiet(terminal, 500);
  const tabs: number[] = [];
  for (let step = 0; step < 20 && tabs.length < 6; step++) {
    before = terminal.bytesWritten();
    nextTab();
    await delay(60);
    await quiet(terminal, 60);
    const text = terminal.text();
    if (text.includes(last) || text.includes(other)) tabs.push(terminal.bytesWritten() - before);
  }
  if (tabs.length === 0) throw new Error('no tab was shown');
  return [key, median(lines), median(tabs)];
}

const measured = (load: Load, settings: string): Promise<readonly (readonly Measured[])[]> =>
  sideBySide(
    load,
    3,
    client =>
      inRoom(load, client, PEOPLE, ({ terminal, join, nextTab }, room) => {
        const second = load.flood.room(word('second'), PEOPLE);
        return costs({
          terminal,
          nextTab,
          say: (where, text) => load.flood.say(where === 1 ? room : second, 1, text),
          enterSecond: () => join(second),
        });
      }),
    { ...SIZE, settings },
  );

async function onIrc(load: Load): Promise<readonly (readonly Measured[])[]> {
  const columns: [Measured[], Measured[], Measured[]] = [[], [], []];
  const clients = ircClients().filter(({ who }) => isWanted(load, who));
  if (clients.length === 0) return columns;
  const hall = await openHall(['#hall', '#second'], PEOPLE);
  try {
    for (const client of clients) {
      const { who } = client;
      let cells: readonly Measured[];
      try {
        const terminal = await hall.open(client, SIZE);
        terminal.enter('/join #hall');
        await terminal.waitFor(/user12|#hall: Total of/, PATIENCE_MS);
        const values = await costs({
          terminal,
          nextTab: () => terminal.key(client.next),
          say: (where, text) => hall.talker.send(`PRIVMSG ${where === 1 ? '#hall' : '#second'} :${text}`),
          async enterSecond() {
            terminal.enter('/join #second');
            await hall.entered('#second');
          },
        });
        cells = values.map(value => ({ who, value }));
        terminal.enter('/quit');
        await terminal.waitExit(5000).catch(() => undefined);
      } catch (error) {
        const why = failed(who, error);
        cells = [why, why, why];
      }
      for (const [index, cell] of cells.entries()) columns[index]?.push(cell);
    }
  } finally {
    await hall.stop();
  }
  return columns;
}

export async function bytes(load: Load): Promise<readonly Row[]> {
  const [keys = [], lines = [], tabs = []] = await measured(load, '');
  const [ownKeys, ownLines] = await measured({ ...load, peers: new Set() }, '[ui]\noccupants = false\n');
  const irc = await onIrc(load);
  const [ircKeys = [], ircLines = [], ircTabs = []] = irc;
  const size = `${SIZE.columns}×${SIZE.rows}`;
  const listed = new Set([OURS, 'poezio', 'profanity', 'weechat']);
  const withList = [...lines, ...ircLines].filter(cell => listed.has(cell.who));
  const bare = [...(ownLines ?? []), ...lines, ...ircLines].filter(cell =>
    cell.who === OURS ? ownLines?.includes(cell) : !listed.has(cell.who),
  );
  const best = Math.min(...withList.flatMap(cell => (cell.who === OURS ? [] : (cell.value ?? []))));
  return [
    {
      title: `a keystroke, ${size}`,
      unit: 'bytes',
      budget: 2,
      cells: [...keys, ...ircKeys],
      meaning: `Bytes to the terminal for a letter at the end of the line, mean of ${LETTERS.length}, the better of two; without the list of occupants ours writes ${ownKeys?.[0]?.value?.toFixed(1) ?? '–'}.`,
    },
    {
      title: `a new line, occupants shown, ${size}`,
      unit: 'bytes',
      budget: Number.isFinite(best) ? best / 3 : undefined,
      budgetNote: 'a third of the best peer of this run',
      cells: withList,
      meaning: `Bytes for a line of ${LENGTH} characters in a full room of ${PEOPLE}, median of ${LINES}.`,
    },
    {
      title: `a new line, no occupants shown, ${size}`,
      unit: 'bytes',
      budget: LENGTH + BARE_LINE,
      budgetNote: `its text of ${LENGTH} bytes and ${BARE_LINE}`,
      cells: bare,
      meaning: 'The same with the list hidden, beside those that have none.',
    },
    {
      title: `a tab switch, ${size}`,
      unit: 'bytes',
      budget: SIZE.columns * SIZE.rows,
      budgetNote: 'one screen of text',
      cells: [...tabs, ...ircTabs],
      meaning: 'Bytes for the step to another full room, median.',
    },
  ];
}
