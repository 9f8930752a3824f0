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
  function placeOf(occupant: Occupant): number {
    let low = 0;
    let high = ranked.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compareRank(ranked[middle]!.occupant, occupant) <= 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Those who were seen, with the newcomers between them. */
  function merge(added: Place<T>[]): Place<T>[] {
    const compare = (a: Place<T>, b: Place<T>): number => compareRank(a.occupant, b.occupant);
    if (added.length * MANY > ranked.length)
      return [...ranked.filter(place => place.seen === update), ...added].sort(compare);
    added.sort(compare);
    const all: Place<T>[] = [];
    let from = 0;
    const take = (to: number): void => {
      for (; from < to; from++) {
        const place = ranked[from]!;
        if (place.seen === update) all.push(place);
      }
    };
    for (const place of added) {
      take(placeOf(place.occupant));
      all.push(place);
    }
    take(ranked.length);
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
      // Not `for … of`: that makes a pair for each.
      occupants.forEach((occupant, nick) => {
        const place = places.get(nick);
        if (place === undefined) {
          added.push({ occupant, item: make(occupant), seen: update });
          return;
        }
        if (place.occupant !== occupant) {
          const { occupant: before } = place;
          const same = looksSame(before, occupant);
          if (!same && compareRank(before, occupant) !== 0) {
            added.push({ occupant, item: make(occupant), seen: update });
            return;
          }
          place.occupant = occupant;
          if (!same) {
            place.item = make(occupant);
            changed = true;
          }
        }
        place.seen = update;
        stayed++;
      });
      if (stayed === ranked.length && added.length === 0) return changed;
      if (stayed < ranked.length) {
        for (const place of ranked) if (place.seen !== update) places.delete(place.occupant.nick);
      }
      ranked = merge(added);
      for (const place of added) places.set(place.occupant.nick, place);
      return true;
    },
  };
}
