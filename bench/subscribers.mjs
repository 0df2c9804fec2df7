import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { performance } from 'node:perf_hooks';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Subscribers of home1.net for registrations: `number` from 0, each with a USIM of its own. */
export function subscriber(number) {
  const name = `user${number}`;
  const key = createHash('sha256').update(`bench ${number}`).digest('hex');
  return {
    impi: `${name}_private@home1.net`,
    impu: `sip:${name}@home1.net`,
    k: key.slice(0, 32),
    opc: key.slice(32),
  };
}

/** Loads the subscribers from `from` up to `to` into an HSS by its provisioning interface; gives how long it took, in seconds. */
export async function provision(url, from, to) {
  const beganMs = performance.now();
  const outgoing = request(`${url}/import`, {
    method: 'POST',
    headers: { 'content-type': 'application/jsonl' },
  });
  const answered = new Promise((resolve, reject) => {
    outgoing.once('error', reject);
    outgoing.once('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () =>
        response.statusCode < 300
          ? resolve()
          : reject(new Error(`${response.statusCode} ${text.slice(0, 500)}`)),
      );
    });
  });
  await pipeline(Readable.from(lines(from, to)), outgoing);
  await answered;
  return (performance.now() - beganMs) / 1000;
}

function* lines(from, to) {
  for (let number = from; number < to; number++) {
    const { impi, impu, k, opc } = subscriber(number);
    const subscription = {
      privateIdentities: [{ identity: impi, aka: { k, opc } }],
      implicitSets: [
        {
          serviceProfiles: [
            {
              publicIdentities: [
                { identity: impu, barred: false },
                { identity: `tel:+1-646-${String(number).padStart(7, '0')}`, barred: false },
              ],
              initialFilterCriteria: [],
            },
          ],
        },
      ],
    };
    yield `${JSON.stringify(subscription)}\n`;
  }
}
