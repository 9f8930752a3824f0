/** The moderators' desk of a room: who asks to talk, who is remarkable, who came and went, and one key for what is done about it. */
import {
  cleanIdentifier,
  clip,
  count,
  type DeskRequest,
  defineTab,
  flagWords,
  joinSafe,
  type ListItem,
  type ModPage,
  plain,
  quote,
  type Row,
  rowOf,
  type Safe,
  safe,
  span,
  timeOfDay,
  type Visitor,
  whereabouts,
} from '../api.js';

/** Rows of a section; who is further back is found by /whowas. */
const MOST = 500;
const WORDS = 60;
/** Cells of `left 23:59`. */
const STATE = 11;

const ACTIONS = ['kick', 'ban', 'mute', 'purge', 'report', 'unmute', 'clear'] as const;
const KEYS: Readonly<Record<(typeof ACTIONS)[number], string>> = {
  kick: 'k',
  ban: 'b',
  mute: 'm',
  purge: 'p',
  report: 'r',
  unmute: 'u',
  clear: 'c',
};

const MARKED_KEYS: Readonly<Record<string, string>> = {
  z: '/mod undo',
  ...Object.fromEntries(ACTIONS.map(action => [KEYS[action], `/mod ${action}`])),
};

function visitorItem(visitor: Visitor, marked: boolean): ListItem {
  const { id, name, realJid, occupantId, flags, firstWords, otherNames } = visitor;
  const here = visitor.present.length > 0;
  const state = whereabouts(visitor);
  const known = otherNames.filter(one => !flags.some(flag => flag.words === one));
  const row: Row = [
    span(marked ? 'text.strong' : 'text.dim', marked ? safe`* ` : safe`  `),
    span('text.time', visitor.visits === 0 ? safe`      ` : safe`${timeOfDay(visitor.cameAt)} `),
    span(here ? 'presence.online' : 'presence.offline', `${state} `.padEnd(STATE) as Safe),
    span(marked ? 'text.strong' : 'nick.other', name, name),
    ...(realJid === undefined ? [] : [span('text.address', safe`  ${cleanIdentifier(realJid)}`)]),
    ...(flags.length === 0 ? [] : [span('notice.warning', safe`  ${joinSafe(flags.map(flagWords), safe`, `)}`)]),
    ...(known.length === 0 ? [] : [span('text.dim', safe`  also ${joinSafe(known, safe`, `)}`)]),
    ...(firstWords === undefined ? [] : [span('text.normal', safe`  “${clip(firstWords, WORDS)}”`)]),
  ];
  return {
    id,
    row,
    ...(occupantId === undefined ? {} : { right: plain(safe`id ${clip(cleanIdentifier(occupantId), 8)}`, 'text.dim') }),
    command: `/mod show ${id}`,
    keys: {
      space: `/mod mark ${id}`,
      z: '/mod undo',
      ...Object.fromEntries(ACTIONS.map(action => [KEYS[action], `/mod ${action} ${id}`])),
    },
    search: [
      name,
      realJid ?? '',
      occupantId ?? '',
      ...otherNames,
      state,
      ...flags.map(flagWords),
      firstWords ?? '',
    ].join(' '),
  };
}

function requestItem(what: string, { nick, name, jid, at }: DeskRequest): ListItem {
  const yes = `/mod yes ${quote(nick)}`;
  return {
    id: `${what} ${nick}`,
    row: rowOf(
      ['notice.warning', safe`? `],
      ['text.time', safe`${timeOfDay(at)} `],
      ['nick.other', name],
      ['text.address', jid === undefined ? safe`` : safe`  ${cleanIdentifier(jid)}`],
    ),
    right: rowOf(['text.key', safe`y`], safe` yes  `, ['text.key', safe`n`], safe` no`),
    command: yes,
    keys: { y: yes, n: `/mod no ${quote(nick)}` },
  };
}

const heading = (id: string, words: Safe): ListItem => ({ id, row: plain(words, 'list.group'), heading: true });

export default defineTab<ModPage>({
  kind: 'mod',
  key: params => (params as { readonly room: string }).room,
  open: (_api, params) => ({ room: (params as Pick<ModPage, 'room'>).room, marked: new Set() }),
  title: ({ api, tab }) => safe`desk ${api.store.room(tab.data.room)?.title ?? cleanIdentifier(tab.data.room)}`,
  topic: ({ api, tab }) => {
    const room = api.store.room(tab.data.room);
    const desk = api.desk.of(tab.data.room);
    const closed = api.desk.lockdown(tab.data.room);
    return [
      span('text.normal', safe`Desk of `),
      span('text.address', cleanIdentifier(tab.data.room)),
      span('text.normal', safe`: ${count(room?.occupants.size ?? 0, 'person', 'people')} here, `),
      span('text.normal', safe`${desk.visitors().filter(one => one.present.length === 0).length} who left`),
      ...(closed === undefined ? [] : [span('notice.warning', safe`, closed since ${timeOfDay(closed.at)}`)]),
      ...(room?.self?.role === 'moderator' ? [] : [span('notice.warning', safe`. You are no moderator here`)]),
    ];
  },
  view: ({ api, tab }) => {
    const { room, marked } = tab.data;
    const desk = api.desk.of(room);
    const visitors = desk.visitors();
    const flagged = visitors.filter(one => one.flags.length > 0);
    const moved = visitors.filter(one => one.flags.length === 0 && (one.visits > 0 || one.left !== undefined));
    const others = visitors.filter(one => one.flags.length === 0 && one.visits === 0 && one.left === undefined);
    const items: ListItem[] = [];
    for (const [id, words, list] of [
      ['talk', safe`Ask to be allowed to talk`, desk.requests.filter(one => one.registration === undefined)],
      ['register', safe`Ask to be registered`, desk.requests.filter(one => one.registration !== undefined)],
    ] as const) {
      if (list.length === 0) continue;
      items.push(heading(id, safe`${words} ${list.length}`));
      for (const request of list) items.push(requestItem(id, request));
    }
    for (const [id, words, list] of [
      ['flagged', safe`Remarkable`, flagged],
      ['moved', safe`Came and went`, moved],
      ['others', safe`Here before you`, others],
    ] as const) {
      if (list.length === 0) continue;
      items.push(heading(id, safe`${words} ${list.length}`));
      for (const visitor of list.slice(0, MOST)) items.push(visitorItem(visitor, marked.has(visitor.id)));
    }
    items.push(heading('more', safe`Lists`));
    for (const [id, words, line] of [
      ['bans', safe`Bans`, `/bans ${quote(room)}`],
      ['ranks', safe`Owners, admins, members`, `/bans -ranks ${quote(room)}`],
    ] as const) {
      // Marking the last person goes on to these: the keys are still about who is marked.
      items.push({
        id,
        indent: 1,
        row: plain(words),
        command: line,
        ...(marked.size > 0 ? { keys: MARKED_KEYS } : {}),
      });
    }
    return { type: 'list', filterable: true, items };
  },
  status: ({ tab }) => {
    const { marked } = tab.data;
    return [
      // All of it fits into 80 columns.
      ...(marked.size > 0
        ? [span('bar.strong', safe`${marked.size} marked`)]
        : [span('text.key', safe`Space`), span('bar.dim', safe` marks`)]),
      ...ACTIONS.flatMap(action => [
        span('text.key', safe` ${KEYS[action] as Safe}`),
        span('bar.dim', safe` ${action as Safe}`),
      ]),
      span('text.key', safe` z`),
      span('bar.dim', safe` undo`),
    ];
  },
});
