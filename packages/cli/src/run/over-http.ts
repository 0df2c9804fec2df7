import { request } from 'node:http';
import type { Endpoint } from '@ims-sim/host';
import type { OverHttp } from '@ims-sim/player';
import { type HssClient, NoHss, Refused, type Send, subscriberPath } from '../subscribers/hss-client.js';

/** Who does it, in the trace. */
export const OPERATOR = 'operator';

const JSON_TYPE = 'application/json';

/** What an operator does at an HSS: by its provisioning interface, as `ims subscribers` does it. Rejects as `clientOf` throws. */
export function overHttp(clientOf: (hss: string) => HssClient<string>): OverHttp {
  return async (action) => {
    const hss = clientOf(action.hss);
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
      if (error instanceof Refused || error instanceof NoHss) {
        return error.message.replaceAll(/\n\s*/g, '; '); // what an action says is one line
      }
      throw error;
    }
  };
}

/** As `fetch` for texts, by Node's own client, which says from where it asks: the trace is to know whose that socket is. */
export function sendFrom(onConnect: (local: Endpoint) => void): Send<string> {
  return (url, { method, headers, body }) =>
    new Promise((resolve, reject) => {
      const asking = request(url, { method, headers, agent: false }, (response) => {
        const pieces: Buffer[] = [];
        response.on('data', (piece: Buffer) => pieces.push(piece));
        response.once('error', reject);
        response.once('end', () => {
          const text = Buffer.concat(pieces).toString();
          resolve(new Response(text === '' ? null : text, { status: response.statusCode ?? 500 }));
        });
      });
      asking.once('socket', (socket) => {
        socket.once('connect', () => {
          const { localAddress: address = '', localPort: port = 0 } = socket;
          onConnect({ address, port });
        });
      });
      asking.once('error', reject);
      asking.end(body);
    });
}
