import type { Ready } from './lab.js';

/** Has that HSS deregister the subscriber (RTR): what it says was done. */
export async function deregister(ready: Ready, hss: string, privateIdentity: string): Promise<string> {
  const response = await fetch(`${urlOf(ready, hss, privateIdentity)}/deregister`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ reason: 'permanent-termination' }),
  });
  return response.text();
}

/** The S-CSCF that the HSS has for the subscriber, and under which private identities it is registered. */
export async function registrationAt(
  ready: Ready,
  hss: string,
  privateIdentity: string,
): Promise<{ readonly server: string | undefined; readonly registeredBy: readonly string[] }> {
  const response = await fetch(urlOf(ready, hss, privateIdentity));
  const { state } = (await response.json()) as {
    readonly state?: {
      readonly sets?: Readonly<Record<string, { readonly registeredBy?: readonly string[] }>>;
      readonly server?: { readonly name: string };
    };
  };
  const registeredBy = Object.values(state?.sets ?? {}).flatMap((set) => set.registeredBy ?? []);
  return { server: state?.server?.name, registeredBy };
}

function urlOf(ready: Ready, hss: string, privateIdentity: string): string {
  return `${ready.elements[hss]?.http ?? ''}/subscribers/${encodeURIComponent(privateIdentity)}`;
}
