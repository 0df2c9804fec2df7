import type { Ready } from './lab.js';

/** Has that HSS deregister the subscriber (RTR): what it says was done. */
export async function deregister(ready: Ready, hss: string, privateIdentity: string): Promise<string> {
  const http = ready.elements[hss]?.http ?? '';
  const response = await fetch(`${http}/subscribers/${encodeURIComponent(privateIdentity)}/deregister`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ reason: 'permanent-termination' }),
  });
  return response.text();
}
