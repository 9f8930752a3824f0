/** The keys of WeeChat where ours differ. */
import { keymapOf } from './keymap-of.js';

export const WEECHAT = keymapOf(
  'Alt-Up and Alt-Down go to the next buffer (messages are chosen with Alt-Shift), F11 and F12 scroll the nicks, Ctrl-s searches.',
  {
    'alt-up': '/prev',
    'alt-down': '/next',
    'alt-shift-up': '/focus previous',
    'alt-shift-down': '/focus next',
    'alt-pageup': '/scroll -3',
    'alt-pagedown': '/scroll 3',
    f11: '/scroll names-up',
    f12: '/scroll names-down',
    'alt-<': '/last',
    'alt->': '/last',
    'alt-r': '/input kill-all',
    'alt-k': '/keys',
    'alt-shift-b': '/panel tabs',
    'alt-=': '/toggle rooms.movements',
    'alt--': '/toggle -chat rooms.movements',
    'ctrl-s': '/prompt /lastlog',
    'ctrl-k': '',
    // Ours, on a key that WeeChat leaves free.
    'alt-g': '/jump',
  },
);
