/** Calls about the colours of people. */

/** Somebody who has a colour. */
export interface Colored {
  readonly name: string;
  readonly occupantId?: string;
}
export interface ColorRule extends Colored {
  /** One of `colorWords`, or `#rrggbb`. */
  readonly color: string;
}

/** Colours that the person chose for people. */
export interface ColorsApi {
  /** What the colour of this person is made of: the third argument of `span`. */
  hueOf(person: Colored): string;
  /** Lasts. Throws a UserError if that is no colour. */
  set(rule: ColorRule): void;
  remove(person: Colored): boolean;
  readonly list: readonly ColorRule[];
  /** Raised by every change. */
  readonly rev: number;
}
