import { header, type Header } from '@ims-sim/sip';

/** The same header, spelled as it was, with another value. */
export function withValue({ line }: Header, value: string): Header {
  return header(line.slice(0, line.indexOf(':')).trim(), value);
}
