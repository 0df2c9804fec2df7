import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { type ElementSettings, type Network, UserError, whyUnreadable } from '@ims-sim/element';
import { type Endpoint, parseEndpoint, prettyEndpoint } from '@ims-sim/host';
import type { NetworkProcesses } from './network-processes.js';

/** What stands in it of one element: sockets as `udp:ADDRESS:PORT`, `tcp:ADDRESS:PORT` or a URL. */
export interface ReadyElement {
  readonly pid?: number | undefined;
  readonly sip?: string | undefined;
  readonly diameter?: string | undefined;
  readonly dns?: string | undefined;
  readonly http?: string | undefined;
}

/** What `ims up --ready-file` writes. */
export interface ReadyFile {
  readonly elements: Readonly<Record<string, ReadyElement>>;
  readonly dns: string;
  /** Where the elements report to. */
  readonly collector?: string | undefined;
}

/** Writes pids and sockets of every element, whole at once. Rejects with `UserError` where the file cannot be written. */
export function writeReadyFile(
  file: string,
  { pids, listening, dns }: NetworkProcesses,
  collector: Endpoint | undefined,
): void {
  const elements = Object.fromEntries(
    Object.entries(listening).map(([name, sockets]): [string, ReadyElement] => [
      name,
      {
        pid: pids.get(name),
        ...(sockets.sip && { sip: `udp:${prettyEndpoint(sockets.sip)}` }),
        ...(sockets.diameter && { diameter: `tcp:${prettyEndpoint(sockets.diameter)}` }),
        ...(sockets.dns && { dns: `udp:${prettyEndpoint(sockets.dns)}` }),
        ...(sockets.http && { http: `http://${prettyEndpoint(sockets.http)}` }),
      },
    ]),
  );
  const ready: ReadyFile = {
    elements,
    dns: `udp:${prettyEndpoint(dns)}`,
    ...(collector && { collector: prettyEndpoint(collector) }),
  };
  try {
    writeFileSync(`${file}.new`, `${JSON.stringify(ready, null, 2)}\n`);
    renameSync(`${file}.new`, file);
  } catch (error) {
    rmSync(`${file}.new`, { force: true });
    throw new UserError(`--ready-file ${file}: cannot be written: ${reasonOf(error)}`, { cause: error });
  }
}

/** Rejects with `UserError` where it is not there, or no ready file. */
export function readReadyFile(file: string): ReadyFile {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new UserError(`${file}: ${whyUnreadable(cause)}`, { cause });
  }
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    throw new UserError(`${file}: not JSON: ${reasonOf(cause)}`, { cause });
  }
  if (!isReadyFile(content)) {
    throw new UserError(`${file}: is not what \`ims up --ready-file\` writes`);
  }
  return content;
}

function isReadyFile(content: unknown): content is ReadyFile {
  const { elements } = (content ?? {}) as Partial<ReadyFile>;
  return (
    typeof elements === 'object' &&
    Object.values(elements).every((element: unknown) => typeof element === 'object' && element !== null)
  );
}

/** The network at the places that the ready file says. Rejects with `UserError` where that is another network's, or has no collector. */
export function asItIsUp(network: Network, file: string): Network {
  const { elements, dns, collector } = readReadyFile(file);
  const missing = network.elements.find(
    ({ name, external, actor }) => !external && !actor && elements[name] === undefined,
  );
  if (missing !== undefined) {
    throw new UserError(`${file}: is of another network: it has no ${missing.name}`);
  }
  return {
    ...network,
    dns: { ...network.dns, listen: socketOf(dns, file) },
    collector: collector === undefined ? network.collector : socketOf(collector, file),
    elements: network.elements.map((element) => placed(element, elements[element.name], file)),
  };
}

function placed(element: ElementSettings, ready: ReadyElement | undefined, file: string): ElementSettings {
  const socket = ready?.sip ?? ready?.diameter;
  if (element.external || element.actor || socket === undefined) {
    return element;
  }
  const http = ready?.http === undefined ? undefined : socketOf(ready.http.replace('http://', ''), file);
  const provisioning = http && { ...element.provisioning, listen: http };
  return { ...element, listen: socketOf(socket, file), ...(provisioning && { provisioning }) };
}

function socketOf(text: unknown, file: string): Endpoint {
  const at = typeof text === 'string' ? parseEndpoint(text.replace(/^(?:udp|tcp):/, '')) : undefined;
  if (at === undefined) {
    throw new UserError(`${file}: expected a socket such as udp:127.0.0.1:5060, not ${JSON.stringify(text)}`);
  }
  return at;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
