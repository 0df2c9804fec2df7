import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Complaint } from '@ims-sim/element/files';
import type { ScenarioYaml } from './scenario-schema.js';
import type { Action, UeAction } from './scenario.js';

/** An action of the file; a body that is not there is a complaint. */
export function toAction(
  entry: ScenarioYaml['play'][number],
  folder: string,
  path: readonly string[],
  complaints: Complaint[],
): Action {
  if ('hss' in entry) {
    return { kind: 'terminate', hss: entry.hss, privateIdentity: entry.terminate, reason: entry.reason };
  }
  if ('sCscf' in entry) {
    return 'reauthenticate' in entry
      ? {
          kind: 'reauthenticate',
          sCscf: entry.sCscf,
          publicIdentity: entry.reauthenticate,
          expiresS: entry.expiresS,
        }
      : { kind: 'deregister', sCscf: entry.sCscf, publicIdentity: entry.deregister };
  }
  if ('register' in entry) {
    return { kind: 'register', actor: entry.register, expiresS: entry.expiresS, all: false };
  }
  if ('deregister' in entry) {
    return { kind: 'register', actor: entry.deregister, expiresS: 0, all: entry.all };
  }
  if ('registrationState' in entry) {
    return { kind: 'registrationState', actor: entry.registrationState };
  }
  if ('until' in entry) {
    return { kind: 'until', actor: entry.until, registered: entry.registered, withinS: entry.withinS };
  }
  if ('kill' in entry) {
    return { kind: 'kill', element: entry.kill };
  }
  if ('restart' in entry) {
    return { kind: 'restart', element: entry.restart };
  }
  if ('subscribe' in entry) {
    const { subscribe, ...rest } = entry;
    return { kind: 'subscribe', actor: subscribe, ...rest };
  }
  const { publish, body: file, ...rest } = entry;
  let body = '';
  try {
    body = readFileSync(resolve(folder, file), 'utf8');
  } catch {
    complaints.push({ path: [...path, 'body'], text: `there is no file ${file} beside the scenario` });
  }
  return { kind: 'publish', actor: publish, body, ...rest };
}

/** The key of the file under which an action has its actor. */
export function keyOf(action: UeAction): string {
  return action.kind === 'register' && action.expiresS === 0 ? 'deregister' : action.kind;
}
