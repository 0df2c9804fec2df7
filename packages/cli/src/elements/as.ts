import { basename } from 'node:path';
import {
  copyEnvironment,
  listenForDialling,
  type Srf,
  type SrfRequest,
  startDrachtio,
} from '@ims-sim/drachtio';
import { type ElementStart, errorCode, type RunningElement, UserError } from '@ims-sim/element';
import { type Endpoint, type Host, prettyEndpoint, type TcpListener } from '@ims-sim/host';
import {
  type Application,
  type ApplicationHost,
  loadApplication,
  running,
  textOf,
  watchErrors,
} from '../applications.js';
import { bind, type ElementHost, listenAt, ownSettings } from './element-host.js';
import { guardedSrf } from './guarded-srf.js';
import { TrustedSources } from './trusted-sources.js';

/** An application server (TS 24.229 5.7): drachtio-srf applications of the user's own on the endpoint. */
export async function startElement(start: ElementStart, world: ElementHost): Promise<RunningElement> {
  copyEnvironment(); // as the presence server does
  const { name, network } = start;
  const { host, resolver } = world;
  const own = ownSettings(start);
  const file = own.application;
  const application = file === undefined ? undefined : await loadApplication(file);
  const listen = listenAt(own.listen);
  const trusted = new TrustedSources(start);
  const failed = failures(host, file ?? name);
  const within = (call: () => void): void => {
    running.run({ failed }, call);
  };
  const srf = guardedSrf(failed);
  const isDialled = own.connection === 'outbound';
  const dialled = isDialled ? await listenNearby(host, listen, srf, within) : undefined;
  const drachtio = await bind(name, listen, () =>
    startDrachtio({
      host,
      sip: { listen, resolver, sentBy: name, trying: 'rfc4320', tcpAboveBytes: network.tcpAboveBytes },
      requestHandlers: [
        ...(dialled ? [{ uri: `tcp://${prettyEndpoint(dialled.local)}` }] : []),
        ...(own.requestHandlers ?? []),
      ],
      cdrs: own.cdrs,
    }),
  );
  if (file !== undefined && application !== undefined) {
    if (!isDialled) drachtio.attach(srf, { within });
    try {
      await begun(application, srf, applicationHost(host, own.operator, trusted), within);
    } catch (error) {
      dialled?.close();
      await drachtio.close();
      throw new UserError(`${file}: the application failed at its start: ${textOf(error)}`, { cause: error });
    }
  }
  return {
    listening: { sip: drachtio.stack.listening },
    ready: () => Promise.resolve(),
    update: (changed, listening) => {
      trusted.update(changed, listening);
    },
    tables: () => drachtio.tables(),
    async close() {
      dialled?.close();
      await drachtio.close();
    },
  };
}

/** By the loopback address: whoever dials an application is believed. A simulated host has none, and nobody else dials there. */
async function listenNearby(
  { net }: Host,
  { address }: Endpoint,
  srf: Srf,
  within: (call: () => void) => void,
): Promise<TcpListener> {
  const listen = (at: string): Promise<TcpListener> =>
    listenForDialling(net, { address: at, port: 0 }, srf, { within });
  try {
    return await listen('127.0.0.1');
  } catch (error) {
    if (errorCode(error) !== 'EADDRNOTAVAIL') throw error;
    return listen(address);
  }
}

/** Calls the application, and waits for it where it is asynchronous. */
async function begun(
  application: Application,
  srf: Srf,
  host: ApplicationHost,
  within: (call: () => void) => void,
): Promise<void> {
  watchErrors();
  let done: unknown;
  within(() => {
    done = application(srf, host);
  });
  await done;
}

/** Says what the application left uncaught: in the log and, with the call where it was one's, in the trace. */
function failures({ log, trace }: Host, file: string): (error: unknown, req?: SrfRequest) => void {
  return (error, req) => {
    const text = `the application ${basename(file)} failed: ${textOf(error)}`;
    log.error(text, { file, stack: (error as { readonly stack?: unknown } | undefined)?.stack });
    trace.decision({ callId: req?.get('Call-ID'), clause: 'RFC 3261 21.5.1', text });
  };
}

function applicationHost(host: Host, domain: string, trusted: TrustedSources): ApplicationHost {
  const { name, clock, trace } = host;
  return {
    name,
    domain,
    setTimeout: (callback, delayMs) => clock.timer(delayMs, callback),
    clearTimeout: (timer) => {
      timer?.cancel();
    },
    now: () => clock.now(),
    say: (text, req) => {
      trace.decision({ callId: req?.get('Call-ID'), clause: '', text });
    },
    isTrusted: ({ protocol, source_address: address, source_port: port }) =>
      trusted.has({ transport: protocol === 'tcp' ? 'TCP' : 'UDP', remote: { address, port } }),
  };
}
