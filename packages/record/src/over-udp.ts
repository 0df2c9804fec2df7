import { vias } from '@ims-sim/sip';
import type { SipSeen } from './select.js';

const TCP_VIA = /SIP\/2\.0\/TCP([ \t]+[^,\n]*?;branch=)([^;,\s]+)/gi;

/**
 * Writes UDP in the Vias of requests that went between a UE and its P-CSCF by TCP: on replay a test UE is there, and it uses UDP.
 * `ues`: their names.
 */
export function overUdp(messages: readonly SipSeen[], ues: ReadonlySet<string>): (text: string) => string {
  const branches = new Set<string>();
  for (const { record, message } of messages) {
    const isAtUe = ues.has(record.from) || ues.has(record.to);
    const [top] = isAtUe && record.transport === 'tcp' && message.kind === 'request' ? vias(message) : [];
    const branch = top?.params.get('branch');
    if (typeof branch === 'string') {
      branches.add(branch);
    }
  }
  return (text) =>
    branches.size === 0
      ? text
      : text.replace(TCP_VIA, (found, middle: string, branch: string) =>
          branches.has(branch) ? `SIP/2.0/UDP${middle}${branch}` : found,
        );
}

/** The UEs that did not use UDP, each a complaint. */
export function saidOfTcp(messages: readonly SipSeen[], ues: Iterable<string>): string[] {
  return [...ues].flatMap((name) => {
    const isTcp = messages.some(
      ({ record }) => record.transport === 'tcp' && (record.from === name || record.to === name),
    );
    return isTcp ? [`${name}: it came by TCP; the test UE that takes its place uses UDP`] : [];
  });
}
