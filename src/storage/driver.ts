/** SQLite from wherever there is one: Node's own, else the optional package, else none. */

export interface Statement {
  run(...values: readonly SqlValue[]): { readonly lastInsertRowid: number | bigint; readonly changes: number | bigint };
  get(...values: readonly SqlValue[]): Row | undefined;
  all(...values: readonly SqlValue[]): readonly Row[];
}
export type SqlValue = string | number | null;
export type Row = Readonly<Record<string, unknown>>;
export interface Database {
  exec(sql: string): void;
  prepare(sql: string): Statement;
  close(): void;
}
export type Driver = (path: string, options: { readonly readOnly: boolean }) => Database;

interface SqliteModule {
  readonly DatabaseSync: new (path: string, options?: { readonly readOnly?: boolean }) => Database;
}

/** `undefined`: neither is there. */
export async function loadDriver(
  names: readonly string[] = ['node:sqlite', '@photostructure/sqlite'],
): Promise<Driver | undefined> {
  // Node 22 warns on stderr that its SQLite is experimental: that would stand in the middle of our screen.
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    for (const name of names) {
      try {
        const { DatabaseSync } = (await import(name)) as SqliteModule;
        return (path, { readOnly }) => new DatabaseSync(path, readOnly ? { readOnly } : {});
      } catch {
        // Not in this Node, not installed, or not for this machine.
      }
    }
    return undefined;
  } finally {
    process.emitWarning = emitWarning;
  }
}
