// An application server as a SIP proxy (TS 24.229 5.7.4): it lets calls to its user pass, and stays in their signalling.
export default function (srf, { say }) {
  srf.invite(async (req) => {
    say(`proxies the call with Record-Route`, req);
    // Back to the S-CSCF along the Route that it has put in; the Request-URI stays, so that it goes on where it left off (5.4.3.3).
    await srf.proxyRequest(req, req.uri, { remainInDialog: true });
  });
}
