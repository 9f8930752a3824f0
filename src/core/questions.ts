/** Questions in the input line, one after the other. */
import { type Safe, safe } from '../lib/text.js';
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
  /** Every open question of this account is escaped: it ends. */
  cancelAll(): void;
}

interface Waiting {
  question: Question;
  /** Whose question it is. */
  readonly asker: Questions;
  readonly check: ((answer: string) => Safe | undefined) | undefined;
  readonly settle: (answer: string | undefined) => void;
}

/** What all accounts ask, in the order in which it was asked: there is one line, and one person. */
export interface QuestionQueue {
  waiting: readonly Waiting[];
  /** An id that no question of this run has had. */
  nextId(): number;
}

export function createQuestionQueue(): QuestionQueue {
  let serial = 0;
  return {
    waiting: [],
    nextId: () => ++serial,
  };
}

/** The questions of one account. `about`: whose, said before what is asked while somebody else is in front. */
export function createQuestions(
  touch: () => void,
  queue: QuestionQueue = createQuestionQueue(),
  about: () => Safe | undefined = () => undefined,
): Questions {
  const add = (question: Omit<Question, 'id'>, check?: (answer: string) => Safe | undefined) =>
    new Promise<string | undefined>(settle => {
      const whose = about();
      const text = whose === undefined ? question.text : safe`${whose}: ${question.text}`;
      const asked = { question: { ...question, text, id: queue.nextId() }, asker: questions, check, settle };
      queue.waiting = [...queue.waiting, asked];
      touch();
    });

  const questions: Questions = {
    ask: ({ text, secret = false, initial = '', check }) => add({ text, secret, initial }, check),
    async confirm(text) {
      const answer = await add({ text, secret: false, initial: '', keys: ['y', 'n'] });
      return answer?.toLowerCase() === 'y';
    },
    get current() {
      return queue.waiting[0]?.question;
    },
    answer(id, text) {
      const first = queue.waiting[0];
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
      queue.waiting = queue.waiting.slice(1);
      first.settle(text);
      touch();
    },
    cancelAll() {
      const all = queue.waiting.filter(one => one.asker === questions);
      queue.waiting = queue.waiting.filter(one => one.asker !== questions);
      for (const one of all) one.settle(undefined);
    },
  };
  return questions;
}
