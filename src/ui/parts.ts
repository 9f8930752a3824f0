/** The parts of the screen: where each stands, what it shows, and which of them a change concerns. */
import type { Part } from './layout.js';
import { type Layout, PARTS, type Rect } from './layout.js';
import type { Pane, UiScreen } from './screen.js';
import type { Surface } from './surface.js';
import type { Picture } from './views/picture.js';

/** `note`: the sentence that stands alone on a screen that is too small. */
export type PartOrNote = Part | 'note';

/** Which parts a touched region concerns. */
const PARTS_OF_REGION: Readonly<Record<string, readonly Part[]>> = {
  log: ['view'],
  occupants: ['side', 'topic', 'status'],
  subject: ['topic', 'view'],
  meta: ['topic', 'status', 'tabs', 'input', 'view'],
  roster: ['view', 'side', 'topic', 'status'],
  input: ['input', 'status', 'hints'],
  tabs: ['tabs', 'topic', 'status'],
  status: ['status'],
  info: ['info'],
  all: PARTS,
};

/** The parts that a flood changes, and that take time. */
const DEAR: readonly Part[] = ['view', 'side'];

export const partsOfRegion = (region: string): readonly Part[] => PARTS_OF_REGION[region] ?? PARTS;

export interface Parts {
  readonly layout: Layout | undefined;
  isDirty(part: Part): boolean;
  /** To be asked for its picture before the next frame. */
  mark(...parts: readonly Part[]): void;
  markAll(): void;
  /** What is marked now has nothing to do with the key that comes: if it is dear to draw, it waits until it is released. */
  hold(): void;
  release(): void;
  /** Everything was asked but what is held; true if that is something. */
  clean(): boolean;
  /** Puts the parts where the layout wants them; without one only the note is seen. */
  place(layout: Layout | undefined): void;
  show(part: PartOrNote, picture: Picture): void;
  /** Shows the part anew if it is marked and has a place. */
  paint(part: Part, picture: (rect: Rect) => Picture): void;
  picture(part: Part): Picture | undefined;
}

export function createParts(
  screen: UiScreen,
  draw: (part: PartOrNote, picture: Picture | undefined, surface: Surface) => void,
): Parts {
  const pictures = new Map<PartOrNote, Picture>();
  const panes = new Map<PartOrNote, Pane>();
  const dirty = new Set<Part>(PARTS);
  const held = new Set<Part>();
  let layout: Layout | undefined;
  for (const part of [...PARTS, 'note'] as const) {
    panes.set(
      part,
      screen.addPane(surface => draw(part, pictures.get(part), surface)),
    );
  }

  function show(part: PartOrNote, picture: Picture): void {
    pictures.set(part, picture);
    const pane = panes.get(part);
    if (picture.scrolled !== undefined && picture.scrolled !== 0) pane?.scrolled(picture.scrolled);
    pane?.touch();
  }

  return {
    get layout() {
      return layout;
    },
    isDirty: part => dirty.has(part),
    mark(...parts) {
      for (const part of parts) dirty.add(part);
    },
    markAll() {
      for (const part of PARTS) dirty.add(part);
    },
    hold() {
      for (const part of DEAR) if (dirty.delete(part)) held.add(part);
    },
    release() {
      for (const part of held) dirty.add(part);
      held.clear();
    },
    clean() {
      for (const part of dirty) held.delete(part);
      dirty.clear();
      return held.size > 0;
    },
    place(next) {
      for (const part of PARTS) {
        const rect = next?.[part];
        const old = layout?.[part];
        if (rect?.columns !== old?.columns || rect?.rows !== old?.rows || rect?.x !== old?.x || rect?.y !== old?.y) {
          panes
            .get(part)
            ?.place(rect === undefined ? undefined : { x: rect.x, y: rect.y, width: rect.columns, height: rect.rows });
          dirty.add(part);
        }
      }
      const whole = { x: 0, y: 0, width: screen.columns, height: screen.rows };
      panes.get('note')?.place(next === undefined ? whole : undefined);
      layout = next;
    },
    show,
    paint(part, picture) {
      const rect = layout?.[part];
      if (rect !== undefined && dirty.has(part)) show(part, picture(rect));
    },
    picture: part => pictures.get(part),
  };
}
