import type { Action, Expectation, OperatorAction } from '@ims-sim/scenario';

/**
 * An action as the sentence that the scenario file would take: `watcher subscribes to tel:+1-212-555-2222 for presence, 7200 s`. What a
 * sentence does not say (headers, `take`, a body that is in no file) stands below its colon in the file, and is left out here.
 */
export function describeAction(action: Action): string {
  if (!('actor' in action)) {
    return describeOther(action);
  }
  return `${action.actor} ${doing(action)}`;
}

/** An expectation for a reader: `403`, `a 2xx`, `no answer`. */
export function describeExpectation(expect: Expectation | undefined): string {
  if (expect === undefined) {
    return 'a 2xx';
  }
  return expect.kind === 'class' ? `a ${expected(expect)}` : expected(expect);
}

type OfActor = Extract<Action, { actor: string }>;

/** A text that a sentence says; a longer one is no sentence any more. */
const MAX_SAID = 60;
const REGISTERED_FOR_S = 600_000;

function doing(action: OfActor): string {
  switch (action.kind) {
    case 'register':
      return `${registering(action)}${gets(action)}`;
    case 'registrationState':
      return `subscribes to its registration state${gets(action)}`;
    case 'subscribe':
      return `subscribes to ${action.to} for ${action.event}, ${time(action.expiresS)}${named(action)}${gets(action)}`;
    case 'refresh':
      return `refreshes${of(action)}, ${time(action.expiresS)}${gets(action)}`;
    case 'unsubscribe':
      return `unsubscribes${of(action)}${gets(action)}`;
    case 'publish':
      return `publishes ${action.event}${file(' from', action)}, ${time(action.expiresS)}${named(action)}${gets(action)}`;
    case 'unpublish':
      return `unpublishes${of(action)}${gets(action)}`;
    case 'message':
      return `sends a message to ${action.to}${saying(action)}${gets(action)}`;
    case 'options':
      return `asks ${action.to} for its options${gets(action)}`;
    case 'until':
      return `is ${action.registered ? '' : 'no longer '}registered within ${time(action.withinS)}`;
    case 'receive':
      return `receives ${action.what} within ${time(action.withinS)}`;
    case 'respond':
      return `answers ${action.method} with ${action.status} within ${time(action.withinS)}`;
    case 'notify':
      return `notifies ${action.state}${file(' with', action)}${gets(action)}`;
    case 'send': {
      const line = firstLine(action.message);
      return `${sending(action)}${line === '' ? '' : `: ${line}`}`;
    }
    default:
      return inCall(action);
  }
}

function inCall(
  action: Extract<OfActor, { kind: 'invite' | 'cancel' | 'update' | 'reinvite' | 'bye' | 'ring' | 'answer' }>,
): string {
  switch (action.kind) {
    case 'invite':
      return `invites ${action.to}${reliably(action)}${file(' with', action)}${named(action)}${until(action)}${gets(action)}`;
    case 'cancel':
      return `cancels${of(action)}${gets(action)}`;
    case 'update':
      return `updates${of(action)}${file(' with', action)}${gets(action)}`;
    case 'reinvite':
      return `re-invites${of(action)}${file(' with', action)}${gets(action)}`;
    case 'bye':
      return `hangs up${of(action)}${gets(action)}`;
    case 'ring':
      return `rings with ${action.status}${reliably(action)}`;
    case 'answer':
      return `answers${file(' with', action)}`;
  }
}

function registering({ all, expiresS }: OfActor & { readonly kind: 'register' }): string {
  if (expiresS === 0) {
    return all ? 'deregisters all contacts' : 'deregisters';
  }
  return expiresS === REGISTERED_FOR_S ? 'registers' : `registers, ${time(expiresS)}`;
}

/** What an INVITE is waited for, where it is not what is waited for unless told. */
function until({ until: till, expect }: OfActor & { readonly kind: 'invite' }): string {
  return till === (expect === undefined ? 'sent' : 'answered') ? '' : ` until ${till}`;
}

function of({ of: name }: { readonly of?: string | undefined }): string {
  return name === undefined ? '' : ` ${name}`;
}

function named({ as }: { readonly as?: string | undefined }): string {
  return as === undefined ? '' : ` as ${as}`;
}

function reliably({ reliable }: { readonly reliable: boolean }): string {
  return reliable ? ' reliably' : '';
}

function file(word: string, { bodyFile }: { readonly bodyFile?: string | undefined }): string {
  return bodyFile === undefined ? '' : `${word} ${quoted(bodyFile)}`;
}

function quoted(name: string): string {
  return /^[^\s",]+\.[^\s",]+$/.test(name) ? name : `"${name}"`;
}

function saying(action: OfActor & { readonly kind: 'message' }): string {
  const { body, bodyFile } = action;
  const isSaid =
    bodyFile === undefined && body !== undefined && body.length <= MAX_SAID && !/["\r\n]/.test(body);
  return isSaid ? ` saying "${body}"` : file(' with', action);
}

function sending({ to, ...action }: OfActor & { readonly kind: 'send' }): string {
  return `sends${to === undefined ? '' : ` to ${to}`}${gets(action)}`;
}

/** What is sent, by its first line, where that can stand behind the sentence's colon as it is. */
function firstLine(message: string): string {
  const line = message.trim().split(/\r?\n/, 1)[0]?.trimEnd() ?? '';
  return /^[A-Z][^\p{C}]*$/u.test(line) && !/: | #|:$/.test(line) ? line : '';
}

function gets({ expect }: { readonly expect?: Expectation | undefined }): string {
  return expect === undefined ? '' : ` and gets ${expected(expect)}`;
}

function expected(expect: Expectation): string {
  switch (expect.kind) {
    case 'status':
      return String(expect.status);
    case 'class':
      return `${expect.hundreds}xx`;
    case 'no-answer':
      return 'no answer';
  }
}

/** Seconds as a sentence has them: without an exponent. */
function time(seconds: number): string {
  const text = String(seconds);
  return `${text.includes('e') ? seconds.toFixed(20).replace(/\.?0+$/, '') : text} s`;
}

function describeOther(action: Exclude<Action, { actor: string }>): string {
  switch (action.kind) {
    case 'wait':
      return `wait ${time(action.forS)}`;
    case 'advance':
      return `advance the clock by ${time(action.byS)}`;
    case 'parallel':
      return `parallel: [${action.branches.map(listed).join(', ')}]`;
    case 'repeat':
      return `{ repeat: ${action.times}, steps: ${listed(action.actions)} }`;
    default:
      return describeOperator(action);
  }
}

/** As YAML has a list within a line; a sentence may have commas and colons. */
function listed(actions: readonly Action[]): string {
  const entry = (action: Action): string => {
    switch (action.kind) {
      case 'parallel':
      case 'repeat':
        return describeAction(action);
      case 'send': {
        const line = firstLine(action.message);
        const sentence = JSON.stringify(`${action.actor} ${sending(action)}`);
        return line === '' ? sentence : `${sentence}: ${JSON.stringify(line)}`;
      }
      default:
        return JSON.stringify(describeAction(action));
    }
  };
  return `[${actions.map(entry).join(', ')}]`;
}

function describeOperator(action: OperatorAction): string {
  switch (action.kind) {
    case 'terminate': {
      const reason = action.reason === 'permanent-termination' ? '' : `, ${action.reason}`;
      return `${action.hss} terminates ${action.privateIdentity}${reason}`;
    }
    case 'deregister':
      return `${action.sCscf} deregisters ${action.publicIdentity}`;
    case 'reauthenticate':
      return `${action.sCscf} reauthenticates ${action.publicIdentity} within ${time(action.expiresS)}`;
    case 'provision':
      return action.subscriber === undefined
        ? `${action.hss} removes ${action.privateIdentity}`
        : `${action.hss} provisions ${action.privateIdentity}${file(' from', { bodyFile: action.from })}`;
    case 'kill':
      return `kill ${action.element}`;
    case 'restart':
      return `restart ${action.element}`;
  }
}
