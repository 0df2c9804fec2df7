// An application server as a B2BUA (TS 24.229 5.7.5): two calls made one, which it ends when the credit is used up.
const CREDIT_MS = 2000;
const KEPT = ['P-Asserted-Identity', 'P-Charging-Vector', 'Privacy', 'Supported', 'Allow', 'Content-Type'];
const ANSWERED = ['Require', 'P-Asserted-Identity', 'P-Charging-Vector', 'Allow', 'Content-Type'];

export default function (srf, { domain, say, setTimeout, clearTimeout, isTrusted }) {
  srf.invite(async (req, res) => {
    if (!isTrusted(req)) {
      res.send(403);
      return;
    }
    // The second Route leads back to the S-CSCF, with what it knows this call by (5.4.3.4).
    const [, back] = req.get('Route').split(/,\s*/);
    const { uas, uac } = await srf.createB2BUA(req, res, req.uri, {
      localSdpB: req.body,
      headers: { Route: back, From: req.get('From').replace(/;tag=.*/, ''), To: req.get('To'), 'Max-Forwards': req.get('Max-Forwards') - 1 },
      proxyRequestHeaders: KEPT,
      proxyResponseHeaders: ANSWERED,
    });
    // 5.7.5: what the AS itself sends within a dialog has the ICID of the call, and who sends it.
    const [icid] = req.get('P-Charging-Vector').split(';');
    const bye = { headers: { 'P-Charging-Vector': `${icid};orig-ioi="Type 3${domain}"` } };
    const credit = setTimeout(() => {
      say('the credit is used up: BYE to both', req);
      uas.destroy(bye);
      uac.destroy(bye);
    }, CREDIT_MS);
    uas.other = uac;
    uac.other = uas;
    for (const leg of [uas, uac]) {
      leg.on('destroy', () => {
        clearTimeout(credit);
        leg.other.destroy(bye);
      });
    }
  });
}
