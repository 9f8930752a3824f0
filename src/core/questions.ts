/** Questions in the input line, one after the other. */
import type { Safe } from '../lib/text.js';
import type { Question } from '../model/view.js';

export interface Questions {
  ask(question: {
    readonly text: Safe;
    readonly secret?: boolean;
    readonly initial?: string;
    readonly check?: (answer: string) => Safe | undefined;
  }): Promise<string | undefined>;
  confirm(text: Safe): Promise<boolean>;
  readonly current: Question | undefined;
  /** `undefined`: escaped. */
  answer(id: number, text: string | undefined): void;
  /** Every open question is escaped: the program ends. */
  cancelAll(): void;
}

interface Waiting {
  question: Question;
  readonly check: ((answer: string) => Safe | undefined) | undefined;
  readonly settle: (answer: string | undefined) => void;
}

export function createQuestions(touch: () => void): Questions {
  let serial = 0;
  let queue: readonly Waiting[] = [];

  const add = (question: Omit<Question, 'id'>, check?: (answer: string) => Safe | undefined) =>
    new Promise<string | undefined>(settle => {
      queue = [...queue, { question: { ...question, id: ++serial }, check, settle }];
      touch();
    });

  return {
    ask: ({ text, secret = false, initial = '', check }) => add({ text, secret, initial }, check),
    async confirm(text) {
      const answer = await add({ text, secret: false, initial: '', keys: ['y', 'n'] });
      return answer?.toLowerCase() === 'y';
    },
    get current() {
      return queue[0]?.question;
    },
    answer(id, text) {
      const first = queue[0];
      // An answer to a question that is gone: two keys in one frame.
      if (first === undefined || first.question.id !== id) return;
      if (text !== undefined) {
        const { keys } = first.question;
        if (keys !== undefined && !keys.includes(text.toLowerCase())) return;
        const complaint = first.check?.(text);
        if (complaint !== undefined) {
          first.question = { ...first.question, complaint, initial: first.question.secret ? '' : text };
          touch();
          return;
        }
      }
      queue = queue.slice(1);
      first.settle(text);
      touch();
    },
    cancelAll() {
      const all = queue;
      queue = [];
      for (const one of all) one.settle(undefined);
    },
  };
}
