import type { Model } from './model.js';
import type { RowKind } from './page-data.js';

export type Scope = 'flow' | 'all' | 'wrong';

/** Which rows are shown. */
export interface Filter {
  scope: Scope;
  /** Protocols (and decisions) that are left out. */
  readonly hidden: Set<RowKind>;
  /** A place in `participants`: rows in which it has a part. */
  participant: number | undefined;
  /** In lower case; '' for none. */
  needle: string;
  /** For each row whether the search found it; undefined: there is none, or not yet. */
  found: Uint8Array | undefined;
}

/** What a run opens with: its flow, or all where no row belongs to one. */
export function newFilter(model: Model): Filter {
  const hasFlow = model.data.steps.length > 0 && countOf(model, 'flow') > 0;
  const scope = hasFlow ? 'flow' : 'all';
  return { scope, hidden: new Set(), participant: undefined, needle: '', found: undefined };
}

/** How many rows a scope has. */
export function countOf(model: Model, scope: Scope): number {
  let count = 0;
  for (let row = 0; row < model.count; row += 1) {
    count += isInScope(model, row, scope) ? 1 : 0;
  }
  return count;
}

/** Whether a row is of the flow, or wrong; all are of `all`. */
export function isInScope(model: Model, row: number, scope: Scope): boolean {
  switch (scope) {
    case 'all':
      return true;
    case 'flow':
      return model.is(row, 'inFlow');
    case 'wrong':
      return model.is(row, 'wrong');
  }
}

/** The rows that pass, in their order. */
export function visibleRows(model: Model, filter: Filter): number[] {
  const rows: number[] = [];
  const { from, to } = model.data.rows;
  const { participant, found } = filter;
  for (let row = 0; row < model.count; row += 1) {
    if (
      isInScope(model, row, filter.scope) &&
      (filter.hidden.size === 0 || !filter.hidden.has(model.kind(row))) &&
      (participant === undefined || from[row] === participant || to[row] === participant) &&
      (found === undefined || found[row] === 1)
    ) {
      rows.push(row);
    }
  }
  return rows;
}

/** Who has a part in the rows of a scope: so many columns the ladder has, whatever else is filtered. */
export function columnsOf(model: Model, scope: Scope): Set<number> {
  const columns = new Set<number>();
  for (let row = 0; row < model.count; row += 1) {
    if (isInScope(model, row, scope)) {
      columns.add(model.data.rows.from[row] ?? 0).add(model.data.rows.to[row] ?? 0);
    }
  }
  return columns;
}
