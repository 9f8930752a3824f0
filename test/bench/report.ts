/** What a run has measured: rows printed as they come, and at the end as one Markdown table with ratios, budgets and their meaning. */

/** Ours in every row. */
export const OURS = 'causette';
/** Columns beside ours that take part in the ratio, in this order. */
export const PEERS = ['poezio', 'profanity', 'mcabber', 'irssi', 'weechat'] as const;

export interface Measured {
  readonly who: string;
  /** In the unit of the row; without it the program did not get there, and `text` says why. */
  readonly value?: number;
  readonly text?: string;
  /** It was still not there after this value. */
  readonly beyond?: number;
  readonly note?: string;
}

export interface Row {
  readonly title: string;
  readonly unit: 'ms' | 'µs' | 'MB' | 'bytes' | 'times';
  /** One sentence: what the number is. */
  readonly meaning: string;
  /** Ours is to be at most this. */
  readonly budget?: number | undefined;
  /** Where the budget comes from, when it is no fixed number. */
  readonly budgetNote?: string;
  /** Measured by the clock: somebody who was given up on has taken at least that. */
  readonly clock?: boolean;
  readonly cells: readonly Measured[];
}

const number = (value: number): string => {
  const text = Math.abs(value) < 10 && !Number.isInteger(value) ? value.toFixed(1) : value.toFixed(0);
  return text.replace(/\B(?=(\d{3})+$)/g, ',');
};
const shown = (cell: Measured | undefined): string =>
  cell === undefined ? '–' : cell.value === undefined ? (cell.text ?? '–') : number(cell.value);

const ours = (row: Row): Measured | undefined => row.cells.find(cell => cell.who === OURS);

/** Undefined: no budget. A number that is missing meets none. */
export function isMet(row: Row): boolean | undefined {
  if (row.budget === undefined) return undefined;
  const value = ours(row)?.value;
  // Nobody sees the digits that are not printed.
  return value !== undefined && Number(value.toFixed(1)) <= row.budget;
}

/** Ours to the best peer of the row; `<` when the best of them was given up on. */
export function ratioOf(row: Row): string {
  const value = ours(row)?.value;
  const peers = row.cells.filter(cell => (PEERS as readonly string[]).includes(cell.who));
  const best = Math.min(...peers.flatMap(cell => cell.value ?? []));
  if (value === undefined) return '–';
  if (Number.isFinite(best)) return best > 0 ? (value / best).toFixed(2) : value > 0 ? 'theirs is 0' : 'equal';
  const beyond = Math.min(...peers.flatMap(cell => cell.beyond ?? []));
  return row.clock === true && Number.isFinite(beyond)
    ? `< ${Math.max(0.01, Math.ceil((value / beyond) * 100) / 100).toFixed(2)}`
    : '–';
}

export function printRow(row: Row): void {
  const budget = row.budget === undefined ? '' : ` (budget ${number(row.budget)})`;
  console.log(`\n${row.title}${budget}`);
  for (const cell of row.cells) {
    const unit = cell.value === undefined ? '' : ` ${row.unit}`;
    console.log(`  ${cell.who.padEnd(12)} ${shown(cell).padStart(9)}${unit}${cell.note ? `  (${cell.note})` : ''}`);
  }
}

const table = (rows: readonly (readonly string[])[]): string => {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0))) ?? [];
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = rows;
  return [line(head), line(widths.map(width => '-'.repeat(width))), ...body.map(line)].join('\n');
};

/** The whole run as Markdown: the table, then a line for each number. */
export function markdown(rows: readonly Row[]): string {
  const peers = PEERS.filter(who => rows.some(row => row.cells.some(cell => cell.who === who)));
  const met = (row: Row): string => ({ true: 'yes', false: '**no**', undefined: '' })[`${isMet(row)}`];
  const head = ['scenario', 'unit', OURS, ...peers, ...(peers.length > 0 ? ['ours ÷ best peer'] : []), 'budget', 'met'];
  const body = rows.map(row => [
    row.title,
    row.unit,
    shown(ours(row)),
    ...peers.map(who => shown(row.cells.find(cell => cell.who === who))),
    ...(peers.length > 0 ? [ratioOf(row)] : []),
    row.budget === undefined ? '' : `≤ ${number(row.budget)}`,
    met(row),
  ]);
  const meanings = rows.map(row => {
    const extras = [
      ...(row.budgetNote === undefined ? [] : [`Budget: ${row.budgetNote}.`]),
      ...row.cells.filter(cell => cell.note !== undefined).map(cell => `${cell.who}: ${cell.note}.`),
    ];
    return `- **${row.title}**: ${[row.meaning, ...extras].join(' ')}`;
  });
  return `${table([head, ...body])}\n\n${meanings.join('\n')}\n`;
}

/** One sentence about the budgets. */
export function verdict(rows: readonly Row[]): string {
  const judged = rows.filter(row => row.budget !== undefined);
  const missed = judged.filter(row => isMet(row) === false).map(row => row.title);
  return `${judged.length - missed.length} of ${judged.length} budgets are met${missed.length === 0 ? '.' : `; not met: ${missed.join('; ')}.`}`;
}
