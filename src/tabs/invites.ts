/** Invitations into rooms and contact requests; Enter accepts, Delete refuses. */
import { bareOf, cleanIdentifier, count, dateTime, defineTab, plain, quote, rowOf, safe } from '../api.js';

export default defineTab({
  kind: 'invites',
  title: () => safe`invites`,
  topic: () =>
    plain(safe`Invitations and contact requests. Enter accepts, Delete refuses, F2 shows what a room is about.`),
  view: ({ api }) => {
    const rooms = api.store.invites.map(invite => {
      const who = invite.mediated ? invite.claimedBy : invite.by;
      return {
        id: `room ${invite.room}`,
        row: rowOf(
          ['text.address', cleanIdentifier(invite.room)],
          who === undefined ? safe`` : safe`  from ${cleanIdentifier(invite.mediated ? who : bareOf(who))}`,
          ['text.dim', invite.reason === undefined ? safe`` : safe`  ${invite.reason}`],
        ),
        right: plain(dateTime(invite.at), 'text.dim'),
        command: `/accept ${quote(invite.room)}`,
        keys: { delete: `/deny ${quote(invite.room)}`, f2: `/preview ${quote(invite.room)}` },
      };
    });
    const people = [...api.store.requests].map(([jid, { at }]) => ({
      id: `contact ${jid}`,
      row: rowOf(['text.address', cleanIdentifier(jid)], safe`  wants to see when you are there`),
      right: plain(dateTime(at), 'text.dim'),
      command: `/accept ${quote(jid)}`,
      keys: { delete: `/deny ${quote(jid)}` },
    }));
    const items = [...rooms, ...people];
    return {
      type: 'list',
      filterable: true,
      items,
      empty: [plain(safe`Nobody is waiting for an answer.`, 'list.empty')],
      ...(items.length === 0 ? {} : { header: [plain(count(items.length, 'question'), 'text.heading')] }),
    };
  },
});
