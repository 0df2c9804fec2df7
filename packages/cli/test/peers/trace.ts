import { cx, type Message, base, decodeMessage, get, getAll } from '@ims-sim/diameter';
import { nodeNet, systemClock } from '@ims-sim/host';
import { type MessageRecord, startCollector } from '@ims-sim/trace';

const REQUEST = 0x80;
const NAMES: Readonly<Record<number, string>> = {
  300: 'UAR',
  301: 'SAR',
  302: 'LIR',
  303: 'MAR',
  304: 'RTR',
  305: 'PPR',
};
/** TS 29.229 6.3.15: REGISTRATION. RE_REGISTRATION may also keep what a subscription of the P-CSCF needs after a restart. */
const REGISTRATION = 1;
const MAX_AVPS = 200;

/** The Diameter messages of a network whose `collector` is here. */
export interface DiameterTrace {
  /** For the network file. */
  readonly port: number;
  /** What this HSS was asked by the peer of that Origin-Host, by abbreviations, in their order. */
  commandsAt(hss: string, originHost: string): Promise<string[]>;
  /** The Cx messages that came to this element: requests and answers. */
  received(by: string): Promise<Message[]>;
  /** Server assignments for a new registration that the HSS was asked for. */
  registrationsAt(hss: string): Promise<number>;
}

/** `work` with a collector of the elements' traces. */
export async function withTrace(work: (trace: DiameterTrace) => Promise<void>): Promise<void> {
  const collector = await startCollector({
    net: nodeNet,
    clock: systemClock,
    listen: { address: '127.0.0.1', port: 0 },
    names: () => undefined,
  });
  const cxMessages = async (keep: (record: MessageRecord) => boolean): Promise<Message[]> => {
    await collector.settle(300);
    return collector.records().flatMap((record) => {
      if (record.kind !== 'message' || record.protocol !== 'diameter' || !keep(record)) return [];
      const decoded = decodeMessage(record.bytes, MAX_AVPS);
      return decoded.kind === 'message' && decoded.message.command in NAMES ? [decoded.message] : [];
    });
  };
  try {
    await work({
      port: collector.local.port,
      commandsAt: async (hss, originHost) =>
        (await cxMessages(({ to }) => to === hss))
          .filter((message) => isRequest(message) && get(message, base.originHost) === originHost)
          .map(({ command }) => NAMES[command] ?? String(command)),
      received: (by) => cxMessages(({ to }) => to === by),
      registrationsAt: async (hss) =>
        (await cxMessages(({ to }) => to === hss)).filter(
          (message) => isRequest(message) && get(message, cx.serverAssignmentType) === REGISTRATION,
        ).length,
    });
  } finally {
    collector.close();
  }
}

export function isRequest({ flags }: Message): boolean {
  return (flags & REQUEST) !== 0;
}

/** Route-Record (RFC 6733 6.7.1): through whose hands the request went. */
export function routeRecord(message: Message): string[] {
  return getAll(message, base.routeRecord);
}
