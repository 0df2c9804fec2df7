/** RFC 1035 4.1.4: a name and where what follows it begins; undefined where it is malformed. */
export function readDnsName(
  bytes: Buffer,
  from: number,
): { readonly name: string; readonly end: number } | undefined {
  const labels: string[] = [];
  let end: number | undefined;
  let at = from;
  for (let steps = 0; steps < 128; steps += 1) {
    const length = bytes[at];
    if (length === undefined) {
      return undefined;
    }
    if (length === 0) {
      return { name: labels.length === 0 ? '.' : labels.join('.'), end: end ?? at + 1 };
    }
    if (length >= 0xc0) {
      const low = bytes[at + 1];
      if (low === undefined) {
        return undefined;
      }
      end ??= at + 2;
      at = ((length & 0x3f) << 8) | low;
      continue;
    }
    if (length > 63 || at + 1 + length > bytes.length) {
      return undefined;
    }
    labels.push(bytes.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return undefined;
}
