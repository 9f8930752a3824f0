/** The people of a room in the order of lists, kept so while they come and go: sorting a crowd for each of them would be felt. */
import type { Occupant } from './types.js';
import { compareRank } from './wording.js';

export interface People<T> {
  /** Takes over who is there now; true if a list would look different. */
  update(occupants: ReadonlyMap<string, Occupant>): boolean;
  /** What was made for each, by role, then affiliation, then name. */
  readonly ranked: readonly RankedPerson<T>[];
}

export interface RankedPerson<T> {
  readonly occupant: Occupant;
  readonly item: T;
}

interface Place<T> {
  occupant: Occupant;
  item: T;
  /** The update that saw it last. */
  seen: number;
}

/** From this share of newcomers on, sorting everything is cheaper than looking for the place of each. */
const MANY = 8;

/** `make` is asked once for everybody, and again when `looksSame` says that it would come out different. */
export function createPeople<T>(
  make: (occupant: Occupant) => T,
  looksSame: (a: Occupant, b: Occupant) => boolean,
): People<T> {
  const places = new Map<string, Place<T>>();
  let ranked: Place<T>[] = [];
  let update = 0;

  /** Behind everybody who is not after this one. */
  function placeOf(among: readonly Place<T>[], occupant: Occupant): number {
    let low = 0;
    let high = among.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compareRank(among[middle]!.occupant, occupant) <= 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  function merge(kept: readonly Place<T>[], added: Place<T>[]): Place<T>[] {
    const compare = (a: Place<T>, b: Place<T>): number => compareRank(a.occupant, b.occupant);
    if (added.length * MANY > kept.length) return [...kept, ...added].sort(compare);
    added.sort(compare);
    const all: Place<T>[] = [];
    let from = 0;
    for (const place of added) {
      const to = placeOf(kept, place.occupant);
      while (from < to) all.push(kept[from++]!);
      all.push(place);
    }
    while (from < kept.length) all.push(kept[from++]!);
    return all;
  }

  return {
    get ranked() {
      return ranked;
    },
    update(occupants) {
      update++;
      let changed = false;
      let stayed = 0;
      const added: Place<T>[] = [];
      for (const [nick, occupant] of occupants) {
        const place = places.get(nick);
        if (place === undefined) {
          added.push({ occupant, item: make(occupant), seen: update });
          continue;
        }
        if (place.occupant !== occupant) {
          const { occupant: before } = place;
          const same = looksSame(before, occupant);
          if (!same && compareRank(before, occupant) !== 0) {
            added.push({ occupant, item: make(occupant), seen: update });
            continue;
          }
          place.occupant = occupant;
          if (!same) {
            place.item = make(occupant);
            changed = true;
          }
        }
        place.seen = update;
        stayed++;
      }
      if (stayed === ranked.length && added.length === 0) return changed;
      const kept: Place<T>[] = [];
      for (const place of ranked) {
        if (place.seen === update) kept.push(place);
        else places.delete(place.occupant.nick);
      }
      for (const place of added) places.set(place.occupant.nick, place);
      ranked = added.length === 0 ? kept : merge(kept, added);
      return true;
    },
  };
}
