// An application server as an originating UA (TS 24.229 5.7.3): a MESSAGE asks for a call, and it calls the sender.
const OFFER = ['v=0', 'o=- 1 1 IN IP4 192.0.2.1', 's=-', 'c=IN IP4 192.0.2.1', 't=0 0', 'm=audio 49172 RTP/AVP 0', ''].join('\r\n');

export default function (srf, { name, domain, now, say, setTimeout, isTrusted }) {
  srf.message(async (req, res) => {
    const [sender] = /(?<=<)sips?:[^>]+/.exec(req.get('P-Asserted-Identity') ?? '') ?? [];
    if (!isTrusted(req) || sender === undefined) {
      res.send(403);
      return;
    }
    const ioi = `"Type 3${domain}"`;
    res.send(202, { headers: { 'P-Charging-Vector': `${req.get('P-Charging-Vector')};term-ioi=${ioi}` } }); // 5.7.2
    const icid = `icid-value=${now()}-${name}`;
    // Without a Route: to the I-CSCF of the called user's network, which the DNS has for its domain.
    const call = await srf.createUAC(sender, {
      localSdp: OFFER,
      headers: {
        // The service calls, in its own name (5.7.3).
        From: `<${req.uri}>`,
        'P-Asserted-Identity': `<${req.uri}>`,
        'P-Charging-Vector': `${icid};icid-generated-at=${name};orig-ioi=${ioi}`,
        Contact: `<sip:${name}>`,
      },
    });
    say(`${sender} has answered`, req);
    setTimeout(() => call.destroy({ headers: { 'P-Charging-Vector': `${icid};orig-ioi=${ioi}` } }), 1000);
  });
}
