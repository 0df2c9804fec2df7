import type { Cx, LocationInfoAnswer, ServerCapabilities, UserAuthorizationAnswer } from '@ims-sim/cx';
import { seededRandom } from '@ims-sim/host';
import { type Decision, type SipRequest } from '@ims-sim/sip';
import { incoming, requestIn } from '@ims-sim/sip/test-kit';
import { decide, type ICscf } from '../src/index.js';
import { SilentServers } from '../src/silent-servers.js';

const NAMES = new Set(['icscf2.home2.net', 'icscf2_s.home2.net']);

export const ANYTHING: ServerCapabilities = { mandatory: [], optional: [], serverNames: [] };

/** A request out of `messages/`, with some of its text replaced. */
export function request(
  file: string,
  ...changes: readonly (readonly [from: string, to: string])[]
): SipRequest {
  return requestIn(new URL(`../../test/messages/${file}.sip`, import.meta.url), changes);
}

/** An HSS that gives these answers, one after the other, and remembers what it was asked. */
export class ScriptedHss implements Cx {
  readonly asked: object[] = [];
  readonly #locations: LocationInfoAnswer[];
  readonly #authorizations: UserAuthorizationAnswer[];

  constructor(locations: LocationInfoAnswer[], authorizations: UserAuthorizationAnswer[] = []) {
    this.#locations = locations;
    this.#authorizations = authorizations;
  }

  async locationInfo(request: object): Promise<LocationInfoAnswer> {
    this.asked.push(request);
    return this.#locations.shift() ?? { kind: 'unreachable', reason: 'not scripted' };
  }

  async userAuthorization(request: object): Promise<UserAuthorizationAnswer> {
    this.asked.push(request);
    return this.#authorizations.shift() ?? { kind: 'unreachable', reason: 'not scripted' };
  }

  async serverAssignment(): Promise<never> {
    throw new Error('an I-CSCF assigns nothing');
  }

  async multimediaAuth(): Promise<never> {
    throw new Error('an I-CSCF authenticates nobody');
  }
}

export function icscf(cx: Cx, options: Partial<ICscf> = {}): ICscf {
  return {
    cx,
    profile: 'tr-24.841',
    domain: 'home2.net',
    names: NAMES,
    viaName: 'icscf2_s.home2.net',
    sCscfs: [{ name: 'scscf2.home2.net', capabilities: [1, 2] }],
    silent: new SilentServers({ now: () => 0 }),
    trusted: () => true,
    random: seededRandom(1),
    trace: { enabled: true },
    ...options,
  };
}

export async function ask(message: SipRequest, element: ICscf): Promise<Decision> {
  return decide(incoming(message, NAMES), element);
}

export { forwarded, lines, valuesOf } from '@ims-sim/sip/test-kit';
