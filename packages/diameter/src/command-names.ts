/** Cx: TS 29.229 6.1. */
const CX = { UA: 300, SA: 301, LI: 302, MA: 303, RT: 304, PP: 305 } as const;
/** Sh: TS 29.329 6.1. */
const SH = { UD: 306, PU: 307, SN: 308, PN: 309 } as const;
/** RFC 6733 3.1. */
const BASE = { CE: 257, RA: 258, AC: 271, AS: 274, ST: 275, DW: 280, DP: 282 } as const;

const CODES: ReadonlyMap<string, number> = new Map(Object.entries({ ...BASE, ...CX, ...SH }));
const NAMES: ReadonlyMap<number, string> = new Map([...CODES].map(([name, code]) => [code, name]));

export const CX_COMMANDS: ReadonlySet<number> = new Set(Object.values(CX));
export const SH_COMMANDS: ReadonlySet<number> = new Set(Object.values(SH));

/** `LIR`, `LIA`; undefined for a command without a short name here. */
export function commandName(code: number, isRequest: boolean): string | undefined {
  const name = NAMES.get(code);
  return name && `${name}${isRequest ? 'R' : 'A'}`;
}

/** The code of `LIR` and of `LIA`. */
export function commandCode(name: string): number | undefined {
  return CODES.get(name.slice(0, -1));
}
