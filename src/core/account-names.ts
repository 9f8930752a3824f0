/** How several accounts are told apart: a name each, and a mark of a letter or a few. Pure. */
import { type BareJid, domainOf, localOf } from '../lib/jid.js';
import { cleanIdentifier, type Safe } from '../lib/text.js';

export interface Named {
  /** As the settings call it. */
  readonly saved?: string;
  /** Absent: a guest. */
  readonly jid?: BareJid;
}

/** Marks are no longer. */
const MAX_MARK = 3;

/** Names that differ: of the settings, else the part before the @, else the whole address; guests are numbered. */
export function nameAccounts(accounts: readonly Named[]): readonly Safe[] {
  const short = accounts.map(({ saved, jid }) => saved ?? (jid === undefined ? 'guest' : (localOf(jid) ?? jid)));
  const count = (name: string): number => short.filter(one => one.toLowerCase() === name.toLowerCase()).length;
  const taken = new Set<string>();
  return accounts.map(({ saved, jid }, i) => {
    const own = short[i] ?? '';
    const wanted = saved === undefined && jid !== undefined && count(own) > 1 ? `${own}@${domainOf(jid)}` : own;
    let name = wanted;
    for (let n = 2; taken.has(name.toLowerCase()); n++) name = `${wanted}${n}`;
    taken.add(name.toLowerCase());
    return cleanIdentifier(name);
  });
}

/** The shortest beginnings that differ; of names that are long alike the first letter and a number. */
export function markAccounts(names: readonly Safe[]): readonly Safe[] {
  const letters = names.map(name => [...name.toLowerCase()]);
  const taken = new Set<string>();
  const take = (mark: string): Safe => {
    taken.add(mark);
    return cleanIdentifier(mark);
  };
  const short = letters.map((own, i) => {
    for (let length = 1; length <= Math.min(MAX_MARK, own.length); length++) {
      const begun = own.slice(0, length).join('');
      if (letters.every((other, j) => j === i || other.slice(0, length).join('') !== begun)) return take(begun);
    }
    return undefined;
  });
  return short.map((mark, i) => {
    if (mark !== undefined) return mark;
    let n = 1;
    while (taken.has(`${letters[i]?.[0]}${n}`)) n++;
    return take(`${letters[i]?.[0]}${n}`);
  });
}
