/** Everything that comes in: filters of plugins, then the store. */
import type { Hooks as HookTable } from '../api.js';
import { DROP, type Hooks } from '../lib/hooks.js';
import type { Incoming, IncomingMessage } from '../model/incoming.js';
import type { Store } from '../model/store.js';
import type { Wire } from './ports.js';

/** Lets what comes from the wire into the store, and by `receive` what was asked of archives. */
export function connectInbox(options: {
  readonly wire: Wire;
  readonly store: Store;
  readonly hooks: Hooks<HookTable>;
  /** Where it belongs among what is still missing; `undefined`: it is known. */
  readonly place?: (message: IncomingMessage) => IncomingMessage | undefined;
  /** It may be about a message that is only on disk. */
  readonly recall?: (message: IncomingMessage) => void;
}): { receive(incoming: Incoming): void; disconnect(): void } {
  const { wire, store, hooks } = options;
  const receive = (incoming: Incoming): void => {
    if (incoming.kind !== 'message') return void store.apply(incoming);
    const message = hooks.has('message:receive') ? hooks.run('message:receive', incoming) : incoming;
    if (message === DROP) return;
    options.recall?.(message);
    store.apply(message);
  };
  const disconnect = wire.onIncoming(incoming => {
    const placed = incoming.kind === 'message' && options.place !== undefined ? options.place(incoming) : incoming;
    if (placed !== undefined) receive(placed);
  });
  return { receive, disconnect };
}
