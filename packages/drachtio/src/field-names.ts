/** Names whose spelling in their RFC is not the first letter of each word in upper case. */
const SPELLED: Readonly<Record<string, string>> = {
  'call-id': 'Call-ID',
  cseq: 'CSeq',
  'mime-version': 'MIME-Version',
  'sip-etag': 'SIP-ETag',
  'sip-if-match': 'SIP-If-Match',
  'www-authenticate': 'WWW-Authenticate',
  rack: 'RAck',
  rseq: 'RSeq',
  'content-id': 'Content-ID',
  'p-called-party-id': 'P-Called-Party-ID',
  'p-visited-network-id': 'P-Visited-Network-ID',
  'p-dcs-osps': 'P-DCS-OSPS',
  'p-dcs-redirect': 'P-DCS-Redirect',
  'p-dcs-billing-info': 'P-DCS-Billing-Info',
  'p-dcs-laes': 'P-DCS-LAES',
  'p-dcs-trace-party-id': 'P-DCS-Trace-Party-ID',
};

/** Names seen, so that a name costs one look-up; bounded, since applications make up names. */
const known = new Map<string, string>();
const MAX_KNOWN = 1000;

/**
 * The spelling on the wire of a name that drachtio-srf wrote in lower case; one that has upper case outside the table
 * stays.
 */
export function spelledName(name: string): string {
  let spelled = known.get(name);
  if (spelled === undefined) {
    const key = name.toLowerCase();
    spelled = SPELLED[key] ?? (name === key ? trainCase(key) : name);
    if (known.size < MAX_KNOWN) known.set(name, spelled);
  }
  return spelled;
}

function trainCase(name: string): string {
  return name
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('-');
}
