import { type Network, UserError } from '@ims-sim/element';
import { parseEndpoint, prettyEndpoint } from '@ims-sim/host';

/** Whose the endpoints are that the network file gives, and those that `--name HOST=ADDRESS:PORT` says. */
export function knownNames(network: Network, said: readonly string[]): Map<string, string> {
  const known = new Map<string, string>();
  const { dns, elements } = network;
  if (dns.listen) {
    known.set(prettyEndpoint(dns.listen), dns.name);
  }
  for (const { name, listen, external, addresses } of elements) {
    const at = external?.at ?? listen;
    if (at) {
      known.set(prettyEndpoint(at), name);
      for (const address of addresses) {
        known.set(prettyEndpoint({ address, port: at.port }), name);
      }
    }
  }
  for (const text of said) {
    const [, name = '', where = ''] = /^([^=]+)=(.+)$/.exec(text) ?? [];
    const endpoint = parseEndpoint(where);
    if (endpoint === undefined) {
      throw new UserError(
        `--name ${text}: expected HOST=ADDRESS:PORT, such as scscf2.home2.net=127.0.0.1:5060`,
      );
    }
    known.set(prettyEndpoint(endpoint), name);
  }
  return known;
}

/** Further host names of elements, and their first. */
export function aliasesOf({ elements }: Network): Map<string, string> {
  return new Map(elements.flatMap(({ name, aliases }) => aliases.map((alias) => [alias, name] as const)));
}
