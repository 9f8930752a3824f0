/** The keys of irssi where ours differ. */
import { keymapOf } from './keymap-of.js';

export const IRSSI = keymapOf(
  'Alt-p and Alt-n scroll, Alt-u is the 17th window, Ctrl-u empties the line, Ctrl-k cuts.',
  {
    'alt-p': '/scroll up',
    'alt-n': '/scroll down',
    'alt-u': '/win 17',
    'ctrl-u': '/input kill-all',
    'ctrl-k': '',
    'alt-l': '',
    // Ours, on keys that irssi leaves free.
    'alt-g': '/jump',
    'alt-v': '/panel raw',
    'alt-,': '/scroll highlight-previous',
    'alt-.': '/scroll highlight-next',
  },
);
