import type { Endpoint as Address, Host, TcpConnection } from '@ims-sim/host';

/** An answer of more bytes is not read. */
const MAX_BYTES = 65_536;
const WITHIN_MS = 5_000;

/**
 * The body of what `at` answers to a GET, latin1. HTTP/1.0, so that the end of the connection is the end of the body and nothing comes
 * in chunks; over the host's network, so that it runs in memory too. Rejects on anything but a 200, and after 5 s.
 */
export function httpGet({ net, clock }: Host, at: Address, authority: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    let open: TcpConnection | undefined;
    let failure: Error | undefined;
    const giveUp = (why: string): void => {
      failure ??= new Error(why);
      reject(failure);
      open?.destroy();
    };
    const late = clock.timer(WITHIN_MS, () => giveUp(`No answer within ${WITHIN_MS} ms`));
    net
      .connect(at, WITHIN_MS, (connection) => ({
        onData(bytes) {
          text += bytes.toString('latin1');
          open = connection;
          if (text.length > MAX_BYTES) giveUp(`An answer of more than ${MAX_BYTES} bytes`);
        },
        onClose(error) {
          late.cancel();
          const body = text.indexOf('\r\n\r\n');
          if (error === undefined && /^HTTP\/1\.[01] 200 /.test(text) && body >= 0)
            resolve(text.slice(body + 4));
          else reject(error ?? new Error(`Not a 200: ${text.slice(0, 100)}`));
        },
      }))
      .then(
        (connection) => {
          open = connection;
          if (failure !== undefined) {
            connection.destroy(); // it came too late
            return;
          }
          const request = `GET ${path} HTTP/1.0\r\nHost: ${authority}\r\nAccept: application/json\r\nConnection: close\r\n\r\n`;
          connection.write(Buffer.from(request, 'latin1'));
        },
        (error: unknown) => {
          late.cancel();
          reject(error instanceof Error ? error : new Error(String(error)));
        },
      );
  });
}
