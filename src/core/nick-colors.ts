/** Colours that the person gave to people; everybody else has the colour of the nick (XEP-0392). */
import type { Colored, ColorRule } from '../api.js';
import { fixedHue, parseRgb } from '../lib/color.js';
import type { StateFile } from './ports.js';

const STATE_KEY = 'colors';
const MOST = 1000;

export interface NickColors {
  /** What the colour of this person is made of: for a span. */
  hueOf(person: Colored): string;
  /** Replaces what was chosen for the same person. */
  set(rule: ColorRule): void;
  /** False: none was chosen. */
  remove(person: Colored): boolean;
  readonly list: readonly ColorRule[];
  /** Raised by every change. */
  readonly rev: number;
}

function readRules(value: unknown): readonly ColorRule[] {
  if (!Array.isArray(value)) return [];
  return value.slice(-MOST).flatMap((one: unknown) => {
    if (typeof one !== 'object' || one === null) return [];
    const { name, occupantId, color } = one as Readonly<Record<string, unknown>>;
    if (typeof name !== 'string' || typeof color !== 'string' || parseRgb(color) === undefined) return [];
    return [{ name, color, ...(typeof occupantId === 'string' && { occupantId }) }];
  });
}

/** An occupant id cannot be taken by somebody else: where both are known, it alone decides. */
const isOf = (rule: ColorRule, person: Colored): boolean =>
  rule.occupantId !== undefined && person.occupantId !== undefined
    ? rule.occupantId === person.occupantId
    : rule.name === person.name;

export function createNickColors(state: StateFile, changed: () => void): NickColors {
  let rules = readRules(state.get(STATE_KEY));
  let rev = 0;
  const keep = (next: readonly ColorRule[]): void => {
    rules = next.slice(-MOST);
    rev++;
    state.set(STATE_KEY, rules);
    changed();
  };
  return {
    hueOf(person) {
      const rgb = rules.length === 0 ? undefined : parseRgb(rules.find(rule => isOf(rule, person))?.color ?? '');
      return rgb === undefined ? person.name : fixedHue(rgb);
    },
    set(rule) {
      // Another process may have added some.
      keep([...readRules(state.get(STATE_KEY)).filter(one => !isOf(one, rule)), rule]);
    },
    remove(person) {
      const known = readRules(state.get(STATE_KEY));
      const rest = known.filter(one => !isOf(one, person));
      if (rest.length === known.length) return false;
      keep(rest);
      return true;
    },
    get list() {
      return rules;
    },
    get rev() {
      return rev;
    },
  };
}
