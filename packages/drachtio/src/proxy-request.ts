import {
  addresses,
  header,
  isOwn,
  locate,
  parseUri,
  preprocess,
  responseTo,
  validate,
  without,
  withHeaders,
  type ForkBranch,
  type Forward,
  type ForwardFailure,
  type Header,
  type ProxyObserver,
  type ServerTransaction,
  type SipRequest,
  type SipResponse,
  type Target,
} from '@ims-sim/sip';
import type { App } from './app.js';
import { refusedBy, writeCdr } from './cdr.js';
import type { ProxyCommand, ProxyPlan } from './command.js';
import type { Endpoint } from './endpoint.js';
import { spelledName } from './field-names.js';
import { recordedUri } from './proxied-dialog.js';
import { redirected } from './redirect.js';
import { nok, ok } from './reply.js';
import { NO_TRANSACTION } from './respond.js';
import { fieldValue, type Field } from './template.js';

/** What of a request is its sender's, or the proxy core's, whatever the application says. */
const NOT_THE_APPS = new Set([
  'via',
  'from',
  'to',
  'call-id',
  'cseq',
  'max-forwards',
  'record-route',
  'content-length',
  'x-request-uri',
]);

/** An application passes on a request that it was handed (RFC 3261 16); it hears of the final responses. */
export function proxyRequest(endpoint: Endpoint, app: App, command: ProxyCommand): void {
  const { id, txId } = command;
  const transaction = taken(endpoint, app, txId);
  if (transaction === undefined) {
    nok(endpoint, app, id, NO_TRANSACTION);
    return;
  }
  proxy(endpoint, transaction, command, {
    ...reporting(endpoint, app, id),
    onRefused: (why) => nok(endpoint, app, id, why),
  });
}

/** A request that nobody but a request handler has seen is passed on as that says. */
export function proxyFor(endpoint: Endpoint, transaction: ServerTransaction, plan: ProxyPlan): void {
  proxy(endpoint, transaction, plan, NOBODY);
}

/** Who hears of it: that it was refused before it went anywhere, or of the final responses and that it is over. */
interface Listener extends ProxyObserver {
  onRefused(why: string): void;
}

const nothing = () => undefined;
const NOBODY: Listener = { onFinal: nothing, onEnd: nothing, onRefused: nothing };

function proxy(
  endpoint: Endpoint,
  transaction: ServerTransaction,
  plan: ProxyPlan,
  listener: Listener,
): void {
  const refusal = validate(transaction.request, RULES(endpoint));
  if (refusal !== undefined) {
    endpoint.actor.act(refusal, transaction);
    listener.onRefused(`${refusal.status} ${refusal.reason}`);
    return;
  }
  const found = plan.destinations.map((destination) => {
    const uri = parseUri(destination);
    return uri?.kind === 'sip'
      ? locate(uri, { resolver: endpoint.resolver, random: endpoint.host.random })
      : [];
  });
  const go = (targets: readonly (readonly Target[])[]) => {
    forwardTo(endpoint, plan, transaction, targets, listener);
  };
  if (found.some((one) => one instanceof Promise)) {
    Promise.all(found).then(go, () => go(found.map(() => [])));
  } else {
    go(found as (readonly Target[])[]);
  }
}

const RULES = ({ passes }: Endpoint) => ({ proxyRequire: NONE, passes });
const NONE: ReadonlySet<string> = new Set();

/** The request that the application was handed and has not answered; it is its no longer. */
function taken(endpoint: Endpoint, app: App, txId: string): ServerTransaction | undefined {
  const { incomingInvites, pendingRequests } = endpoint;
  const invite = incomingInvites.find(txId);
  if (invite !== undefined) {
    // One that rings here is the application's own.
    if (invite.app !== app || invite.dialog !== undefined) return undefined;
    incomingInvites.remove(invite);
    return invite.transaction;
  }
  const pending = pendingRequests.find(txId);
  if (pending?.app !== app || pending.dialog !== undefined) return undefined;
  pendingRequests.remove(txId);
  return pending.transaction;
}

function forwardTo(
  endpoint: Endpoint,
  plan: ProxyPlan,
  transaction: ServerTransaction,
  located: readonly (readonly Target[])[],
  listener: Listener,
): void {
  if (transaction.done) {
    listener.onRefused(NO_TRANSACTION); // it was cancelled while the DNS was asked
    return;
  }
  const branches = plan.destinations.map((destination, index) =>
    branchTo(endpoint, plan, transaction, destination, located[index] ?? []),
  );
  const isCall = transaction.request.method === 'INVITE';
  const observer = isCall ? recording(endpoint, transaction.request, listener) : listener;
  const [first] = branches;
  if (branches.length === 1 && first !== undefined) {
    endpoint.actor.act({ kind: 'forward', ...first, observer }, transaction);
    return;
  }
  const groups = plan.simultaneous ? [branches] : branches.map((branch) => [branch]);
  endpoint.actor.act({ kind: 'fork', groups, observer }, transaction);
}

/**
 * Records of a call that is proxied, one for either side. Deviation: that of the caller's side is of the response that is the best of
 * those that came (RFC 3261 16.7 step 6), which is the one that it gets, but for the headers.
 */
function recording(endpoint: Endpoint, request: SipRequest, listener: Listener): ProxyObserver {
  let best: SipResponse | undefined;
  const write = (source: 'network' | 'application', response: SipResponse) => {
    const role = source === 'network' ? 'proxy-uac' : 'proxy-uas';
    const { status } = response;
    writeCdr(endpoint, source, status < 300 ? { kind: 'start', role } : refusedBy(status), response);
  };
  return {
    onFinal(response, target) {
      if (best === undefined || rank(response) < rank(best)) best = response;
      write('network', response);
      listener.onFinal(response, target);
    },
    onEnd() {
      write('application', best ?? responseTo(request, 408));
      listener.onEnd();
    },
  };
}

/** 2xx before 6xx before the others, the lowest first. */
function rank({ status }: SipResponse): number {
  return status >= 600 ? status - 300 : status;
}

/** One destination: where a Route is left and the destination is the Request-URI, the Route says the way. */
function branchTo(
  endpoint: Endpoint,
  plan: ProxyPlan,
  transaction: ServerTransaction,
  destination: string,
  located: readonly Target[],
): ForkBranch {
  const { fields, remainInDialog, provisionalTimeoutMs, finalTimeoutMs, followRedirects } = plan;
  const { request: own } = preprocess(transaction.request, endpoint.own, transaction.source);
  const request = withFields(own, fields);
  const uri = parseUri(request.uri);
  const isMine = uri !== undefined && isOwn(uri, endpoint.own, transaction.source);
  const newUri = fieldValue(fields, 'x-request-uri') ?? (isMine ? destination : request.uri);
  const alongRoute = destination === transaction.request.uri && addresses(request, 'route').length > 0;
  const branch: ForkBranch = {
    request: withHeaders(request, request.headers, newUri),
    recordRoute: remainInDialog
      ? recordedUri(endpoint, request, fieldValue(fields, 'record-route'))
      : undefined,
    targets: alongRoute || located.length === 0 ? undefined : located,
    timeoutMs: finalTimeoutMs,
    silenceMs: provisionalTimeoutMs,
    silenceByTcp: true,
  };
  return followRedirects ? { ...branch, onFailure: following(endpoint, branch) } : branch;
}

/** A 3xx makes way for the contacts that it names. */
function following(endpoint: Endpoint, branch: ForkBranch): NonNullable<Forward['onFailure']> {
  return (failure: ForwardFailure) =>
    failure.kind === 'response' && failure.response.status < 400
      ? redirected(endpoint, branch, failure.response)
      : undefined;
}

/** The application's headers take the place of those of the same name; an empty one takes them off. */
function withFields(request: SipRequest, fields: readonly Field[]): SipRequest {
  let headers = request.headers;
  for (const { key, name, value } of fields) {
    if (NOT_THE_APPS.has(key)) continue;
    const at = headers.findIndex((h) => h.key === key);
    headers = without(headers, key);
    if (value !== '')
      headers = headers.toSpliced(at < 0 ? beforeBody(headers) : at, 0, header(spelledName(name), value));
  }
  return headers === request.headers ? request : withHeaders(request, headers);
}

function beforeBody(headers: readonly Header[]): number {
  const at = headers.findIndex(({ key }) => key === 'content-type' || key === 'content-length');
  return at < 0 ? headers.length : at;
}

/** `continue` for each final response, then `done`. */
function reporting(endpoint: Endpoint, app: App, id: string): ProxyObserver {
  return {
    onFinal(response: SipResponse, target: Target | undefined) {
      const text = app.show(response);
      const { transport, address, port } = target ?? { transport: 'UDP', ...endpoint.stack.listening };
      app.send(
        `${endpoint.newId()}|response|${id}|OK|network|${text.length}|${transport.toLowerCase()}|${address}|${port}|` +
          `${endpoint.timeToken()}|||continue`,
        text,
      );
    },
    onEnd: () => ok(endpoint, app, id, '|done'),
  };
}
