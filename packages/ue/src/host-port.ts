import type { Endpoint } from '@ims-sim/host';

/** `[5555::1]:5070`; without the port where that is 5060. */
export function hostPort({ address, port }: Endpoint): string {
  const host = address.includes(':') ? `[${address}]` : address;
  return port === 5060 ? host : `${host}:${port}`;
}
