/** The server's commands: several steps, every type of field, and an effect that one sees (XEP-0050, XEP-0004). */
import { checkForm, type Filled, type FormField, isTrue, printForm, readForm, singleValue } from './form.js';
import type { Cast } from './occupants.js';
import { setAffiliation } from './room-admin.js';
import type { Rooms } from './rooms.js';
import { type Answer, type DemoSession, isNick, refuse, result } from './stanza.js';
import { childOf, el, NS, type XmlElement } from './xml.js';

interface Page {
  readonly title: string;
  readonly instructions: string;
  fields(): readonly FormField[];
  /** What the types of the fields cannot say, as a sentence. */
  check?(filled: Filled): string | undefined;
}

interface Outcome {
  readonly note: string;
  readonly table?: XmlElement;
}

interface DemoCommand {
  readonly node: string;
  readonly name: string;
  readonly pages: readonly Page[];
  run(filled: Filled, session: DemoSession): Outcome;
}

interface Running {
  readonly command: DemoCommand;
  readonly session: DemoSession;
  page: number;
  /** Everything that was filled in so far. */
  filled: Map<string, readonly string[]>;
}

const MAX_RUNNING = 100;
const MAX_NEWCOMERS = 10;

export interface Adhoc {
  list(): readonly { readonly node: string; readonly name: string }[];
  answer(session: DemoSession, command: XmlElement): Answer;
  onEnd(session: DemoSession): void;
}

export function createAdhoc(options: {
  readonly rooms: Rooms;
  readonly cast: Cast;
  readonly newId: () => string;
  /** A command has come to its end, successfully. */
  readonly onRun: (session: DemoSession, node: string) => void;
}): Adhoc {
  const { rooms, cast, newId, onRun } = options;
  const commands = [newcomerCommand(rooms, cast), moderatorCommand(rooms), whoCommand(rooms)];
  const running = new Map<string, Running>();

  const showPage = (id: string, run: Running, problem?: string): Answer => {
    const page = run.command.pages[run.page]!;
    const isLast = run.page === run.command.pages.length - 1;
    const fields = page.fields().map(field => {
      const before = field.name === undefined ? undefined : run.filled.get(field.name);
      return before === undefined || field.type === 'hidden' || field.type === 'fixed'
        ? field
        : { ...field, values: before };
    });
    return result(
      el(
        'command',
        { xmlns: NS.commands, node: run.command.node, sessionid: id, status: 'executing' },
        el(
          'actions',
          { execute: isLast ? 'complete' : 'next' },
          ...(run.page > 0 ? [el('prev')] : []),
          el(isLast ? 'complete' : 'next'),
        ),
        printForm(page.title, page.instructions, fields),
        ...(problem === undefined ? [] : [el('note', { type: 'error' }, problem)]),
      ),
    );
  };
  const complete = (id: string, command: DemoCommand, filled: Filled, session: DemoSession): Answer => {
    running.delete(id);
    const { note, table } = command.run(filled, session);
    onRun(session, command.node);
    return result(
      el(
        'command',
        { xmlns: NS.commands, node: command.node, sessionid: id, status: 'completed' },
        ...(table === undefined ? [] : [table]),
        el('note', { type: 'info' }, note),
      ),
    );
  };

  return {
    list: () => commands.map(({ node, name }) => ({ node, name })),
    answer(session, request) {
      const { node, sessionid, action = 'execute' } = request.attributes;
      const command = commands.find(one => one.node === node);
      if (command === undefined) return refuse('cancel', 'item-not-found', 'There is no such command.');
      if (!['execute', 'next', 'prev', 'complete', 'cancel'].includes(action)) return refuse('modify', 'bad-request');
      if (sessionid === undefined) {
        const id = newId();
        if (command.pages.length === 0) return complete(id, command, new Map(), session);
        if (running.size >= MAX_RUNNING) return refuse('wait', 'resource-constraint');
        const run: Running = { command, session, page: 0, filled: new Map() };
        running.set(id, run);
        return showPage(id, run);
      }
      const run = running.get(sessionid);
      // > a session belongs to whoever began it.  XEP-0050 §3
      if (run === undefined || run.session !== session || run.command !== command) {
        return refuse('modify', 'bad-request', 'This command is over; begin it again.');
      }
      if (action === 'cancel') {
        running.delete(sessionid);
        return result(el('command', { xmlns: NS.commands, node, sessionid, status: 'canceled' }));
      }
      const page = command.pages[run.page]!;
      const filled = readForm(request);
      const fields = page.fields();
      for (const [name, values] of filled ?? []) {
        // Only what was asked is kept.
        if (fields.some(field => field.name === name)) run.filled.set(name, values);
      }
      if (action === 'prev') {
        run.page = Math.max(0, run.page - 1);
        return showPage(sessionid, run);
      }
      if (filled === undefined) return refuse('modify', 'bad-request', 'The form is missing.');
      const problem = checkForm(fields, filled) ?? page.check?.(filled);
      if (problem !== undefined) return showPage(sessionid, run, problem);
      const isLast = run.page === command.pages.length - 1;
      if (!isLast) {
        run.page += 1;
        return showPage(sessionid, run);
      }
      // A room or a nick may have been taken while the form was open.
      const late = command.pages.map(one => checkForm(one.fields(), run.filled) ?? one.check?.(run.filled));
      const broken = late.findIndex(one => one !== undefined);
      if (broken !== -1) {
        run.page = broken;
        return showPage(sessionid, run, late[broken]);
      }
      return complete(sessionid, command, run.filled, session);
    },
    onEnd(session) {
      for (const [id, run] of running) if (run.session === session) running.delete(id);
    },
  };
}

/** Public rooms that will stay, as options of a list. */
function roomOptions(rooms: Rooms): Readonly<Record<string, string>> {
  const listed = rooms.all().filter(room => room.config.isPublic && room.config.isPersistent);
  return Object.fromEntries(listed.map(room => [room.jid, room.config.name]));
}

function newcomerCommand(rooms: Rooms, cast: Cast): DemoCommand {
  let count = 0;
  return {
    node: 'urn:causette:demo:newcomer',
    name: 'Bring somebody new into a room',
    pages: [
      {
        title: 'Who is it?',
        instructions: 'Somebody new will come into a room and introduce themselves.',
        fields: () => [
          { type: 'fixed', values: ['Only the nick is needed; the rest makes the entrance nicer.'] },
          { type: 'text-single', name: 'nick', label: 'Nick', help: 'One to 32 characters', isRequired: true },
          {
            type: 'text-multi',
            name: 'introduction',
            label: 'Introduction',
            help: 'Each line is one message, three at most',
          },
          {
            type: 'list-single',
            name: 'mood',
            label: 'Mood',
            values: ['cheerful'],
            options: { cheerful: 'Cheerful', sleepy: 'Sleepy', curious: 'Curious' },
          },
          {
            type: 'list-multi',
            name: 'languages',
            label: 'Languages',
            values: ['English'],
            options: { English: 'English', French: 'French', German: 'German', Japanese: 'Japanese' },
          },
        ],
        check(filled) {
          const nick = singleValue(filled, 'nick');
          if (!isNick(nick) || [...nick].length > 32) return 'That is no good nick.';
          if (rooms.all().some(room => room.byNick(nick) !== undefined)) return `Somebody is called ${nick} already.`;
          return count >= MAX_NEWCOMERS ? 'That is enough new people for today.' : undefined;
        },
      },
      {
        title: 'Where to?',
        instructions: 'Choose the room, then complete the command.',
        fields: () => {
          const choices = roomOptions(rooms);
          const first = Object.keys(choices).find(jid => jid.startsWith('lounge@')) ?? Object.keys(choices)[0];
          return [
            { type: 'hidden', name: 'FORM_TYPE', values: ['urn:causette:demo:newcomer'] },
            {
              type: 'list-single',
              name: 'room',
              label: 'Room',
              isRequired: true,
              values: first === undefined ? [] : [first],
              options: choices,
            },
            { type: 'jid-single', name: 'sponsor', label: 'Invited by', help: 'An address' },
            { type: 'jid-multi', name: 'friends', label: 'Friends', help: 'Addresses, one a line' },
            { type: 'text-private', name: 'secret', label: 'Secret handshake', help: 'Any; it is thrown away at once' },
            { type: 'boolean', name: 'greets', label: 'Says hello', values: ['1'] },
          ];
        },
      },
    ],
    run(filled) {
      const nick = singleValue(filled, 'nick');
      const room = rooms.get(singleValue(filled, 'room'));
      if (room === undefined) return { note: 'The room has gone in the meantime.' };
      const mood = singleValue(filled, 'mood') || 'cheerful';
      const languages = filled.get('languages') ?? [];
      const sponsor = singleValue(filled, 'sponsor');
      const own = (filled.get('introduction') ?? []).map(line => line.trim()).filter(line => line !== '');
      const lines = [
        ...(isTrue(filled, 'greets') ? [`hello! I am ${nick} and I feel ${mood}`] : []),
        ...(languages.length > 0 ? [`I speak ${languages.join(', ')}`] : []),
        ...(sponsor === '' ? [] : [`${sponsor} told me to come here`]),
        ...own.slice(0, 3).map(line => line.slice(0, 300)),
      ];
      count += 1;
      cast.bringIn(room, nick, lines);
      return { note: `${nick} has come into ${room.config.name} (${room.jid}).` };
    },
  };
}

function moderatorCommand(rooms: Rooms): DemoCommand {
  return {
    node: 'urn:causette:demo:moderator',
    name: 'Become an administrator of a room',
    pages: [
      {
        title: 'Which room?',
        instructions: 'You may then use /kick, /role, /ban and /topic there. Those you kick come back.',
        fields: () => [
          { type: 'list-single', name: 'room', label: 'Room', isRequired: true, options: roomOptions(rooms) },
          { type: 'boolean', name: 'kind', label: 'I will be kind', isRequired: true, values: ['0'] },
        ],
        check: filled => (isTrue(filled, 'kind') ? undefined : 'Only those who are kind become administrators.'),
      },
    ],
    run(filled, session) {
      const room = rooms.get(singleValue(filled, 'room'));
      if (room === undefined) return { note: 'The room has gone in the meantime.' };
      if (room.affiliationOf(session.bareJid) !== 'owner')
        setAffiliation(room, session.bareJid, 'admin', 'asked kindly');
      return { note: `You are an administrator of ${room.config.name} (${room.jid}).` };
    },
  };
}

function whoCommand(rooms: Rooms): DemoCommand {
  return {
    node: 'urn:causette:demo:who',
    name: 'Who is where',
    pages: [],
    run() {
      const cell = (name: string, value: string) => el('field', { var: name }, el('value', {}, value));
      const rows = rooms
        .all()
        .filter(room => room.config.isPublic)
        .map(room =>
          el(
            'item',
            {},
            cell('room', room.config.name),
            cell('occupants', String(room.occupants().length)),
            cell(
              'nicks',
              room
                .occupants()
                .map(one => one.nick)
                .join(', '),
            ),
          ),
        );
      const column = (name: string, label: string) => el('field', { var: name, label, type: 'text-single' });
      const table = el(
        'x',
        { xmlns: NS.data, type: 'result' },
        el('title', {}, 'Who is where'),
        el('reported', {}, column('room', 'Room'), column('occupants', 'Occupants'), column('nicks', 'Nicks')),
        ...rows,
      );
      return { note: `${rows.length} rooms.`, table };
    },
  };
}

/** The command among the children of an iq. */
export function commandOf(iq: XmlElement): XmlElement | undefined {
  return childOf(iq, 'command', NS.commands);
}
