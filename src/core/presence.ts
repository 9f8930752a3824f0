/** Own availability: what the person said last. The wire tells it to the server and the rooms, again in each new session. */
import type { Show } from '../model/types.js';
import type { Wire } from './ports.js';

export interface OwnPresence {
  set(presence: { readonly show?: Show; readonly status?: string }): void;
}

export function createOwnPresence(wire: Wire): OwnPresence {
  return {
    set({ show, status }) {
      wire.presence({ ...(show !== undefined && { show }), ...(status !== undefined && status !== '' && { status }) });
    },
  };
}
