/** The name that was probably meant, for a slip of the finger. */

/** Longer names are not compared letter by letter. */
const MAX_LENGTH = 40;

/** Insertions, deletions, replacements and swaps of neighbours between two words. */
function slips(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min((row[j - 1] ?? 0) + 1, (last[j] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, (before[j - 2] ?? 0) + 1);
      }
      row.push(cost);
    }
    before = last;
    last = row;
  }
  return last[b.length] ?? 0;
}

/** The first of the names with the fewest slips, at most `allowed` of them (default 2, in words of up to three letters 1); case does not count. */
export function nearestName(typed: string, names: Iterable<string>, allowed?: number): string | undefined {
  const wanted = typed.toLowerCase().slice(0, MAX_LENGTH);
  const most = allowed ?? (wanted.length <= 3 ? 1 : 2);
  let best: string | undefined;
  let least = most + 1;
  for (const name of names) {
    if (Math.abs(name.length - wanted.length) > most) continue;
    const count = slips(wanted, name.toLowerCase());
    if (count < least) {
      best = name;
      least = count;
    }
  }
  return best;
}
