import type { Network } from '@ims-sim/element';
import type { Scenario } from '@ims-sim/scenario';
import type { TraceRecord } from '@ims-sim/trace';
import type { Evidence, Kill } from './property.js';
import { sipSeen } from './sip-seen.js';

/** What an element's trace says of it when it is killed. */
const KILLED = 'killed (kill -9)';

/** `absent`: elements that were not started. `isChancy`: messages were lost by chance, or elements killed. */
export function evidenceOf(
  { actors, faults }: Pick<Scenario, 'actors' | 'faults'>,
  network: Network,
  records: readonly TraceRecord[],
  absent: ReadonlySet<string>,
  isChancy: boolean,
): Evidence {
  const kills = records.flatMap((record): Kill[] =>
    record.kind === 'decision' && record.text === KILLED
      ? [{ element: record.element, atUs: record.atUs }]
      : [],
  );
  return {
    network,
    records,
    sip: sipSeen(records),
    actors: new Set([...absent, ...actors.map(({ name }) => name)]),
    kills,
    isDisturbed: isChancy || faults.length > 0 || kills.length > 0,
    altered: alteredBy(faults),
  };
}

function alteredBy(faults: Scenario['faults']): Evidence['altered'] {
  const altered = new Set<string>();
  for (const { match, fault } of faults) {
    if (fault.kind === 'set-header' || fault.kind === 'replace' || fault.kind === 'corrupt') {
      if (match.from === undefined) {
        return 'all';
      }
      altered.add(match.from);
    }
  }
  return altered;
}
