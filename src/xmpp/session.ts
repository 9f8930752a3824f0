/** One account's durable session above one-shot streams. */
export type * from './session-types.js';
