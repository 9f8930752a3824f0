/** The way out when the terminal is gone. */
import { closeSync, openSync } from 'node:fs';

/**
 * Node gives the line settings of the terminal back when it ends, and aborts (SIGABRT, a core file) if it cannot because the
 * terminal is gone. Descriptors that were opened anew it leaves alone.
 */
export function letGoOfTerminal(): void {
  for (const fd of [0, 1, 2]) {
    try {
      closeSync(fd);
      // The lowest number that is free: the same one.
      openSync('/dev/null', 'r+');
    } catch {
      // It was closed already.
    }
  }
}
