/** A bag of undo functions, emptied in reverse order. */

export type Undo = () => void;

export interface Disposables {
  /** Keeps an undo; the returned function runs it early and forgets it. After `dispose` it runs at once. */
  add(undo: Undo): Undo;
  /** Runs everything, newest first; a throwing undo is reported and does not keep the others. */
  dispose(): void;
  readonly size: number;
}

export function createDisposables(onFault: (error: unknown) => void = () => {}): Disposables {
  const bag = new Set<Undo>();
  let disposed = false;
  const run = (undo: Undo): void => {
    try {
      undo();
    } catch (error) {
      onFault(error);
    }
  };
  return {
    add(undo) {
      if (disposed) {
        run(undo);
        return () => {};
      }
      const entry = (): void => run(undo);
      bag.add(entry);
      return () => {
        if (bag.delete(entry)) entry();
      };
    },
    dispose() {
      disposed = true;
      for (const entry of [...bag].reverse()) {
        if (bag.delete(entry)) entry();
      }
    },
    get size() {
      return bag.size;
    },
  };
}
