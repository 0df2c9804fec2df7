// An application server as a terminating UA (TS 24.229 5.7.2): it answers calls itself. A Subject that begins with `later` makes it ring only.
const sdp = (name) =>
  ['v=0', 'o=- 1 1 IN IP4 192.0.2.1', `s=${name}`, 'c=IN IP4 192.0.2.1', 't=0 0', 'm=audio 49170 RTP/AVP 0', ''].join('\r\n');

export default function (srf, { name, domain, say }) {
  srf.invite((req, res) => {
    req.on('cancel', () => say('the caller has given up', req));
    // 5.7.2: each response names who sends it, beside who asked.
    const charging = { 'P-Charging-Vector': `${req.get('P-Charging-Vector')};term-ioi="Type 3${domain}"` };
    res.send(180, { headers: charging });
    if (/^later/.test(req.get('Subject') ?? '')) {
      say('rings until somebody is free', req);
      return;
    }
    const headers = { 'P-Asserted-Identity': `<${req.uri}>`, ...charging };
    return srf.createUAS(req, res, { localSdp: sdp(name), headers }).then((call) => {
      call.on('destroy', () => say('the caller has heard enough', req));
    });
  });
}
