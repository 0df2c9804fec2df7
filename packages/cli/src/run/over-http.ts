import { elementNamed, type Network, UserError } from '@ims-sim/element';
import { prettyEndpoint } from '@ims-sim/host';
import type { OperatorAction } from '@ims-sim/scenario';
import { hssAt, Refused, subscriberPath } from '../subscribers/hss-client.js';

type HssAction = OperatorAction & { readonly kind: 'terminate' | 'provision' };

const JSON_TYPE = 'application/json';

/**
 * What an operator does at an HSS that somebody else started: by its provisioning interface, as `ims subscribers` does it. Gives why it
 * could not be done; rejects with `UserError` where the network file does not say where that interface is.
 */
export function overHttp(network: Network): (action: HssAction) => Promise<string | undefined> {
  return async (action) => {
    const { provisioning } = elementNamed(network, action.hss) ?? {};
    if (provisioning?.listen === undefined) {
      throw new UserError(
        `${action.kind}: ${action.hss} has no provisioning interface here: ` +
          'give it `provisioning` with `listen` in the network file',
      );
    }
    const { listen, token } = provisioning;
    const hss = hssAt({ url: `http://${prettyEndpoint(listen)}`, token });
    const path = subscriberPath(action.privateIdentity);
    try {
      if (action.kind === 'terminate') {
        const body = JSON.stringify({ reason: action.reason, publicIdentities: [] });
        await hss.ask('POST', `${path}/deregister`, { body, type: JSON_TYPE });
      } else if (action.subscriber === undefined) {
        await hss.ask('DELETE', path);
      } else {
        const body = JSON.stringify(action.subscriber);
        await hss.ask('PUT', path, { body, type: JSON_TYPE }); // adds one that is not there
      }
      return undefined;
    } catch (error) {
      if (error instanceof Refused) {
        return error.message;
      }
      throw error;
    }
  };
}
