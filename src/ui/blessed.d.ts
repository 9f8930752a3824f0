// Only what we use of neo-blessed 0.2.0. It has no types; those for blessed know neither `lines` nor `olines`.

declare module 'neo-blessed/lib/widgets/screen.js' {
  import type { EventEmitter } from 'node:events';
  import type Element from 'neo-blessed/lib/widgets/element.js';

  export type BlessedCell = [attr: number, text: string];
  export type BlessedLine = BlessedCell[] & { dirty?: boolean };

  export default class Screen extends EventEmitter {
    static _bound: boolean;
    static instances: Screen[];
    static total: number;
    static global: Screen | null;
    constructor(options: { program: object });
    lines: BlessedLine[];
    olines: BlessedLine[];
    dattr: number;
    readonly cols: number;
    readonly rows: number;
    append(element: Element): void;
    remove(element: Element): void;
    alloc(dirty?: boolean): void;
    render(): void;
    draw(start: number, end: number): void;
  }
}

declare module 'neo-blessed/lib/widgets/element.js' {
  import type { EventEmitter } from 'node:events';
  import type Screen from 'neo-blessed/lib/widgets/screen.js';

  export interface Coords {
    xi: number;
    xl: number;
    yi: number;
    yl: number;
  }

  export default class Element extends EventEmitter {
    constructor(options: { screen: Screen; left: number; top: number; width: number; height: number });
    position: { left: number; top: number; width: number; height: number };
    hidden: boolean;
    parseContent(): boolean;
    lpos?: Coords;
    readonly aleft: number;
    readonly atop: number;
    readonly width: number;
    readonly height: number;
    render(): Coords | undefined;
  }
}
