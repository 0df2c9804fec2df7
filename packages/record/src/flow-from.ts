import { parseEndpoint } from '@ims-sim/host';
import type { TraceRecord } from '@ims-sim/trace';
import { actorAddresses } from './addresses.js';
import { Causes } from './comes-after.js';
import { ownDigestUris } from './digest-uris.js';
import { cxExchanges, type DiameterExchange, shExchanges } from './diameter-steps.js';
import { dnsLookups, numberAsked } from './dns-lookups.js';
import { mayTry } from './may-try.js';
import { ofTheFlow } from './of-the-flow.js';
import { overUdp } from './over-udp.js';
import type { OtherMessage, RecordedFlow } from './recorded.js';
import { sipMessages, type SipSeen } from './select.js';
import { type FlowEvent, idOf, StepWriter } from './step-writer.js';
import { symbolsOf } from './symbols.js';

export interface FlowOptions {
  /** Who is no element of the network: test UEs, application servers of the scenario. */
  readonly actors: readonly string[];
  /** Those of the actors that write their host names. */
  readonly servers?: ReadonlyMap<string, string> | undefined;
  /** The flow's first record; what comes before is known to it (the calls that go on) and has no step. */
  readonly firstId?: number | undefined;
  /** Elements that are not ours: what they remember from before nobody knows. */
  readonly external?: ReadonlySet<string> | undefined;
  /** Whether what elements asked the DNS is steps too. */
  readonly withDns?: boolean | undefined;
}

/** The flow that a trace shows: each SIP message a step, each Cx and Sh exchange a step, with `withDns` each lookup. `records` are in the order of time. */
export function flowFrom(records: readonly TraceRecord[], options: FlowOptions): RecordedFlow {
  const { actors, servers = new Map<string, string>(), firstId = 0, external = new Set(), withDns } = options;
  const all = sipMessages(records);
  const own = new Set(actors);
  const exchanges = { cx: cxExchanges(records), sh: shExchanges(records) };
  const { sip, cx, sh } = ofTheFlow(all, exchanges, { firstId, actors: own });
  const ues = actors.filter((name) => !servers.has(name));
  const addresses = actorAddresses(all, ues);
  const digest = ownDigestUris(all, own);
  const udp = overUdp(all, new Set(addresses.symbols.keys()));
  const causes = new Causes({ ues: new Set(ues) });
  const writer = new StepWriter((text) => addresses.written(udp(digest(text))), own, causes);
  // What an HSS was asked over Cx because of a message is asked each time. An application server keeps what it was told (TS 29.328 6.1), so on
  // a network that has been up it need not ask again; if it does, it is to ask the same.
  const isSure = ({ request }: DiameterExchange): boolean =>
    !external.has(request.from) && !external.has(request.to);
  const events: FlowEvent[] = [
    ...sip.map((seen): FlowEvent => ({ kind: 'message', seen })),
    ...cx.map((exchange): FlowEvent => ({ kind: 'diameter', exchange, isSure: true })),
    ...sh.map((exchange): FlowEvent => ({
      kind: 'diameter',
      exchange,
      isSure: isSure(exchange) && !QUESTIONS.has(exchange.asked.command),
    })),
    ...(withDns === true ? lookups(records, sip, { own, firstId, external }) : []),
  ];
  for (const event of events.sort((a, b) => idOf(a) - idOf(b))) {
    writer.add(event);
  }
  const sure = new Set(sh.filter(isSure));
  return {
    steps: writer.steps,
    symbols: [...new Set([...symbolsOf(sip, own), ...addresses.ports])],
    addressSymbols: addresses.symbols,
    others: [
      ...mayTry(sip),
      ...(sh.length === 0 ? [] : besides(exchanges.sh.filter((one) => !sure.has(one)))),
    ],
    participants: [...new Set(writer.steps.flatMap(({ from, to }) => [from, to]))],
  };
}

/** What an application server asks for what it may remember. */
const QUESTIONS: ReadonlySet<string> = new Set(['UDR', 'SNR']);

/** Where a flow has steps of Sh, any other is unexpected: what a registration before it brought about may come late. */
function besides(exchanges: readonly DiameterExchange[]): OtherMessage[] {
  const found = new Map<string, OtherMessage>();
  for (const { request, asked } of exchanges) {
    const { from, to } = request;
    found.set(`${from} ${to} ${asked.command}`, { from, to, message: asked.command });
  }
  return [...found.values()];
}

/**
 * What the elements of the flow asked the DNS. Sure is a number's first lookup (TS 24.229 5.4.3.2): its request says why. The way to a server
 * hangs on what is kept from before, and on which of several addresses is taken (RFC 3263 4).
 */
function lookups(
  records: readonly TraceRecord[],
  sip: readonly SipSeen[],
  { own, firstId, external }: { own: ReadonlySet<string>; firstId: number; external: ReadonlySet<string> },
): FlowEvent[] {
  const parties = new Set(sip.flatMap(({ record }) => [record.from, record.to]));
  return dnsLookups(records).flatMap((lookup): FlowEvent[] => {
    const { id, from, to } = lookup.request;
    if (id < firstId || !parties.has(from) || own.has(from) || parseEndpoint(to) !== undefined) {
      return [];
    }
    const cause = numberAsked(lookup, sip);
    return [{ kind: 'dns', lookup, cause, isSure: cause !== undefined && !external.has(from) }];
  });
}
