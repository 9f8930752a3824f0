/** The panes of one tab: what is scrolled, chosen and being filled in there, kept while another tab is shown. */
import type { Chat, MessageEntry } from '../../model/types.js';
import type { CommandLine, TabView } from '../../model/view.js';
import type { LineEditor } from '../line-editor.js';
import type { RowContext } from '../rows/context.js';
import { isDoubtful } from '../rows/doubtful.js';
import type { Signs } from '../rows/signs.js';
import { createFormPane, type FormPane } from './form.js';
import { createListPane, type ListPane } from './list.js';
import { createLogPane, type LogPane } from './log.js';
import type { Picture, Scroll } from './picture.js';
import { createTextPane, type TextPane } from './text.js';

/** The options of rows as they are set now; a new object when one changed. */
export type RowStyle = Omit<RowContext, 'columns' | 'doubtful'>;

export interface TabPanes {
  paint(tab: TabView, columns: number, rows: number, style: RowStyle, filter: string): Picture;
  scroll(tab: TabView, what: Scroll): void;
  reveal(seq: number): void;
  readonly log: LogPane;
  readonly list: ListPane;
  readonly form: FormPane;
  /** In a form: the keys go to its fields and not to the input. */
  formFocus: boolean;
  /** The first row of the side list that is seen. */
  sideTop: number;
  selected(tab: TabView): string | undefined;
  command(tab: TabView): CommandLine | undefined;
}

export function createTabPanes(editor: LineEditor, chat: () => Chat | undefined): TabPanes {
  const log = createLogPane();
  const list = createListPane();
  const text: TextPane = createTextPane();
  const form = createFormPane(editor);
  let context: RowContext | undefined;
  let contextStyle: RowStyle | undefined;

  const doubtful = (entry: MessageEntry): boolean => isDoubtful(chat(), entry);

  const panes: TabPanes = {
    log,
    list,
    form,
    formFocus: true,
    sideTop: 0,
    paint(tab, columns, rows, style, filter) {
      const { view } = tab;
      switch (view.type) {
        case 'log': {
          if (context === undefined || contextStyle !== style || context.columns !== columns) {
            context = { ...style, columns, doubtful };
            contextStyle = style;
          }
          return log.paint(view, context, rows);
        }
        case 'list':
        case 'table':
          return list.paint(view, columns, rows, filter);
        case 'text':
          return text.paint(view, columns, rows);
        case 'form':
          return form.paint(view, columns, rows, style.signs as Signs, panes.formFocus);
      }
    },
    scroll(tab, what) {
      switch (tab.view.type) {
        case 'log':
          log.scroll(what);
          break;
        case 'list':
        case 'table':
          list.scroll(what);
          break;
        case 'text':
          text.scroll(what);
          break;
        case 'form':
          form.scroll(what);
      }
    },
    reveal(seq) {
      log.reveal(seq);
    },
    selected(tab) {
      if (tab.view.type === 'form') return form.selected;
      return tab.view.type === 'list' || tab.view.type === 'table' ? list.selected : undefined;
    },
    command(tab) {
      return tab.view.type === 'list' || tab.view.type === 'table' ? list.command : undefined;
    },
  };
  return panes;
}
