import { parseHeaderParams, splitOutsideQuotes, type Header } from '@ims-sim/sip';
import { withValue } from './header-text.js';

/**
 * TS 24.229 5.2.1, 7.2A.4: what a UE says about its access goes on, but not in the network's name: a value with
 * `network-provided` is dropped, and so is one that cannot be read. Undefined: nothing is left.
 */
export function accessNetworkInfoOfUe(line: Header): Header | undefined {
  const { value } = line;
  const semicolon = value.indexOf(';');
  if (!value.includes(',')) {
    // One value, as a UE has it.
    const params = parseHeaderParams(value, semicolon < 0 ? value.length : semicolon);
    return params === undefined || params.has('network-provided') ? undefined : line;
  }
  const left = splitOutsideQuotes(value, ',').filter(
    (one) => accessNetworkInfoOfUe(withValue(line, one)) !== undefined,
  );
  return left.length === 0 ? undefined : withValue(line, left.join(', '));
}
