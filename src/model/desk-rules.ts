/** What is worth a moderator's look: a first message with a link, floods, repeated words, bursts of joins. Rules only tell, they never act. */
import type { FlagKind, Visitor } from './desk.js';

/** Thresholds; 0 switches a rule off. */
export interface Limits {
  /** Window of floods and bursts, milliseconds. */
  readonly windowMs: number;
  /** So many messages of one person within the window. */
  readonly flood: number;
  /** The same words so often within ten minutes, whoever says them. */
  readonly repeats: number;
  /** So many joins within the window. */
  readonly joins: number;
  /** Links in first messages. */
  readonly links: boolean;
}

/** What was found about a message or a coming. */
export type Found = Extract<FlagKind, 'link' | 'flood' | 'repeat' | 'burst'>;

export interface Watch {
  /** Somebody came: true if there are too many at once. */
  came(at: number): boolean;
  /** `who` as they were before they said it. */
  said(who: Visitor, text: string, at: number): readonly Found[];
}

const REPEAT_MS = 10 * 60_000;
/** Shorter words are said by everybody: yes, hello, lol. */
const SHORTEST = 12;
const LONGEST = 2000;
const MAX_THINGS = 500;
const LINK = /(?:\b(?:https?|ftp|gemini|magnet|xmpp):\S)|(?:\bwww\.\S)|(?:\b[\p{L}\p{N}-]{1,63}\.[\p{L}]{2,24}\/\S)/iu;

/** Whether a text leads somewhere. */
export function hasLink(text: string): boolean {
  return LINK.test(text.slice(0, LONGEST));
}

/** What spammers vary is left out: case, blanks, digits and signs. */
export function essence(text: string): string {
  return text
    .slice(0, LONGEST)
    .toLowerCase()
    .replace(/[^\p{L}]+/gu, '');
}

/** The affiliated and the moderators are known to the room. */
export function isWatched(who: Pick<Visitor, 'affiliation' | 'role'>): boolean {
  return who.affiliation === 'none' && who.role !== 'moderator';
}

export function createWatch(limits: () => Limits): Watch {
  const joins = new Map<string, number[]>();
  const texts = new Map<string, number[]>();
  const speakers = new Map<string, number[]>();

  /** A thing happens: true if it did so `often` within the window. The thing longest ago makes room. */
  const isOften = (map: Map<string, number[]>, key: string, at: number, windowMs: number, often: number): boolean => {
    // Only as many times as can matter.
    const times = [...(map.get(key) ?? []).slice(-(often - 1)), at].slice(-often);
    map.delete(key);
    map.set(key, times);
    if (map.size > MAX_THINGS) map.delete(map.keys().next().value as string);
    return times.length === often && at - (times[0] ?? at) < windowMs;
  };

  return {
    came(at) {
      const { joins: most, windowMs } = limits();
      if (most === 0) return false;
      return isOften(joins, '', at, windowMs, most);
    },
    said(who, text, at) {
      if (!isWatched(who)) return [];
      const { windowMs, flood, repeats, links } = limits();
      const found: Found[] = [];
      if (links && who.said === 0 && who.visits > 0 && hasLink(text)) found.push('link');
      if (flood > 0 && isOften(speakers, who.id, at, windowMs, flood)) found.push('flood');
      const words = repeats > 0 ? essence(text) : '';
      if (words.length >= SHORTEST && isOften(texts, words, at, REPEAT_MS, repeats)) found.push('repeat');
      return found;
    },
  };
}
