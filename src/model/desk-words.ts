/** What moderators did and whom they look at, in words: commands and tabs say the same thing in the same way. */
import { type BareJid, domainOf } from '../lib/jid.js';
import { span } from '../lib/span.js';
import { cleanIdentifier, clip, EMPTY, joinSafe, type Safe, safe } from '../lib/text.js';
import type { Flag, Visitor } from './desk.js';
import type { DeskAction, Outcome, Target } from './desk-targets.js';
import type { Row } from './view.js';
import { count, fact, plain, rowOf, timeOfDay } from './wording.js';

/** Names in a sentence; the rest is counted. */
const MOST_NAMES = 8;
const MOST_FAILURES = 5;

const DONE: Readonly<Record<DeskAction, Safe>> = {
  kick: safe`Sent out`,
  ban: safe`Banned`,
  mute: safe`May only read`,
  unmute: safe`May talk`,
  retract: safe`Removed what was said by`,
  purge: safe`Banned`,
};
const UNDOABLE: ReadonlySet<DeskAction> = new Set(['ban', 'purge', 'mute']);

/** `ana, bo and 3 more`. */
export function namesOf(names: readonly Safe[]): Safe {
  const shown = names.slice(0, MOST_NAMES).map(name => clip(name, 40));
  const more = names.length - shown.length;
  return more > 0 ? safe`${joinSafe(shown, safe`, `)} and ${more} more` : joinSafe(shown, safe`, `);
}

/** What came of acting on several. `undo`: how it is taken back. */
export function outcomeRows(action: DeskAction, outcome: Outcome, undo: Safe = EMPTY): readonly Row[] {
  const { done, failed, retracted } = outcome;
  const rows: Row[] = [];
  const removed = action === 'purge' || action === 'retract' ? safe` ${count(retracted, 'message')} removed.` : EMPTY;
  if (done.length > 0) {
    const back = UNDOABLE.has(action) ? undo : EMPTY;
    rows.push([span('notice.success', safe`${DONE[action]}: ${namesOf(done)}.${removed}`), span('text.dim', back)]);
  } else if (retracted > 0) rows.push(plain(safe`${count(retracted, 'message')} removed.`, 'notice.success'));
  for (const { name, why } of failed.slice(0, MOST_FAILURES))
    rows.push(plain(safe`Not ${clip(name, 40)}: ${why}.`, 'notice.error'));
  if (failed.length > MOST_FAILURES) {
    rows.push(plain(safe`Nor ${failed.length - MOST_FAILURES} more.`, 'notice.error'));
  }
  return rows.length === 0 ? [plain(safe`There was nothing to do.`)] : rows;
}

/** Somebody in a preview: name and address. */
export function targetRow(target: Target): Row {
  const gone = target.nicks.length === 0 ? safe` (left)` : EMPTY;
  const address = target.jid === undefined ? safe`address unknown` : cleanIdentifier(target.jid);
  return rowOf(safe`  `, ['nick.other', target.name], ['text.dim', gone], safe`  `, ['text.address', address]);
}

/** Why somebody is flagged. */
export function flagWords({ kind, words = EMPTY }: Flag): Safe {
  switch (kind) {
    case 'link':
      return safe`began with a link`;
    case 'flood':
      return safe`floods`;
    case 'repeat':
      return safe`says the same`;
    case 'burst':
      return safe`came with many`;
    case 'other-nick':
      return safe`was ${clip(words, 24)}`;
    case 'returned':
      return safe`back after a kick`;
    case 'looks-like':
      return safe`looks like ${clip(words, 24)}`;
  }
}

/** Whether they are here, in one word, and since when they are not. */
export function whereabouts(visitor: Visitor): Safe {
  const { left } = visitor;
  if (visitor.present.length > 1) return safe`here ×${visitor.present.length}`;
  if (visitor.present.length > 0) return safe`here`;
  if (left === undefined) return safe`gone`;
  return left.what === 'left' ? safe`left ${timeOfDay(left.at)}` : left.what === 'kicked' ? safe`kicked` : safe`banned`;
}

/** Everything the desk knows of somebody. */
export function visitorRows(visitor: Visitor): readonly Row[] {
  const { left } = visitor;
  const by = left?.by === undefined ? EMPTY : safe` by ${left.by}`;
  const why = left?.reason === undefined ? EMPTY : safe` (${left.reason})`;
  return [
    ...(visitor.realJid === undefined
      ? []
      : [fact(safe`address`, plain(cleanIdentifier(visitor.realJid), 'text.address'))]),
    ...(visitor.occupantId === undefined ? [] : [fact(safe`occupant id`, cleanIdentifier(visitor.occupantId))]),
    ...(visitor.otherNames.length === 0 ? [] : [fact(safe`other nicks`, joinSafe(visitor.otherNames, safe`, `))]),
    fact(
      safe`came`,
      visitor.visits === 0
        ? safe`before you`
        : safe`${timeOfDay(visitor.cameAt)}${visitor.visits > 1 ? safe`, ${visitor.visits} times` : EMPTY}`,
    ),
    ...(left === undefined || visitor.present.length > 0
      ? []
      : [
          fact(
            safe`left`,
            safe`${timeOfDay(left.at)}${left.what === 'left' ? EMPTY : safe`, ${left.what as Safe}${by}`}${why}`,
          ),
        ]),
    fact(safe`said`, count(visitor.said, 'message')),
    ...(visitor.firstWords === undefined ? [] : [fact(safe`began with`, visitor.firstWords)]),
    ...(visitor.flags.length === 0 ? [] : [fact(safe`remarkable`, joinSafe(visitor.flags.map(flagWords), safe`, `))]),
  ];
}

/** What came of a report (XEP-0377), and whom else to write to. */
export interface ReportResult {
  readonly jid: BareJid;
  /** Our own server has it; otherwise why not. */
  readonly sent: boolean;
  readonly why?: Safe;
  /** Of their server (XEP-0157), abuse first. */
  readonly contacts: readonly { readonly kind: Safe; readonly address: Safe }[];
  /** What can be sent to them. */
  readonly text: string;
}

export function reportRows(result: ReportResult): readonly Row[] {
  const { jid, sent, why, contacts, text } = result;
  const server = cleanIdentifier(domainOf(jid));
  const address = cleanIdentifier(jid);
  const wanted = contacts.filter(({ kind }) => kind === 'abuse');
  const shown = (wanted.length > 0 ? wanted : contacts).slice(0, 3);
  return [
    sent
      ? rowOf(
          ['notice.success', safe`Your server has the report and blocks ${address} for you.`],
          ['text.dim', safe` /unblock ends that.`],
        )
      : plain(safe`${why ?? safe`Your server takes no reports`}.`, 'notice.warning'),
    ...(shown.length === 0
      ? [plain(safe`${server} names nobody to write to; /ban ${server} keeps all of it out.`)]
      : [
          rowOf(
            safe`For ${server} write to `,
            [
              'text.address',
              joinSafe(
                shown.map(one => one.address),
                safe` or `,
              ),
            ],
            safe`, for instance:`,
          ),
          ...text.split('\n').map(line => plain(safe`  ${cleanIdentifier(line)}`, 'text.dim')),
        ]),
  ];
}
