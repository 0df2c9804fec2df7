import type { Tables } from '../simulated-network.js';
import type { BrokenProperty, Evidence } from './property.js';

export interface TablesAround {
  /** Before the first actor, and when everything had ended. */
  readonly before: Tables;
  readonly after: Tables;
}

/** What an HSS keeps of a registration until the S-CSCF that has it says something. */
const OF_AN_S_CSCF = new Set(['registeredSets', 'authenticationPending', 'restoration']);

/**
 * Once everything has ended, no table has more in it than before anybody came, no timer is left over either. An S-CSCF that was killed
 * has forgotten whom it served, and nothing makes it ask: its HSS keeps them (TS 23.380 4: so that they can be restored). So does an HSS
 * that was killed with its answer on the way: it has registered whom the S-CSCF has refused, until the UE registers again.
 */
export function grownTables(
  { before, after }: TablesAround,
  { kills, network }: Pick<Evidence, 'kills' | 'network'>,
): BrokenProperty[] {
  const killed = new Set(kills.map(({ element }) => element));
  const operatorOf = new Map(network.elements.map(({ name, operator }) => [name, operator]));
  const forgetful = new Set(
    network.elements.flatMap(({ name, kind, operator }) =>
      (kind === 's-cscf' || kind === 'hss') && killed.has(name) ? [operator] : [],
    ),
  );
  return [...after].flatMap(([name, tables]) =>
    Object.entries(tables).flatMap(([table, size]) => {
      const was = before.get(name)?.[table] ?? 0;
      const mayStay = OF_AN_S_CSCF.has(table) && forgetful.has(operatorOf.get(name) ?? '');
      return size <= was || mayStay ? [] : [grown(name, table, was, size)];
    }),
  );
}

function grown(name: string, table: string, was: number, size: number): BrokenProperty {
  const text = `${name}: ${table}: ${was} before anybody came, ${size} when everything had ended`;
  return { property: 'no table grows', text, records: [] };
}
