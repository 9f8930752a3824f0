/** /kickre — send out, or as /banre ban, everybody whom a pattern fits: shown first, asked, and never the affiliated. */
import {
  asRoom,
  count,
  defineCommand,
  matchAll,
  mayBeMatched,
  messagesOf,
  outcomeRows,
  plain,
  type Room,
  type Row,
  readPattern,
  safe,
  type Target,
  targetOfOccupant,
  targetOfVisitor,
  targetRow,
  UserError,
  type Visitor,
} from '../api.js';

/** People in the preview. */
const MOST_SHOWN = 20;
/** Messages of each that are looked at with -said. */
const MOST_SAID = 30;

function textsOf(room: Room, target: Target, visitor: Visitor | undefined, said: boolean): readonly string[] {
  return [
    target.name,
    ...target.nicks,
    ...(target.jid === undefined ? [] : [target.jid]),
    ...(visitor?.otherNames ?? []),
    ...(said ? messagesOf(room, target, MOST_SAID).map(one => one.body) : []),
    ...(said && visitor?.firstWords !== undefined ? [visitor.firstWords] : []),
  ];
}

export default defineCommand({
  name: 'kickre',
  aliases: ['rkick', 'banre', 'rban'],
  group: 'moderation',
  where: 'room',
  needs: 'online',
  summary: 'Send out (as /banre: ban) everybody whom a pattern fits',
  description:
    'The pattern is a regular expression in any case, one word or /between slashes/; it is tried on nicks, earlier nicks and addresses, with -said also on what they said. Who would be hit is shown and asked first. You yourself, moderators and everybody with an affiliation are never hit. /banre also hits those who left, as far as their address is known.',
  args: {
    said: { type: 'flag', help: 'look at what they said as well' },
    what: { type: 'rest', help: 'pattern, then the reason' },
  },
  examples: ['/kickre ^spam', '/banre /@evil\\.example$/ spam wave', '/kickre -said /buy (gold|coins)/'],
  async run({ api, args, chat, name }) {
    const room = asRoom(chat);
    const action = /^r?ban/.test(name) ? 'ban' : 'kick';
    const pattern = readPattern(args.what);
    if (pattern === undefined) throw new UserError('Which pattern?', `/${name} ^spam`);
    const desk = api.desk.of(room.id);
    const people: (readonly [Target, Visitor | undefined])[] =
      action === 'ban'
        ? desk
            .visitors()
            .filter(one => one.present.length > 0 || one.left?.what !== 'banned')
            .map(one => [targetOfVisitor(one), one] as const)
        : [...room.occupants.values()].map(one => [targetOfOccupant(one), desk.named(one.nick)] as const);
    const hits = matchAll(
      pattern.source,
      people.map(([target, visitor]) => textsOf(room, target, visitor, args.said)),
    );
    const fitting = people.flatMap(([target], i) => (hits[i] === true ? [target] : []));
    const targets = fitting.filter(one => mayBeMatched(room, one));
    const spared = fitting.length - targets.length;
    const sparedRow =
      spared === 0
        ? []
        : [plain(safe`${count(spared, 'fits', 'fit')} and stay: you, moderators and the affiliated.`, 'text.dim')];
    if (targets.length === 0) {
      if (spared > 0) api.ui.notice(sparedRow);
      throw new UserError(
        'The pattern fits nobody.',
        action === 'kick' ? '/names shows who is here.' : '/mod shows who was here.',
      );
    }
    const rows: Row[] = [
      plain(
        action === 'kick'
          ? safe`${count(targets.length, 'person', 'people')} would be sent out:`
          : safe`${count(targets.length, 'person', 'people')} would be banned:`,
        'text.heading',
      ),
      ...targets.slice(0, MOST_SHOWN).map(targetRow),
      ...(targets.length > MOST_SHOWN ? [plain(safe`  and ${targets.length - MOST_SHOWN} more`)] : []),
      ...sparedRow,
    ];
    api.ui.notice(rows, { level: 'warning' });
    const howMany = count(targets.length, 'person', 'people');
    if (!(await api.ui.confirm(action === 'kick' ? safe`Send ${howMany} out?` : safe`Ban ${howMany}?`))) return;
    // Who is here may have changed while the question stood.
    const outcome = await api.desk.act(room.id, action, targets, pattern.rest === '' ? undefined : pattern.rest);
    api.ui.notice(outcomeRows(action, outcome, safe` /mod undo takes it back.`), {
      level: outcome.failed.length > 0 ? 'warning' : 'info',
    });
  },
});
