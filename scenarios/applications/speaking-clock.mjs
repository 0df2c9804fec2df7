// An application server as a terminating UA (TS 24.229 5.7.2) that hangs up itself. It is dialled for each call: a connection is one call.
const sdp = ['v=0', 'o=- 1 1 IN IP4 192.0.2.1', 's=-', 'c=IN IP4 192.0.2.1', 't=0 0', 'm=audio 49174 RTP/AVP 0', ''].join('\r\n');
const SPOKEN_MS = 1000;

export default function (srf, { domain, say, setTimeout, clearTimeout }) {
  srf.invite(async (req, res) => {
    const charging = req.get('P-Charging-Vector');
    const call = await srf.createUAS(req, res, {
      localSdp: sdp,
      headers: { 'P-Asserted-Identity': `<${req.uri}>`, 'P-Charging-Vector': `${charging};term-ioi="Type 3${domain}"` },
    });
    const end = (text) => {
      clearTimeout(spoken);
      say(text, req);
      srf.endSession(req); // This call's connection, and no other.
    };
    const spoken = setTimeout(async () => {
      // 5.7.2: the ICID of the initial request, and who sends this one.
      const [icid] = charging.split(';');
      await call.destroy({ headers: { 'P-Charging-Vector': `${icid};orig-ioi="Type 3${domain}"` } });
      end('has told the time');
    }, SPOKEN_MS);
    call.on('destroy', () => end('the caller knows what time it is'));
  });
}
