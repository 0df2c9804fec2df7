import type { Network } from '@ims-sim/element';
import { prettyEndpoint } from '@ims-sim/host';
import type { ActionFailure } from '@ims-sim/player';
import type { TraceRecord } from '@ims-sim/trace';

/** External elements that were sent something and never said a word: why a flow fails at a step after one that is right. */
export function silentExternals(
  { dns, elements }: Pick<Network, 'dns' | 'elements'>,
  records: readonly TraceRecord[],
  file: string,
): ActionFailure[] {
  const messages = records.flatMap((record) => (record.kind === 'message' ? [record] : []));
  return [dns, ...elements].flatMap(({ name, external }): ActionFailure[] => {
    const sent = messages.filter(({ to }) => to === name).length;
    if (external === undefined || sent === 0 || messages.some(({ from }) => from === name)) {
      return [];
    }
    const where = `${name} (external, ${prettyEndpoint(external.at)})`;
    const times = sent === 1 ? 'once' : `${sent} times`;
    const text = `nothing came from ${where}, which was written to ${times}: is it up, and does it listen there?`;
    return [{ at: { file, line: 1, column: 1 }, text }];
  });
}
