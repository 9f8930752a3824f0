/** Where keys, text and pastes go: to a question, to what the person bound, to what is shown, to the line, to the program. */
import { isEditAction } from '../model/editing.js';
import type { Shell, TabView } from '../model/view.js';
import { actionFor } from './message-menu.js';
import type { ShownTab } from './shown-tab.js';
import type { Composer } from './views/composer.js';
import type { TabPanes } from './views/panes.js';

// Readline has these too, but in this program they belong to the tabs and the process.
const PROGRAM_FIRST = new Set(['ctrl-n', 'ctrl-p', 'ctrl-z', 'alt-l', 'alt-left', 'alt-right']);
/** These edit if there is something right of the cursor, and otherwise belong to the program. */
const PROGRAM_AT_END = new Set(['ctrl-k', 'alt-u']);

export interface Keyboard {
  chord(chord: string): void;
  text(text: string): void;
  paste(text: string): void;
  /** The actions of the chosen message are listed, and their keys are taken. */
  readonly menu: boolean;
  closeMenu(): void;
  /** What was chosen when the last line was sent: commands ask for it while they run. */
  readonly recentFocus: number | undefined;
  forgetFocus(): void;
  /** Runs the command of the chosen row; false if it has none. */
  enter(tab: TabView): boolean;
}

export function createKeyboard({
  shell,
  shown,
  composer,
  touch,
  page,
}: {
  readonly shell: Shell;
  readonly shown: ShownTab;
  readonly composer: Composer;
  readonly touch: (...parts: readonly ('view' | 'input' | 'status' | 'hints')[]) => void;
  /** PageUp and PageDown that nobody wanted. */
  readonly page: (direction: -1 | 1) => void;
}): Keyboard {
  let menu = false;
  let recentFocus: number | undefined;

  function blur(own: TabPanes): void {
    menu = false;
    own.log.blur();
    touch('view', 'input', 'status', 'hints');
  }

  /** A key while the actions of a message are shown; every other key closes them. */
  function menuKey(key: string): boolean {
    menu = false;
    touch('status', 'hints');
    const tab = shown.current();
    const own = shown.panesOf(tab);
    const message = shown.chosenMessage(tab);
    const action = message === undefined ? undefined : actionFor(key, message);
    if (message === undefined || action === undefined) return key === 'escape' || key === 'enter';
    const line = action.line(message);
    if (action.edit) composer.set(line);
    else {
      recentFocus = own.log.focused;
      blur(own);
      shell.submit(line);
    }
    return true;
  }

  function logKey(own: TabPanes, chord: string): boolean {
    if (own.log.focused === undefined) return false;
    if (chord === 'escape') {
      blur(own);
      return true;
    }
    if (chord !== 'enter') return false;
    if (composer.empty) {
      const command = shown.chosenCommand(shown.current());
      if (command !== undefined) {
        blur(own);
        shell.submit(command);
        return true;
      }
      menu = true;
      touch('status', 'hints');
      return true;
    }
    // A line is sent: what it does, it does to the chosen message.
    recentFocus = own.log.focused;
    blur(own);
    composer.edit(chord);
    return true;
  }

  function formKey(tab: TabView, own: TabPanes, chord: string): boolean {
    const { view } = tab;
    if (view.type !== 'form') return false;
    if (!own.formFocus) {
      // Back to the fields, unless something is being written.
      if (!composer.empty || (chord !== 'escape' && chord !== 'tab' && chord !== 'shift-tab' && chord !== 'up'))
        return false;
      own.formFocus = true;
      touch('view', 'input');
      return true;
    }
    const answer = own.form.key(chord, view);
    touch('view', 'input');
    if (answer.type === 'unused') return shell.chord(chord) || chord.length === 1;
    if (answer.type === 'leave') own.formFocus = false;
    if (answer.type === 'run') shell.submit(answer.command);
    return true;
  }

  /** A key that edits the line edits the field that is being filled in. */
  function fieldAction(tab: TabView, action: string): boolean {
    const own = shown.panesOf(tab);
    if (tab.view.type !== 'form' || !own.formFocus || !isEditAction(action)) return false;
    if (!own.form.act(action, tab.view)) return false;
    touch('view');
    return true;
  }

  function runRow(command: string): void {
    // The filter has found what it was for. It was typed all the same: Ctrl-y brings it back, in every tab.
    if (!composer.empty) composer.act('kill-all');
    shell.submit(command);
    touch('view', 'input');
  }

  function listKey(tab: TabView, own: TabPanes, chord: string): boolean {
    const { view } = tab;
    if (view.type !== 'list' && view.type !== 'table') return false;
    const free = composer.empty || (view.filterable && !composer.line.startsWith('/'));
    if (!free) return false;
    if (chord === 'up' || chord === 'down') {
      own.list.move(chord === 'up' ? -1 : 1);
      touch('view');
      return true;
    }
    if (composer.empty && (chord === 'home' || chord === 'end')) {
      own.list.scroll({ to: chord === 'home' ? 'top' : 'bottom' });
      touch('view');
      return true;
    }
    // What was typed and walked may not have been drawn yet.
    own.list.sync(view, shown.filterOf(tab));
    const command = chord === 'enter' ? own.list.command : own.list.keyCommand(chord);
    // A line that found nothing was meant for somebody: the core says who hears it, and the line stays.
    if (command === undefined) return chord === 'enter' && composer.empty;
    runRow(command);
    return true;
  }

  /** Keys that belong to what is shown; true if one was taken. */
  function viewKey(tab: TabView, own: TabPanes, chord: string): boolean {
    switch (tab.view.type) {
      case 'log':
        return logKey(own, chord);
      case 'form':
        return formKey(tab, own, chord);
      default:
        return listKey(tab, own, chord);
    }
  }

  const keyboard: Keyboard = {
    chord(chord) {
      if (menu && menuKey(chord)) return;
      if (composer.modal(chord)) return;
      if (composer.asking) {
        shell.chord(chord);
        return;
      }
      if (composer.searching && composer.edit(chord)) return;
      const tab = shown.current();
      const bound = shell.bound(chord);
      const action = bound === undefined ? undefined : /^\/input (\S+)$/.exec(bound)?.[1];
      if (action !== undefined && fieldAction(tab, action)) return;
      if (bound !== undefined && shell.chord(chord)) return;
      if (viewKey(tab, shown.panesOf(tab), chord)) return;
      // With nothing to delete it is the way back, where a tab has one.
      if (chord === 'backspace' && composer.empty && shell.chord(chord)) return;
      if (PROGRAM_FIRST.has(chord) && shell.chord(chord)) return;
      const { state } = composer;
      if (PROGRAM_AT_END.has(chord) && state.cursor >= state.cells.length && shell.chord(chord)) return;
      if (composer.edit(chord)) return;
      if (shell.chord(chord)) return;
      if (chord === 'pageup' || chord === 'pagedown') page(chord === 'pageup' ? -1 : 1);
    },
    text(text) {
      // Over a slow link what follows the key comes with it.
      const [first = ''] = text;
      if (menu && menuKey(first)) {
        if (text.length > first.length) keyboard.text(text.slice(first.length));
        return;
      }
      if (!composer.asking) {
        const tab = shown.current();
        const own = shown.panesOf(tab);
        const { view } = tab;
        if (view.type === 'form' && own.formFocus) {
          if (own.form.type(text, view)) {
            touch('view');
            return;
          }
          // What no field wants is meant for the input line.
          own.formFocus = false;
          touch('view');
        }
        if ((view.type === 'list' || view.type === 'table') && composer.empty && !composer.searching) {
          own.list.sync(view, '');
          // Over a slow link a key pressed twice comes at once; what else comes at once is meant for the line.
          const [key = ''] = text;
          const command = own.list.keyCommand(key === ' ' ? 'space' : key);
          if (command !== undefined && text === key.repeat(text.length / key.length)) {
            shell.submit(command);
            touch('view');
            // The command may have asked a question.
            if (text.length > key.length) keyboard.text(text.slice(key.length));
            return;
          }
        }
      }
      composer.type(text);
    },
    paste(text) {
      const tab = shown.current();
      const own = shown.panesOf(tab);
      if (!composer.asking && tab.view.type === 'form' && own.formFocus && own.form.paste(text, tab.view))
        touch('view');
      else composer.paste(text);
    },
    get menu() {
      return menu;
    },
    closeMenu() {
      menu = false;
    },
    get recentFocus() {
      return recentFocus;
    },
    forgetFocus() {
      recentFocus = undefined;
    },
    enter(tab) {
      const own = shown.panesOf(tab);
      if (tab.view.type === 'list' || tab.view.type === 'table') own.list.sync(tab.view, shown.filterOf(tab));
      const { command } = own.list;
      if (command === undefined) return false;
      runRow(command);
      return true;
    },
  };
  return keyboard;
}
