/** The client's own log: everything it said, wherever it said it. */
import { defineTab, plain, safe } from '../api.js';

export default defineTab({
  kind: 'info',
  title: () => safe`info`,
  topic: () => plain(safe`What the client said`),
  view: ({ api }) => ({ type: 'log', log: api.store.notices, readSeq: -1, speakers: false }),
});
