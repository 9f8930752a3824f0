/** Rows of a measurement, printed as a table with ratios to ours. */

export interface Measured {
  readonly who: string;
  readonly value: number;
  readonly note?: string;
}

export function printScenario(title: string, unit: string, rows: readonly Measured[]): void {
  console.log(`\n${title}`);
  const ours = rows.find(row => row.who === 'causette')?.value;
  for (const { who, value, note } of rows) {
    const ratio = ours !== undefined && who !== 'causette' && ours > 0 ? `  ${(value / ours).toFixed(2)} × ours` : '';
    console.log(
      `  ${who.padEnd(14)} ${value.toFixed(value < 10 ? 1 : 0).padStart(8)} ${unit}${ratio}${note ? `  (${note})` : ''}`,
    );
  }
}
