import { headerKey } from '@ims-sim/sip';

/** Names that are not a capital letter at each hyphen, as their RFCs spell them. */
const SPELLED: ReadonlyMap<string, string> = new Map(
  (
    'Call-ID CSeq MIME-Version WWW-Authenticate RAck RSeq SIP-ETag SIP-If-Match P-Called-Party-ID P-Associated-URI ' +
    'P-Visited-Network-ID P-DCS-Trace-Party-ID P-DCS-OSPS P-DCS-Billing-Info P-DCS-LAES P-DCS-Redirect'
  )
    .split(' ')
    .map((name) => [headerKey(name), name]),
);

/** How a header's name is written in its RFC, whatever a message spells it like: `max-forwards` gives `Max-Forwards`. */
export function headerName(key: string): string {
  return SPELLED.get(key) ?? key.replace(/(?:^|-)[a-z]/g, (start) => start.toUpperCase());
}
