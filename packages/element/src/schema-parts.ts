import { isIP } from 'node:net';
import { compileEre } from '@ims-sim/cx';
import type { Endpoint } from '@ims-sim/host';
import { z } from 'zod';

// The underscore is the TR's own: icscf2_s.home2.net (Deviation: RFC 3261 25.1 has none in a host name).
export const hostName = z
  .string()
  .regex(
    /^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/,
    'expected a host name in lower case',
  );
export const identityUri = z
  .string()
  .regex(/^(sips?:[^\s<>]+@[^\s<>]+|tel:\+?[0-9().*#-]+\S*)$/i, 'expected a sip: or tel: URI');
export const serverUri = identityUri.or(
  z.string().regex(/^sips?:[^\s<>]+$/, 'expected the SIP URI of a server, such as sip:as1.home1.net'),
);
/** Digits alone are a number to YAML. */
export const quoted = z.string({
  error: ({ input }) => (typeof input === 'number' ? 'expected text: put it in quotes' : undefined),
});
/** TS 29.228 B.2.3. */
export const ere = quoted.refine(
  (text) => compileEre(text) !== undefined,
  'expected a POSIX extended regular expression ([0-9], not \\d; what is literal of .[()*+?{|^$ with a backslash)',
);
export const seconds = z.int().min(0).max(0xffffffff);
const port = z.int().min(1).max(65_535);

export const endpointSchema = z.string().transform((text, context): Endpoint => {
  const endpoint = toEndpoint(text);
  if (endpoint === undefined) {
    context.addIssue({
      code: 'custom',
      message: 'expected ADDRESS:PORT, such as 127.0.0.1:5060 or [::1]:5060',
    });
    return z.NEVER;
  }
  return endpoint;
});

/** Somebody else's element: `udp:192.0.2.10:5060`, `tcp:[2001:db8::1]:3868`. */
export const externalSchema = z.string().transform((text, context) => {
  const [, transport, rest = ''] = /^(udp|tcp):(.*)$/.exec(text) ?? [];
  const at = toEndpoint(rest);
  if (transport === undefined || at === undefined) {
    context.addIssue({
      code: 'custom',
      message: 'expected udp:ADDRESS:PORT or tcp:ADDRESS:PORT, such as udp:192.0.2.10:5060',
    });
    return z.NEVER;
  }
  return { transport: transport as 'udp' | 'tcp', at };
});

export const protectedPortsSchema = z.strictObject({ client: port, server: port });

/** Octets in hexadecimal, in either case. */
export function hex(octets: number): z.ZodType<string, string> {
  return z
    .string({ error: `expected ${octets * 2} hexadecimal digits (in quotes)` })
    .regex(
      new RegExp(`^[0-9a-fA-F]{${octets * 2}}$`),
      `expected ${octets * 2} hexadecimal digits (in quotes)`,
    )
    .transform((text) => text.toLowerCase());
}

function toEndpoint(text: string): Endpoint | undefined {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([0-9.]+)):(\d+)$/.exec(text);
  const address = match?.[1] ?? match?.[2] ?? '';
  const number = Number(match?.[3] ?? -1);
  return isIP(address) === 0 || number < 1 || number > 65_535 ? undefined : { address, port: number };
}
