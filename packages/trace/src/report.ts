import type { Endpoint } from '@ims-sim/host';
import { canonicalAddress } from './address.js';
import { HEP_TYPE, protocolOfHepType, type HepPacket } from './hep.js';
import { decodeDecision } from './log-record.js';
import type { MessageReport } from './merge.js';
import type { DecisionRecord } from './record.js';

export type DecisionReport = Omit<DecisionRecord, 'id'>;
export type Report = MessageReport | DecisionReport;

/** What a HEP packet reports, its payload copied; undefined for a protocol that a trace does not hold. */
export function reportOf(packet: HepPacket, reporter: string): Report | undefined {
  const { atUs, node, source, destination } = packet;
  if (packet.type === HEP_TYPE.log) {
    const { clause, text } = decodeDecision(packet.payload);
    return { kind: 'decision', atUs, element: node ?? reporter, callId: packet.correlationId, clause, text };
  }
  const protocol = protocolOfHepType(packet.type);
  if (protocol === undefined) {
    return undefined;
  }
  return {
    atUs,
    direction: packet.direction,
    reporter: node ?? reporter,
    node,
    protocol,
    transport: packet.ipProtocol === 6 ? 'tcp' : 'udp',
    source: canonicalEndpoint(source),
    destination: canonicalEndpoint(destination),
    bytes: Buffer.from(packet.payload),
  };
}

/** An endpoint with one spelling, so that two elements' reports of one message agree. */
export function canonicalEndpoint({ address, port }: Endpoint): Endpoint {
  return { address: canonicalAddress(address), port };
}
