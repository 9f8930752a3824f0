/** The rooms of a service, narrowed by typing; Enter joins. */
import { cleanIdentifier, count, defineTab, localOf, plain, quote, type RoomsPage, rowOf, safe, span } from '../api.js';

export default defineTab<RoomsPage>({
  kind: 'rooms',
  key: params => {
    const { service = '', words } = (params as RoomsPage | undefined) ?? {};
    return words === undefined ? service : `${service} search`;
  },
  open: (_api, params) => params as RoomsPage,
  title: ({ tab }) => safe`rooms ${tab.data.words ?? cleanIdentifier(tab.data.service ?? '')}`,
  topic: ({ tab }) => {
    const { rooms, state, service, more, words } = tab.data;
    if (state === 'loading') return plain(safe`Asking ${cleanIdentifier(service ?? '')} …`);
    return plain(
      safe`${count(rooms.length, 'room')}${more ? safe` and more` : safe``}${words === undefined ? safe`` : safe` with “${words}”`}. Type to narrow the list; Enter joins, F2 tells more.`,
    );
  },
  view: ({ api, tab }) => {
    const { rooms, state, error, words } = tab.data;
    const empty =
      state === 'loading'
        ? [plain(safe`Asking …`, 'list.empty')]
        : state === 'failed'
          ? [
              plain(error ?? safe`The service did not answer.`, 'notice.error'),
              words === undefined
                ? rowOf(['text.key', safe`/list muc.example.org`], safe` asks another.`)
                : rowOf(['text.key', safe`/set rooms.directory`], safe` names another directory.`),
            ]
          : words !== undefined
            ? [
                plain(safe`The directory knows no room with “${words}”.`, 'list.empty'),
                rowOf(['text.key', safe`/rooms search other words`], safe` looks again.`),
              ]
            : [
                plain(safe`There are no public rooms here.`, 'list.empty'),
                rowOf(['text.key', safe`/join name`], safe` makes one, or enters a hidden one.`),
              ];
    return {
      type: 'list',
      filterable: true,
      empty,
      items: rooms.map(room => {
        const here = api.store.room(room.jid)?.state === 'joined';
        return {
          id: room.jid,
          row: [
            span(
              here ? 'text.strong' : 'text.address',
              cleanIdentifier(words === undefined ? (localOf(room.jid) ?? room.jid) : room.jid),
            ),
            ...(room.name === undefined ? [] : [span('text.normal', safe`  ${room.name}`)]),
            ...(room.about === undefined ? [] : [span('text.dim', safe`  ${room.about}`)]),
          ],
          right: [
            ...(here ? [span('notice.success', safe`you are in  `)] : []),
            ...(room.occupants === undefined ? [] : [span('list.count', count(room.occupants, 'person', 'people'))]),
          ],
          command: `/join ${quote(room.jid)}`,
          keys: { f2: `/preview ${quote(room.jid)}` },
          search: `${room.jid} ${room.name ?? ''} ${room.about ?? ''}`,
        };
      }),
    };
  },
});
