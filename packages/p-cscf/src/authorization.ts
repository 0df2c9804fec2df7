import { header, type Header } from '@ims-sim/sip';

/**
 * TS 24.229 5.2.2: `integrity-protected` in Authorization is the P-CSCF's word to the S-CSCF on how the REGISTER
 * reached it. A UE's own is taken out; without a security association (`auth: none`) none takes its place.
 */
export function withoutIntegrityProtected(authorization: Header): Header {
  const { value } = authorization;
  if (!value.toLowerCase().includes('integrity-protected')) {
    return authorization;
  }
  const scheme = /^\S+\s*/.exec(value)?.[0] ?? '';
  const params = splitOutsideQuotes(value.slice(scheme.length));
  const left = params.filter((param) => !/^integrity-protected\s*(=|$)/i.test(param));
  return left.length === params.length ? authorization : header('Authorization', scheme + left.join(', '));
}

function splitOutsideQuotes(text: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let isQuoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === '\\' && isQuoted) {
      i++;
    } else if (c === '"') {
      isQuoted = !isQuoted;
    } else if (c === ',' && !isQuoted) {
      parts.push(text.slice(start, i).trim());
      start = i + 1;
    }
  }
  parts.push(text.slice(start).trim());
  return parts;
}
