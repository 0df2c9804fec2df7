const MAX_BYTES = 1024;

/** Bytes as `0x…`, of many the first. */
export function hexText(bytes: Uint8Array): string {
  const shown = Buffer.from(bytes.subarray(0, MAX_BYTES)).toString('hex');
  return bytes.length > MAX_BYTES ? `0x${shown}… (${bytes.length} bytes)` : `0x${shown}`;
}
