import type { Action, Expectation, OperatorAction } from '@ims-sim/scenario';

/** An action in words: `watcher subscribes to tel:+1-212-555-2222 for presence, 7200 s`. */
export function describeAction(action: Action): string {
  if (!('actor' in action)) {
    return describeOther(action);
  }
  return `${action.actor} ${doing(action)}`;
}

/** The same for a report's sentence: `403`, `a 2xx`, `no answer`. */
export function describeExpectation(expect: Expectation | undefined): string {
  switch (expect?.kind) {
    case undefined:
      return 'a 2xx';
    case 'status':
      return String(expect.status);
    case 'class':
      return `a ${expect.hundreds}xx`;
    case 'no-answer':
      return 'no answer';
  }
}

function doing(action: Extract<Action, { actor: string }>): string {
  switch (action.kind) {
    case 'register':
      return action.all ? 'takes all contacts back' : action.expiresS === 0 ? 'deregisters' : 'registers';
    case 'registrationState':
      return 'subscribes to its registration state';
    case 'subscribe':
      return `subscribes to ${action.to} for ${action.event}, ${action.expiresS} s`;
    case 'refresh':
      return `refreshes${of(action)}, ${action.expiresS} s`;
    case 'unsubscribe':
      return `unsubscribes${of(action)}`;
    case 'publish':
      return `publishes ${action.event}, ${action.expiresS} s`;
    case 'unpublish':
      return `takes its publication back${of(action)}`;
    case 'message':
      return `sends a message to ${action.to}`;
    case 'options':
      return `asks ${action.to} for its options`;
    case 'invite':
      return `invites ${action.to}${action.until === 'answered' ? '' : ` until ${action.until}`}`;
    case 'cancel':
      return `cancels${of(action)}`;
    case 'update':
      return `updates${of(action)}`;
    case 'reinvite':
      return `invites again${of(action)}`;
    case 'bye':
      return `hangs up${of(action)}`;
    case 'until':
      return `waits until it is ${action.registered ? '' : 'not '}registered`;
    case 'ring':
      return `rings with ${action.status}`;
    case 'answer':
      return 'answers';
    case 'respond':
      return `responds ${action.status} to ${action.method}`;
    case 'receive':
      return `receives ${action.what}`;
    case 'notify':
      return `notifies, ${action.state}`;
    case 'send':
      return `sends ${action.message.trimStart().split(/\r?\n/, 1)[0] ?? ''}`;
  }
}

function of({ of: name }: { readonly of?: string | undefined }): string {
  return name === undefined ? '' : ` ${name}`;
}

function describeOther(action: Exclude<Action, { actor: string }>): string {
  switch (action.kind) {
    case 'wait':
      return `waits ${action.forS} s`;
    case 'advance':
      return `advances the clock by ${action.byS} s`;
    case 'parallel':
      return action.branches.map((branch) => branch.map(describeAction).join(', ')).join(' | ');
    case 'repeat':
      return `${action.times} times: ${action.actions.map(describeAction).join(', ')}`;
    default:
      return describeOperator(action);
  }
}

function describeOperator(action: OperatorAction): string {
  switch (action.kind) {
    case 'terminate':
      return `${action.hss} takes the registration of ${action.privateIdentity} back, ${action.reason}`;
    case 'deregister':
      return `${action.sCscf} deregisters ${action.publicIdentity}`;
    case 'reauthenticate':
      return `${action.sCscf} has ${action.publicIdentity} authenticate again, within ${action.expiresS} s`;
    case 'provision':
      return `${action.hss} ${action.subscriber === undefined ? 'loses' : 'takes'} subscriber ${action.privateIdentity}`;
    case 'kill':
      return `${action.element} is killed`;
    case 'restart':
      return `${action.element} starts again`;
  }
}
