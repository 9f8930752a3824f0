/** The tab that is shown: its panes, kept while others are shown, and what narrows its list. */
import type { ChatId, MessageEntry } from '../model/types.js';
import type { Shell, TabView } from '../model/view.js';
import type { LineEditor } from './line-editor.js';
import type { Composer } from './views/composer.js';
import { createTabPanes, type TabPanes } from './views/panes.js';

export interface ShownTab {
  /** Asks the core which tab it is now; `changed` if it is another one, or shows something of another kind. */
  current(): TabView;
  /** As last asked for. */
  readonly last: TabView | undefined;
  panesOf(tab: TabView): TabPanes;
  /** What is typed narrows its list. */
  filterable(tab: TabView): boolean;
  /** What narrows it: the line, unless that is a command. */
  filterOf(tab: TabView): string;
  /** The message the keyboard has chosen. */
  /** What Enter does on the chosen notice. */
  chosenCommand(tab: TabView): string | undefined;
  chosenMessage(tab: TabView): MessageEntry | undefined;
}

export function createShownTab({
  shell,
  editor,
  composer,
  changed,
}: {
  readonly shell: Shell;
  readonly editor: LineEditor;
  readonly composer: () => Composer;
  readonly changed: (what: 'tab' | 'view') => void;
}): ShownTab {
  const panes = new Map<number, TabPanes>();
  let last: TabView | undefined;

  function panesOf(tab: TabView): TabPanes {
    const { id, chatId } = tab.info;
    let known = panes.get(id);
    if (known === undefined) {
      const chat = (of: ChatId | undefined) => (of === undefined ? undefined : shell.chat(of, id));
      known = createTabPanes(editor, () => chat(chatId));
      panes.set(id, known);
    }
    return known;
  }

  const filterable = (tab: TabView): boolean =>
    (tab.view.type === 'list' || tab.view.type === 'table') && tab.view.filterable;

  return {
    get last() {
      return last;
    },
    current() {
      const tab = shell.current();
      if (tab.info.id !== last?.info.id) {
        changed('tab');
        composer().enter(tab.info.id);
        const alive = new Set(shell.tabs().map(info => info.id));
        alive.add(tab.info.id);
        composer().prune(alive);
        for (const id of panes.keys()) if (!alive.has(id)) panes.delete(id);
      } else if (tab.view.type !== last.view.type) changed('view');
      last = tab;
      return tab;
    },
    panesOf,
    filterable,
    filterOf(tab) {
      if (!filterable(tab)) return '';
      const { line } = composer();
      return line.startsWith('/') ? '' : line;
    },
    chosenCommand(tab) {
      const { focused } = panesOf(tab).log;
      if (tab.view.type !== 'log' || focused === undefined) return undefined;
      const entry = tab.view.log.get(focused);
      return entry?.kind === 'notice' ? entry.command : undefined;
    },
    chosenMessage(tab) {
      const { focused } = panesOf(tab).log;
      if (tab.view.type !== 'log' || focused === undefined) return undefined;
      const entry = tab.view.log.get(focused);
      return entry?.kind === 'message' ? entry : undefined;
    },
  };
}
