import { UserError } from '@ims-sim/element';
import { readReadyFile } from '../ready-file.js';

/** Which HSS, as the command line says it. */
export interface HssOptions {
  readonly hss?: string;
  readonly readyFile?: string;
  readonly network?: string;
  readonly name?: string;
  readonly token?: string;
}

/** The provisioning interface of an HSS; `Body`: what it can be given. */
export interface HssClient<Body = string | ReadableStream> {
  readonly url: string;
  /** @throws NoHss where it cannot be reached, Refused where it does not do what is asked. */
  ask(method: string, path: string, options?: AskOptions<Body>): Promise<Response>;
}

export interface AskOptions<Body> {
  readonly accept?: string;
  readonly body?: Body;
  readonly type?: string;
}

/** The HSS has refused: exit status 1. `status`: HTTP's. */
export class Refused extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Nobody answers there. */
export class NoHss extends UserError {}

/** One request; rejects where nobody is there. */
export type Send<Body> = (url: string, request: SendRequest<Body>) => Promise<Response>;

export interface SendRequest<Body> {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: Body | undefined;
}

/** @throws UserError where the options do not say which HSS, or say it wrongly. */
export async function hssClient(options: HssOptions): Promise<HssClient> {
  return hssAt(await addressOf(options));
}

/** The HSS whose provisioning interface is there. */
export function hssAt(address: HssAddress): HssClient {
  return hssVia(address, (url, { method, headers, body }) =>
    fetch(url, { method, headers, ...(body !== undefined && { body, duplex: 'half' }) }),
  );
}

/** The same by another way than `fetch`. */
export function hssVia<Body>({ url, token }: HssAddress, send: Send<Body>): HssClient<Body> {
  return {
    url,
    ask: async (method, path, { accept, body, type } = {}) => {
      let response: Response;
      try {
        response = await send(url + path, {
          method,
          headers: {
            ...(token !== undefined && { authorization: `Bearer ${token}` }),
            ...(accept !== undefined && { accept }),
            ...(type !== undefined && { 'content-type': type }),
          },
          body,
        });
      } catch (cause) {
        throw new NoHss(
          `no HSS answers at ${url} (${reasonOf(cause)}): is it up, and is that its provisioning interface?`,
          { cause },
        );
      }
      if (response.ok) return response;
      throw await refusalOf(response, url);
    },
  };
}

/** The path of one subscriber. */
export function subscriberPath(impi: string): string {
  return `/subscribers/${encodeURIComponent(impi)}`;
}

async function refusalOf(response: Response, url: string): Promise<Error> {
  const text = await response.text();
  const { detail, errors } = problemIn(text);
  if (response.status === 401) {
    return new UserError(`the HSS at ${url} wants its token: give it with --token, or in IMS_TOKEN`);
  }
  if (detail === undefined) {
    return new UserError(
      `what answers at ${url} is no HSS (${String(response.status)} ${text.slice(0, 60)})`,
    );
  }
  const fields = (errors ?? []).map((field) => `\n  ${field.pointer}: ${field.detail}`);
  const what = fields.length > 1 ? `${String(fields.length)} fields are wrong` : detail;
  return new Refused(response.status, fields.length > 1 ? what + fields.join('') : what);
}

interface ProblemDetails {
  readonly detail?: string;
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
}

function problemIn(text: string): ProblemDetails {
  try {
    const problem = JSON.parse(text) as ProblemDetails | null;
    return problem !== null && typeof problem.detail === 'string' ? problem : {};
  } catch {
    return {}; // Not from an HSS: the caller says so.
  }
}

export interface HssAddress {
  /** Without a slash at its end. */
  readonly url: string;
  readonly token: string | undefined;
}

async function addressOf(options: HssOptions): Promise<HssAddress> {
  const { hss, readyFile, network } = options;
  const token = options.token ?? process.env['IMS_TOKEN'];
  const given = [hss, readyFile, network].filter((one) => one !== undefined);
  if (given.length !== 1) throw new UserError('say which HSS, by one of --hss, --ready-file and --network');
  if (hss !== undefined) return { url: checkedUrl(hss, '--hss'), token };
  if (readyFile !== undefined) return { url: urlInReadyFile(readyFile, options.name), token };
  return inNetworkFile(network ?? '', options.name, token);
}

function checkedUrl(text: string, where: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text.replace(/\/+$/, '');
  throw new UserError(`${where}: expected a URL such as http://127.0.0.1:8080, not ${text}`);
}

function urlInReadyFile(file: string, name: string | undefined): string {
  const elements = Object.entries(readReadyFile(file).elements).filter(
    ([, { http }]) => typeof http === 'string',
  );
  const [found, { http }] = theOne(file, elements, name, 'http');
  return checkedUrl(String(http), `${file}: ${found}`);
}

async function inNetworkFile(
  file: string,
  name: string | undefined,
  token: string | undefined,
): Promise<HssAddress> {
  const { readNetworkFile } = await import('@ims-sim/element/files');
  const hsss = readNetworkFile(file)
    .elements.filter(({ provisioning }) => provisioning?.listen !== undefined)
    .map((element) => [element.name, element] as const);
  const [, { provisioning }] = theOne(file, hsss, name, 'provisioning: { listen: ... }');
  const { address, port } = provisioning?.listen ?? { address: '', port: 0 };
  // One that listens everywhere is asked on this machine.
  const host = address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address;
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${String(port)}`;
  return { url, token: token ?? provisioning?.token };
}

function theOne<T>(
  file: string,
  candidates: readonly (readonly [string, T])[],
  name: string | undefined,
  key: string,
): readonly [string, T] {
  const names = candidates.map(([candidate]) => candidate).join(', ');
  const [found, another] =
    name === undefined ? candidates : candidates.filter(([candidate]) => candidate === name);
  if (found === undefined) {
    const whose = name === undefined ? 'no HSS in it' : `no ${name} in it`;
    throw new UserError(`${file}: ${whose} has ${key}${names === '' ? '' : `; these have: ${names}`}`);
  }
  if (another !== undefined) throw new UserError(`${file}: has several; say which by --name: ${names}`);
  return found;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause = error } = error as { cause?: unknown };
  if (typeof cause === 'object' && cause !== null && 'code' in cause) return String(cause.code);
  return cause instanceof Error ? cause.message : error.message;
}
