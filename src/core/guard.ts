/** Keeps faults with those who made them: who is running now, how long it took, how often it failed. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Owner } from '../lib/emitter.js';
import { errorText } from '../lib/errors.js';
import type { ChatId } from '../model/types.js';
import { EndlessError } from './bounded.js';

/** So many faults within the window and the owner is disabled. */
export const MAX_FAULTS = 5;
export const FAULT_WINDOW_MS = 60_000;
/** A callback of a plugin that takes longer is broken off: it would stop keys, screen and pings. */
export const ENDLESS_MS = 2000;
/** A callback that takes longer is remarked on. */
export const SLOW_MS = 50;

interface Scope {
  readonly owner: Owner;
  /** Where what it has to say belongs. */
  readonly chat?: ChatId;
}
export interface OwnerStats {
  readonly faults: number;
  readonly slowestMs: number;
  readonly lastError?: string;
}

export interface Guard {
  /** Runs `call` as this owner, also what it starts (timers, promises). Throws what it throws. */
  run<T>(owner: Owner, what: string, call: () => T, chat?: ChatId): T;
  /** As `run`, but a fault is counted and `otherwise` is the answer. */
  safely<T>(owner: Owner, what: string, call: () => T, otherwise: T): T;
  fault(owner: Owner, error: unknown, what: string): void;
  /** Owner of the code that is running now; in `uncaughtException` and `unhandledRejection` too. */
  ownerOf(): Owner;
  chatOf(): ChatId | undefined;
  stats(owner: Owner): OwnerStats;
  forget(owner: Owner): void;
}

export function createGuard(options: {
  readonly now: () => number;
  readonly debug: (text: string) => void;
  /** A plugin's fault; core faults come with the owner `core`. */
  readonly onFault: (owner: Owner, error: unknown, what: string) => void;
  readonly onTooMany: (owner: Owner, error: unknown) => void;
  /** Runs a callback of this owner and breaks it off after `ENDLESS_MS`; without it nothing is. */
  readonly bounded?: ((owner: Owner) => (<T>(call: () => T) => T) | undefined) | undefined;
}): Guard {
  const { now, debug, onFault, onTooMany } = options;
  const scopes = new AsyncLocalStorage<Scope>();
  const stats = new Map<Owner, { faults: number; slowestMs: number; recent: number[]; lastError?: string }>();
  const statsOf = (owner: Owner) => {
    let known = stats.get(owner);
    if (known === undefined) {
      known = { faults: 0, slowestMs: 0, recent: [] };
      stats.set(owner, known);
    }
    return known;
  };
  let reporting = false;

  const guard: Guard = {
    run(owner, what, call, chat) {
      const scope = scopes.getStore();
      // The fast path: core code called by core code.
      if (owner === 'core' && chat === undefined && (scope === undefined || scope.owner === 'core')) return call();
      if (owner === 'core') return scopes.run(chat === undefined ? { owner } : { owner, chat }, call);
      const started = now();
      // What runs within a bounded call is bounded by it.
      const bound = scope?.owner === owner ? undefined : options.bounded?.(owner);
      try {
        // The scope is outside: what is broken off runs nothing that would leave it.
        return scopes.run(chat === undefined ? { owner } : { owner, chat }, () =>
          bound === undefined ? call() : bound(call),
        );
      } finally {
        const took = now() - started;
        const known = statsOf(owner);
        if (took > known.slowestMs) known.slowestMs = took;
        if (took > SLOW_MS) debug(`${owner} took ${took} ms for ${what}`);
      }
    },
    safely(owner, what, call, otherwise) {
      try {
        return guard.run(owner, what, call);
      } catch (error) {
        guard.fault(owner, error, what);
        return otherwise;
      }
    },
    fault(owner, error, what) {
      const stack = error instanceof Error ? (error.stack ?? error.message) : errorText(error);
      debug(`fault of ${owner} in ${what}: ${stack}`);
      const known = statsOf(owner);
      known.faults++;
      known.lastError = errorText(error);
      // A listener of the report may be at fault itself: that is counted but not reported again.
      if (reporting) return;
      reporting = true;
      try {
        onFault(owner, error, what);
        if (owner === 'core') return;
        const at = now();
        known.recent = [...known.recent.filter(one => at - one < FAULT_WINDOW_MS), at];
        // It would hold everything up each time.
        if (known.recent.length >= MAX_FAULTS || error instanceof EndlessError) {
          known.recent = [];
          onTooMany(owner, error);
        }
      } finally {
        reporting = false;
      }
    },
    ownerOf: () => scopes.getStore()?.owner ?? 'core',
    chatOf: () => scopes.getStore()?.chat,
    stats(owner) {
      const { faults, slowestMs, lastError } = stats.get(owner) ?? { faults: 0, slowestMs: 0 };
      return lastError === undefined ? { faults, slowestMs } : { faults, slowestMs, lastError };
    },
    forget(owner) {
      stats.delete(owner);
    },
  };
  return guard;
}
