/** Forms asked for by commands: each is a tab of the kind `form` and settles once. */
import type { FormAnswer, FormRequest, Tab } from '../api.js';

/** What the tab kind `form` is opened with. */
export interface FormTab {
  readonly id: number;
  readonly request: FormRequest;
  /** Settles the form; the tab closes itself afterwards. */
  readonly answer: (answer: FormAnswer) => void;
}

export interface Forms {
  open(request: FormRequest): Promise<FormAnswer>;
  /** A tab was closed: its form is cancelled. */
  closed(tab: Tab): void;
}

export function createForms(openTab: (params: FormTab) => Tab): Forms {
  let serial = 0;
  const open = new Map<number, (answer: FormAnswer) => void>();
  return {
    open: request =>
      new Promise((resolve, reject) => {
        let tab: Tab | undefined;
        const settle = (answer: FormAnswer): void => {
          if (tab !== undefined) open.delete(tab.id);
          resolve(answer);
        };
        try {
          tab = openTab({ id: ++serial, request, answer: settle });
          open.set(tab.id, settle);
        } catch (error) {
          reject(error);
        }
      }),
    closed(tab) {
      open.get(tab.id)?.({ action: 'cancel', values: new Map() });
    },
  };
}
