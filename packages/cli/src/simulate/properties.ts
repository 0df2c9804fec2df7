import type { TraceRecord } from '@ims-sim/trace';
import type { Tables } from './simulated-network.js';

/** Something that must always hold, and did not. */
export interface BrokenProperty {
  readonly property: string;
  readonly text: string;
  readonly records: readonly TraceRecord[];
}

export interface TablesAround {
  /** Before the first actor, and when everything had ended. */
  readonly before: Tables;
  readonly after: Tables;
}

export function brokenProperties(
  records: readonly TraceRecord[],
  tables: TablesAround,
): readonly BrokenProperty[] {
  void records;
  return grown(tables);
}

function grown({ before, after }: TablesAround): BrokenProperty[] {
  return [...after].flatMap(([name, tables]) =>
    Object.entries(tables).flatMap(([table, size]) => {
      const was = before.get(name)?.[table] ?? 0;
      return size > was
        ? [
            {
              property: 'no table grows',
              text: `${name}: ${table}: ${was} before, ${size} at the end`,
              records: [],
            },
          ]
        : [];
    }),
  );
}
