/** XEP-0050 Ad-Hoc Commands: finding and running commands of others; we offer none. https://xmpp.org/extensions/xep-0050.html */
import { type Jid, parseJid } from '../../lib/jid.js';
import { cleanBody, cleanLine, type Safe } from '../../lib/text.js';
import type { Form, FormValues } from '../../model/form.js';
import { StanzaError } from '../errors.js';
import { formIn, submitForm } from '../forms.js';
import { defineXep, type Mutable } from '../xep.js';
import { attr, childOf, childrenOf, elementsOf, xml } from '../xml.js';

const NS = 'http://jabber.org/protocol/commands';
const MAX_NOTES = 20;
/** Commands may work for a while before they answer. */
const ANSWER_MS = 60_000;

export type AdhocAction = 'prev' | 'next' | 'complete' | 'cancel';
export interface AdhocCommand {
  /** Where it is run; most often the address that was asked. */
  readonly jid: Jid;
  readonly node: string;
  readonly name: Safe;
}
export interface AdhocStep {
  readonly jid: Jid;
  readonly node: string;
  readonly sessionId?: string;
  readonly status: 'executing' | 'completed' | 'canceled';
  /** What may be done with this step; `cancel` always while executing. */
  readonly actions: readonly AdhocAction[];
  /** What Enter means. */
  readonly defaultAction: AdhocAction;
  readonly notes: readonly { readonly type: 'info' | 'warn' | 'error'; readonly text: Safe }[];
  /** To fill in, or the result. */
  readonly form?: Form;
}
export interface AdhocApi {
  list(jid: Jid): Promise<readonly AdhocCommand[]>;
  execute(jid: Jid, node: string): Promise<AdhocStep>;
  next(step: AdhocStep, values?: FormValues): Promise<AdhocStep>;
  prev(step: AdhocStep): Promise<AdhocStep>;
  complete(step: AdhocStep, values?: FormValues): Promise<AdhocStep>;
  cancel(step: AdhocStep): Promise<AdhocStep>;
}
declare module '../../api.js' {
  interface XepApi {
    adhoc: AdhocApi;
  }
}

const MOVES: readonly AdhocAction[] = ['prev', 'next', 'complete'];
const isMove = (text: string | undefined): text is AdhocAction => MOVES.some(move => move === text);

export default defineXep({
  name: 'adhoc',
  spec: 'XEP-0050',
  title: 'Ad-Hoc Commands',
  install(context) {
    async function run(
      jid: Jid,
      node: string,
      action: AdhocAction | 'execute',
      sessionId?: string,
      form?: ReturnType<typeof submitForm>,
    ): Promise<AdhocStep> {
      const reply = await context.request(
        xml('iq', { type: 'set', to: jid }, xml('command', { xmlns: NS, node, sessionid: sessionId, action }, form)),
        { timeoutMs: ANSWER_MS },
      );
      const command = childOf(reply, 'command', NS);
      if (command === undefined) throw new StanzaError('undefined-condition', { text: 'the answer holds no command' });
      const status = attr(command, 'status');
      const executing = status !== 'completed' && status !== 'canceled';
      const list = childOf(command, 'actions', NS);
      const offered = elementsOf(list)
        .map(child => child.getName())
        .filter(isMove);
      // > without actions there is only one step, and its action is complete  XEP-0050 §3.4
      const moves: readonly AdhocAction[] = offered.length > 0 ? offered : ['complete'];
      const named = attr(list, 'execute');
      // > without an execute attribute it means next, if next is there  XEP-0050 §3.4
      const enter = isMove(named) && moves.includes(named) ? named : moves.includes('next') ? 'next' : 'complete';
      const step: Mutable<AdhocStep> = {
        jid,
        node,
        status: executing ? 'executing' : status === 'canceled' ? 'canceled' : 'completed',
        actions: executing ? [...new Set([...moves, 'cancel' as const])] : [],
        defaultAction: moves.includes(enter) ? enter : (moves[0] ?? 'complete'),
        notes: childrenOf(command, 'note', NS)
          .slice(0, MAX_NOTES)
          .map(note => {
            const type = attr(note, 'type');
            return { type: type === 'warn' || type === 'error' ? type : 'info', text: cleanBody(note.getText()) };
          }),
      };
      const id = attr(command, 'sessionid') ?? sessionId;
      if (id !== undefined) step.sessionId = id;
      const shown = formIn(command, context.lang);
      if (shown !== undefined) step.form = shown;
      return step;
    }

    const move = (action: AdhocAction) => (step: AdhocStep, values?: FormValues) => {
      const form = step.form === undefined || step.form.type !== 'form' ? undefined : submitForm(step.form, values);
      return run(step.jid, step.node, action, step.sessionId, form);
    };

    const adhoc: AdhocApi = {
      async list(jid) {
        const { items } = await context.use('disco').items(jid, NS);
        return items.flatMap(item =>
          item.node === undefined
            ? []
            : [{ jid: parseJid(item.jid) ?? jid, node: item.node, name: item.name ?? cleanLine(item.node) }],
        );
      },
      execute: (jid, node) => run(jid, node, 'execute'),
      next: move('next'),
      prev: step => run(step.jid, step.node, 'prev', step.sessionId),
      complete: move('complete'),
      cancel: step => run(step.jid, step.node, 'cancel', step.sessionId),
    };
    return { adhoc };
  },
});
