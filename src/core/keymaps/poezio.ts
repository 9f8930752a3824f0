/** The keys of Poezio where ours differ. */
import { keymapOf } from './keymap-of.js';

export const POEZIO = keymapOf(
  'Alt-0 and Alt-r go to the contacts, Alt-e to what is new; Ctrl-k cuts, Ctrl-j breaks the line.',
  {
    'alt-0': '/roster',
    'alt-r': '/roster',
    'alt-e': '/win important',
    'alt-u': '/scroll names-down',
    'alt-y': '/scroll names-up',
    'ctrl-b': '/scroll -1',
    'ctrl-f': '/scroll 1',
    'ctrl-s': '/scroll up',
    'ctrl-x': '/scroll down',
    'ctrl-j': '/input newline',
    'ctrl-k': '',
    f7: '/set ui.info_rows 1',
    f8: '/set ui.info_rows 6',
    'alt-shift-c': '/info',
    'alt-shift-d': '/info',
    // Ours, on keys that Poezio leaves free.
    'alt-g': '/jump',
    'alt-v': '/editor',
  },
);
