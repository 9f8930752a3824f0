/** A terminal in memory (@xterm/headless): takes the bytes that a program writes and tells what a person would see. */
import headless, { type IBufferCell, type Terminal } from '@xterm/headless';

export interface Colour {
  readonly mode: 'default' | 'palette' | 'rgb';
  /** Palette index, or 0xRRGGBB; 0 for the default colour. */
  readonly value: number;
}

export interface CellAttributes {
  /** What stands in the cell; empty in the right half of a wide character. */
  readonly text: string;
  readonly width: number;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly italic: boolean;
  readonly underline: boolean;
  readonly inverse: boolean;
  readonly strikethrough: boolean;
  readonly foreground: Colour;
  readonly background: Colour;
}

export interface ScreenModes {
  readonly alternateScreen: boolean;
  readonly cursorVisible: boolean;
  readonly bracketedPaste: boolean;
  readonly mouse: boolean;
  readonly focusEvents: boolean;
  readonly applicationKeypad: boolean;
  readonly applicationCursorKeys: boolean;
  readonly synchronizedOutput: boolean;
}

export interface Screen {
  /** Settles when the bytes are on the screen; `seen` is called at that moment, before any later bytes are drawn over them. */
  write(bytes: Uint8Array | string, seen?: () => void): Promise<void>;
  /** One string per row, without the spaces at its end. */
  lines(): readonly string[];
  /** The rows above the screen that have scrolled away, oldest first (normal screen only). */
  scrollback(): readonly string[];
  cursor(): { readonly column: number; readonly row: number };
  attributesAt(column: number, row: number): CellAttributes;
  modes(): ScreenModes;
  /** The title that was set by OSC 0 or 2. */
  title(): string;
  /** How often BEL came. */
  bells(): number;
  resize(columns: number, rows: number): void;
  dispose(): void;
}

export interface ScreenOptions {
  readonly columns?: number;
  readonly rows?: number;
  /** What a terminal answers by itself: device attributes, cursor position. */
  readonly onReply?: (reply: string) => void;
}

export function createScreen(options: ScreenOptions = {}): Screen {
  const terminal = new headless.Terminal({
    cols: options.columns ?? 80,
    rows: options.rows ?? 24,
    scrollback: 1000,
    allowProposedApi: true,
  });
  let title = '';
  let bells = 0;
  let cursorVisible = true;
  terminal.onTitleChange(text => {
    title = text;
  });
  terminal.onBell(() => {
    bells += 1;
  });
  terminal.onData(reply => options.onReply?.(reply));
  // xterm's public modes do not tell whether the cursor is shown.
  for (const final of ['h', 'l']) {
    terminal.parser.registerCsiHandler({ prefix: '?', final }, parameters => {
      if (parameters.includes(25)) cursorVisible = final === 'h';
      return false;
    });
  }
  terminal.parser.registerEscHandler({ final: 'c' }, () => {
    cursorVisible = true;
    return false;
  });

  return {
    write: (bytes, seen) =>
      new Promise(resolve =>
        terminal.write(bytes, () => {
          seen?.();
          resolve();
        }),
      ),
    lines: () => rowsOf(terminal, terminal.buffer.active.baseY, terminal.rows),
    scrollback: () => rowsOf(terminal, 0, terminal.buffer.active.baseY),
    cursor: () => ({ column: terminal.buffer.active.cursorX, row: terminal.buffer.active.cursorY }),
    attributesAt(column, row) {
      const cell = terminal.buffer.active.getLine(terminal.buffer.active.baseY + row)?.getCell(column);
      if (cell === undefined) throw new RangeError(`there is no cell at column ${column}, row ${row}`);
      return toAttributes(cell);
    },
    modes: () => ({
      alternateScreen: terminal.buffer.active.type === 'alternate',
      cursorVisible,
      bracketedPaste: terminal.modes.bracketedPasteMode,
      mouse: terminal.modes.mouseTrackingMode !== 'none',
      focusEvents: terminal.modes.sendFocusMode,
      applicationKeypad: terminal.modes.applicationKeypadMode,
      applicationCursorKeys: terminal.modes.applicationCursorKeysMode,
      synchronizedOutput: terminal.modes.synchronizedOutputMode,
    }),
    title: () => title,
    bells: () => bells,
    resize: (columns, rows) => terminal.resize(columns, rows),
    dispose: () => terminal.dispose(),
  };
}

function rowsOf(terminal: Terminal, from: number, count: number): readonly string[] {
  return Array.from({ length: count }, (_, row) =>
    (terminal.buffer.active.getLine(from + row)?.translateToString(true) ?? '').trimEnd(),
  );
}

function toAttributes(cell: IBufferCell): CellAttributes {
  return {
    text: cell.getChars(),
    width: cell.getWidth(),
    bold: cell.isBold() !== 0,
    dim: cell.isDim() !== 0,
    italic: cell.isItalic() !== 0,
    underline: cell.isUnderline() !== 0,
    inverse: cell.isInverse() !== 0,
    strikethrough: cell.isStrikethrough() !== 0,
    foreground: toColour(cell.isFgDefault(), cell.isFgRGB(), cell.getFgColor()),
    background: toColour(cell.isBgDefault(), cell.isBgRGB(), cell.getBgColor()),
  };
}

function toColour(isDefault: boolean, isRgb: boolean, value: number): Colour {
  if (isDefault) return { mode: 'default', value: 0 };
  return { mode: isRgb ? 'rgb' : 'palette', value };
}

/** The screen in a frame with row numbers, for the message of a failing test. */
export function drawScreen(lines: readonly string[], columns: number): string {
  const edge = `   +${'-'.repeat(columns)}+`;
  return [edge, ...lines.map((line, row) => `${String(row).padStart(2)} |${line}`), edge].join('\n');
}
