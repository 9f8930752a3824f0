/** The tabs of all accounts in one row: their order and numbers, which one is shown, which were shown before. */
import type { Tab } from '../api.js';
import type { Activity } from '../model/types.js';
import type { TabInfo } from '../model/view.js';

/** So many of the tabs that were shown are remembered. */
const MAX_VISITED = 100;
const URGENCY: readonly Activity[] = ['none', 'low', 'message', 'private', 'highlight'];

/** The tabs of one account, as far as the strip has to know them. */
export interface StripSide {
  info(id: number): TabInfo;
  /** How loud the tab is, and since when. */
  news(id: number): { readonly activity: Activity; readonly at: number };
  /** The tab is not shown any more. */
  left(id: number): void;
  /** The tab is shown now. */
  entered(id: number): void;
  close(id: number): void;
  setData(id: number, data: unknown): void;
}

/** A tab and its place. */
export interface StripTab {
  readonly tab: Tab;
  readonly side: StripSide;
  readonly number: number;
}

interface Slot extends StripTab {
  number: number;
}

export interface TabStrip {
  /** By number. */
  readonly list: readonly StripTab[];
  /** The one that the person sees. */
  readonly shown: StripTab | undefined;
  /** An id that no tab of this run has had. */
  nextId(): number;
  /** At the first free number; shown if it is the first of all. */
  add(side: StripSide, tab: Tab): void;
  show(id: number): void;
  /** If it is shown, the one that was shown before takes its place. */
  remove(id: number): void;
  byId(id: number): StripTab | undefined;
  /** Of this account: the tab that is shown, or was shown last. */
  lastOf(side: StripSide): StripTab | undefined;
  /** Which tab that means from here. */
  find(to: 'next' | 'previous' | 'important' | 'last' | number): StripTab | undefined;
  move(id: number, number: number): void;
}

/** `gaps`: closing leaves the number free. */
export function createTabStrip(gaps: () => boolean): TabStrip {
  let slots: readonly Slot[] = [];
  let shownId = -1;
  /** Shown before, newest last. */
  let visited: readonly number[] = [];
  let serial = 0;

  const byId = (id: number): Slot | undefined => slots.find(one => one.tab.id === id);

  const renumber = (): void => {
    slots = [...slots].sort((a, b) => a.number - b.number);
    if (gaps()) return;
    slots.forEach((slot, i) => {
      slot.number = i + 1;
    });
  };

  const freeNumber = (): number => {
    const taken = new Set(slots.map(one => one.number));
    let number = 1;
    while (taken.has(number)) number++;
    return number;
  };

  const show = (slot: Slot): void => {
    if (slot.tab.id === shownId) return;
    const from = byId(shownId);
    if (from !== undefined) visited = [...visited.filter(id => id !== shownId), shownId].slice(-MAX_VISITED);
    shownId = slot.tab.id;
    from?.side.left(from.tab.id);
    slot.side.entered(slot.tab.id);
  };

  const lastVisited = (fits: (slot: Slot) => boolean): Slot | undefined => {
    for (let i = visited.length - 1; i >= 0; i--) {
      const slot = byId(visited[i] ?? -1);
      if (slot !== undefined && fits(slot)) return slot;
    }
    return undefined;
  };

  const neighbour = (step: number): Slot | undefined => {
    const here = slots.findIndex(one => one.tab.id === shownId);
    return slots[(here + step + slots.length) % slots.length];
  };

  /** The loudest, of equals the one that waits longest. */
  const important = (): Slot | undefined => {
    let best: Slot | undefined;
    let bestLevel = 0;
    let bestAt = Number.POSITIVE_INFINITY;
    for (const slot of slots) {
      if (slot.tab.id === shownId) continue;
      const { activity, at } = slot.side.news(slot.tab.id);
      const level = URGENCY.indexOf(activity);
      if (level > bestLevel || (level === bestLevel && level > 0 && at < bestAt)) {
        best = slot;
        bestLevel = level;
        bestAt = at;
      }
    }
    return best;
  };

  return {
    get list() {
      return slots;
    },
    get shown() {
      return byId(shownId);
    },
    nextId: () => ++serial,
    add(side, tab) {
      const slot: Slot = { side, tab, number: freeNumber() };
      slots = [...slots, slot];
      renumber();
      if (byId(shownId) === undefined) show(slot);
    },
    show(id) {
      const slot = byId(id);
      if (slot !== undefined) show(slot);
    },
    remove(id) {
      const here = slots.findIndex(one => one.tab.id === id);
      if (here < 0) return;
      const next = lastVisited(one => one.tab.id !== id) ?? slots[here - 1] ?? slots[here + 1];
      slots = slots.filter(one => one.tab.id !== id);
      visited = visited.filter(one => one !== id);
      renumber();
      if (shownId !== id) return;
      shownId = -1;
      if (next !== undefined) show(next);
    },
    byId,
    lastOf(side) {
      const shown = byId(shownId);
      if (shown?.side === side) return shown;
      return lastVisited(one => one.side === side) ?? slots.find(one => one.side === side);
    },
    find(to) {
      switch (to) {
        case 'next':
          return neighbour(1);
        case 'previous':
          return neighbour(-1);
        case 'important':
          return important();
        case 'last':
          return lastVisited(one => one.tab.id !== shownId);
        default:
          return slots.find(one => one.number === to);
      }
    },
    move(id, number) {
      const slot = byId(id);
      if (slot === undefined || !Number.isInteger(number) || number < 1) return;
      const others = slots.filter(one => one !== slot);
      if (gaps()) {
        let wanted = number;
        for (const other of others) if (other.number === wanted) other.number = ++wanted;
        slot.number = number;
      } else {
        others.splice(Math.min(number, slots.length) - 1, 0, slot);
        others.forEach((one, i) => {
          one.number = i + 1;
        });
      }
      renumber();
    },
  };
}
