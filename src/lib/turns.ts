/** Work about the same thing, one after the other in the order it was asked for. */
const lines = new WeakMap<object, Map<string, Promise<unknown>>>();

/** Begins when everything asked for earlier with this owner and key is over, however it ended. */
export async function inTurn<T>(owner: object, key: string, work: () => Promise<T>): Promise<T> {
  const mine = lines.get(owner) ?? new Map<string, Promise<unknown>>();
  lines.set(owner, mine);
  const before = mine.get(key) ?? Promise.resolve();
  const turn = before.then(work, work);
  mine.set(key, turn);
  try {
    return await turn;
  } finally {
    if (mine.get(key) === turn) mine.delete(key);
  }
}
